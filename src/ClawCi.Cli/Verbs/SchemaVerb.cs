using ClawCi.Cli.Arguments;
using CommandLine;

namespace ClawCi.Cli.Verbs;

/// <summary>Prints a published JSON Schema.</summary>
[Verb("schema")]
internal sealed record SchemaVerb : Verb
{
    public const string Help = """
        claw-ci schema NAME     print a JSON Schema: task or policy
        """;

    [Value(0)]
    public string Name { get; init; } = "";

    public override Task<int> RunAsync(Invocation invocation) => Task.FromResult(0);
}
