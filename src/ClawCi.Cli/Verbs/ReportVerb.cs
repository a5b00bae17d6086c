using ClawCi.Artifacts;
using ClawCi.Cli.Arguments;
using CommandLine;

namespace ClawCi.Cli.Verbs;

/// <summary>Makes the reports of a run again, byte for byte.</summary>
[Verb("report")]
internal sealed record ReportVerb : Verb
{
    public const string Help = """
        claw-ci report DIR     rebuild every report of the run in DIR from what it recorded; no model, no Docker
        """;

    [Value(0)]
    public string Directory { get; init; } = "";

    public override async Task<int> RunAsync(Invocation invocation)
    {
        ArtifactWriters.WriteAll(RunRecord.Read(Directory), Directory);
        Ownership.Give(Directory, Directory);
        await invocation.Output.WriteLineAsync(Path.Combine(Path.GetFullPath(Directory), "report.html"));
        return 0;
    }
}
