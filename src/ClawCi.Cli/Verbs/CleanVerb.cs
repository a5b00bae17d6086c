using ClawCi.Cli.Arguments;
using ClawCi.Sandboxes;
using ClawCi.Sandboxes.Docker;
using CommandLine;

namespace ClawCi.Cli.Verbs;

/// <summary>Removes what killed runs left in Docker.</summary>
[Verb("clean")]
internal sealed record CleanVerb : Verb
{
    public const string Help = """
        claw-ci clean [--list]     remove containers, volumes and images of runs that are no longer alive

        What a killed run could be resumed with is removed too; without `clean` the next run keeps it for 48 hours, or until the run's output
        directory is gone.

          --list    say what would be removed, and remove nothing
        """;

    [Option("list")]
    public bool List { get; init; }

    public override async Task<int> RunAsync(Invocation invocation)
    {
        var stop = invocation.Interruption.Token;
        var docker = DockerAccessReader.Read(invocation.Environment.Docker, _ => { });
        await using var engine = await DockerEngine.ConnectAsync(docker, stop);
        var report = await SandboxCleaner.CleanAsync(engine, List, stop);
        Print("container", report.Containers);
        Print("volume", report.Volumes);
        Print("image", report.Images);
        Print("resumable", report.Resumable);
        Print("in use", report.Kept);
        return 0;

        void Print(string kind, IReadOnlyList<string> names)
        {
            foreach (var name in names)
                invocation.Output.WriteLine($"{kind, -10}{name}");
        }
    }
}
