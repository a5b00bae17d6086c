using ClawCi.Runs.Planning.TaskFiles;

namespace ClawCi.Runs.Planning;

/// <summary>One task of a file: the file, the values that it has in the matrix, and where it works.</summary>
/// <param name="Matrix">By name, in the order of the file; empty without a matrix.</param>
/// <param name="Target">Null is the run's own workspace.</param>
internal sealed record TaskVariant(
    TaskSource Source,
    IReadOnlyDictionary<string, string> Matrix,
    TaskTarget? Target = null
)
{
    /// <summary>What the id is made of.</summary>
    public string Words => string.Join(' ', Apart.Prepend(Source.File.Name));

    /// <summary>What tells it apart from a task whose words look the same.</summary>
    public string Identity =>
        string.Join('\n', Matrix.Select(pair => $"{pair.Key}={pair.Value}").Prepend(Source.File.Name))
        + $"\n{Source.Document.File.Name}"
        + (Target is null ? "" : $"\n{Target.Identity}");

    /// <summary>The file's name, and behind it what tells its tasks apart.</summary>
    public string Name => Apart.Any() ? $"{Source.File.Name} ({string.Join(", ", Apart)})" : Source.File.Name;

    private IEnumerable<string> Apart =>
        Target is { Words.Length: > 0 } ? Matrix.Values.Prepend(Target.Words) : Matrix.Values;

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
