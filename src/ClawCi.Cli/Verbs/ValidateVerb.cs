using ClawCi.Cli.Arguments;
using CommandLine;

namespace ClawCi.Cli.Verbs;

/// <summary>Finds mistakes in files, and starts nothing.</summary>
[Verb("validate")]
internal sealed record ValidateVerb : Verb
{
    public const string Help = """
        claw-ci validate FILE...     check task, policy and script files; a line for each mistake: file:line:col: what
        """;

    [Value(0)]
    public IEnumerable<string> Files { get; init; } = [];

    public override Task<int> RunAsync(Invocation invocation) => Task.FromResult(0);
}
