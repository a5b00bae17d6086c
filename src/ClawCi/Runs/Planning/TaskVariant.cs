using ClawCi.Runs.Planning.TaskFiles;

namespace ClawCi.Runs.Planning;

/// <summary>One task of a file: the file, and the values that it has in the matrix.</summary>
/// <param name="Matrix">By name, in the order of the file; empty without a matrix.</param>
internal sealed record TaskVariant(TaskSource Source, IReadOnlyDictionary<string, string> Matrix)
{
    /// <summary>What the id is made of.</summary>
    public string Words => string.Join(' ', Matrix.Values.Prepend(Source.File.Name));

    /// <summary>What tells it apart from a task whose words look the same.</summary>
    public string Identity =>
        string.Join('\n', Matrix.Select(pair => $"{pair.Key}={pair.Value}").Prepend(Source.File.Name))
        + $"\n{Source.Document.File.Name}";

    /// <summary>The file's name, and the values behind it.</summary>
    public string Name =>
        Matrix.Count == 0 ? Source.File.Name : $"{Source.File.Name} ({string.Join(", ", Matrix.Values)})";

    /// <summary>An environment with the values in it: what setup, checks and bash find them in.</summary>
    public IReadOnlyDictionary<string, string> In(IReadOnlyDictionary<string, string> environment)
    {
        if (Matrix.Count + Source.Inputs.Count == 0)
            return environment;
        var all = new Dictionary<string, string>(environment);
        foreach (var (name, value) in Matrix)
            all[Variable(name)] = value;
        foreach (var value in Source.Inputs)
            all[value.Input.Variable] = value.Text;
        return all;
    }

    /// <summary>The environment variable of a name of the matrix.</summary>
    public static string Variable(string name) => $"CLAW_MATRIX_{name.ToUpperInvariant().Replace('-', '_')}";
}
