using ClawCi.Artifacts;
using ClawCi.Cli.Arguments;
using CommandLine;

namespace ClawCi.Cli.Verbs;

/// <summary>Makes the reports of a run again, byte for byte.</summary>
[Verb("report")]
internal sealed record ReportVerb : Verb
{
    public const string Help = """
        claw-ci report DIR [options]     rebuild every report of the run in DIR from what it recorded; no model, no Docker

          --reports LIST           make these too: code-quality (GitLab's), sarif, or both with a comma between
        """;

    [Value(0)]
    public string Directory { get; init; } = "";

    [Option("reports")]
    public string? Reports { get; init; }

    public override async Task<int> RunAsync(Invocation invocation)
    {
        var bugs = ArtifactWriters.WriteAll(RunRecord.Read(Directory), Directory, ReportNames.Read(Reports, "report"));
        Ownership.Give(Directory, Directory);
        if (bugs is [var bug, ..])
            throw new InvalidOperationException("A report cannot be made; the others are there.", bug);
        await invocation.Output.WriteLineAsync(Path.Combine(Path.GetFullPath(Directory), "report.html"));
        return 0;
    }
}
