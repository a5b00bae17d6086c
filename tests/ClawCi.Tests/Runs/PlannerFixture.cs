using ClawCi.Runs;
using ClawCi.Runs.Planning;
using ClawCi.TestSupport;
using Microsoft.Extensions.Time.Testing;

namespace ClawCi.Tests.Runs;

/// <summary>A workspace, files and a request over them, at a fixed moment.</summary>
internal sealed class PlannerFixture : IDisposable
{
    public const string Minimal = """
        version: 1
        name: fix it
        model: anthropic/claude-sonnet-4-5
        prompt: Do it.
        sandbox: { image: "debian:12" }

        """;

    private readonly TempDirectory _directory = new();

    public PlannerFixture() => Directory.CreateDirectory(_directory["workspace"]);

    public TempDirectory Files => _directory;

    /// <summary>A request for one task of this text; policies are written by name and passed in <paramref name="change"/>.</summary>
    public RunPlan Plan(string task, Func<RunRequest, RunRequest>? change = null) =>
        Planner.Plan((change ?? (request => request))(Request(_directory.Write("task.yaml", task))));

    public RunRequest Request(params string[] taskFiles) =>
        new()
        {
            TaskFiles = taskFiles,
            Workspace = _directory["workspace"],
            OutDirectory = _directory["out"],
            Time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 21, 0, 0, TimeSpan.Zero)),
            Random = () => 0.5,
        };

    /// <summary>The errors, the directory taken out of them.</summary>
    public string Errors(string task, Func<RunRequest, RunRequest>? change = null)
    {
        try
        {
            Plan(task, change);
            return "";
        }
        catch (UserErrorException e)
        {
            return e.Message.Replace(_directory.Path + "/", "", StringComparison.Ordinal);
        }
    }

    public string Policy(string text, string name = "policy.yaml") => _directory.Write(name, "version: 1\n" + text);

    public void Dispose() => _directory.Dispose();
}
