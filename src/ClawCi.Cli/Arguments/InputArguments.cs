using ClawCi.Runs.Planning;

namespace ClawCi.Cli.Arguments;

/// <summary>Reads <c>--input NAME=VALUE</c>, <c>--input NAME=@FILE</c> and <c>--input-env NAME=VARIABLE</c>.</summary>
/// <param name="variable">The value of a variable as it is; null when it is not set.</param>
/// <param name="secrets">Names of the secrets that were given.</param>
internal sealed class InputArguments(Func<string, string?> variable, IEnumerable<string> secrets, string verb)
{
    private const string Flag = "--input";
    private const string EnvironmentFlag = "--input-env";

    /// <param name="given">As <see cref="RepeatableAttribute"/> has it; null when there is none.</param>
    /// <param name="fromEnvironment">The same of the other flag.</param>
    /// <exception cref="UsageException">It is written in another way, or an input is given twice.</exception>
    /// <exception cref="UserErrorException">The variable is not set, or is a secret.</exception>
    public IReadOnlyList<GivenInput> Read(string? given, string? fromEnvironment)
    {
        List<GivenInput> inputs =
        [
            .. Pairs(given, Flag, "NAME=VALUE or NAME=@FILE").Select(Literal),
            .. Pairs(fromEnvironment, EnvironmentFlag, "NAME=VARIABLE").Select(Variable),
        ];
        return inputs.CountBy(input => input.Name).FirstOrDefault(name => name.Value > 1) is { Key: { } twice }
            ? throw new UsageException($"The input {twice} is given twice.", verb)
            : inputs;
    }

    private static GivenInput Literal((string Name, string Value) pair) =>
        pair.Value.StartsWith("@@", StringComparison.Ordinal) ? new(pair.Name, pair.Value[1..], IsFile: false, Flag)
        : pair.Value.StartsWith('@') ? new(pair.Name, pair.Value[1..], IsFile: true, Flag)
        : new(pair.Name, pair.Value, IsFile: false, Flag);

    private GivenInput Variable((string Name, string Value) pair)
    {
        var (name, source) = pair;
        if (EnvironmentSecrets.Names.Concat(secrets).Contains(source))
            throw Wrong(
                name,
                $"{source} is a secret, and an input is shown to the model. Give it to a setup step or an MCP server with --secret"
            );
        return new(
            name,
            variable(source) ?? throw Wrong(name, $"the environment variable {source} is not set"),
            IsFile: false,
            $"{EnvironmentFlag} {source}"
        );
    }

    private IEnumerable<(string Name, string Value)> Pairs(string? given, string flag, string expected)
    {
        foreach (var word in given?.Split(RepeatableAttribute.Separator) ?? [])
        {
            if (word.IndexOf('=', StringComparison.Ordinal) is not (> 0 and var equals))
                throw new UsageException($"{flag} is {expected}.", verb);
            yield return (word[..equals], word[(equals + 1)..]);
        }
    }

    private static UserErrorException Wrong(string name, string message) =>
        new([new UserError($"{EnvironmentFlag} {name}", null, null, message)]);
}
