using ClawCi.Cli.Arguments;
using ClawCi.Configuration;
using ClawCi.Runs;
using ClawCi.Runs.Planning;
using CommandLine;

namespace ClawCi.Cli.Verbs;

/// <summary>Prints a published JSON Schema.</summary>
[Verb("schema")]
internal sealed record SchemaVerb : Verb
{
    public const string Help = """
        claw-ci schema NAME     print a JSON Schema: task, policy, policy-test, settings, plugin, script, models, transcript, result,
                                session or publish
        """;

    [Value(0)]
    public string Name { get; init; } = "";

    public override async Task<int> RunAsync(Invocation invocation)
    {
        var schema =
            Schemas.Text(Name)
            ?? throw new UsageException(
                $"There is no schema `{Name}`: {string.Join(", ", Schemas.Names)}{DidYouMean.Suffix(Name, Schemas.Names)}",
                "schema"
            );
        await invocation.Output.WriteAsync(schema);
        return 0;
    }
}
