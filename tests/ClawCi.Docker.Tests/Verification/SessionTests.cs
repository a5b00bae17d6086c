using System.Text.Json.Nodes;
using ClawCi.Artifacts;
using ClawCi.Events;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Docker.Tests.Verification;

/// <summary>A task that goes on, on another machine, from the session.json of an earlier run: nothing else comes along.</summary>
public sealed class SessionTests : IDisposable
{
    private const string Done = "text: Done.";
    private static readonly string Read = ReadFile("kept.txt");
    private static readonly string Mend = EngineRun.Bash(
        "echo two >> a.txt; echo new > b.txt; ln -s b.txt link; chmod +x run; head -c 300 /dev/zero > zeros"
    );

    private readonly TempDirectory _elsewhere = new();

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_ends_with_the_work_of_both_runs_in_one_patch_and_the_model_knows_of_the_first()
    {
        var session = await EarlierAsync(
            "limits: { max-turns: 3 }",
            [Read, Mend, "thinking: I see., " + ReadFile("gone.txt"), Done]
        );
        using var run = Checkout("later").File("kept.txt", "changed\n");
        File.Delete(run.Files["checkout/gone.txt"]);

        var ended = await run.RunAsync(
            "verify: { checks: [{ id: both, run: grep -q three a.txt && cat b.txt && test -x run }] }",
            [
                $"expect: {{ last-message-contains: ['which ended as limit-exceeded (max-turns)', 'What it had changed, 5 files', 'changed: kept.txt', 'gone: gone.txt', '[call of bash: '] }}, {EngineRun.Bash("cat b.txt && echo three >> a.txt")}",
                $"expect: {{ tool-result-is-error: false }}, {Done}",
            ],
            session: session,
            model: "openai/gpt-5"
        );

        Assert.True(ended.ExitCode == 0, ended.Message);
        Assert.Equal((2, "applied"), (ended.NumTurns, ended.Applied));
        Assert.Equal("one\ntwo\nthree\n", await File.ReadAllTextAsync(run.Files["checkout/a.txt"], Now));
        Assert.Equal("b.txt", new FileInfo(run.Files["checkout/link"]).LinkTarget);
        Assert.Equal(
            ["a.txt", "b.txt", "link", "run", "zeros"],
            run.Events.OfType<FileChanged>().Select(file => file.Path).Order(StringComparer.Ordinal)
        );
        var continued = Assert.Single(run.Events.OfType<Continued>());
        Assert.Equal(5, continued.Applied);
        Assert.False(continued.IsOtherTask);
        Assert.Equal(["kept.txt"], continued.Changed);
        Assert.Equal(["gone.txt"], continued.Gone);
        Assert.True(
            run.Events.Index().First(each => each.Item is Continued).Index
                < run.Events.Index().First(each => each.Item is MessageAdded).Index
        );
        // And a third run would know of the first.
        var next = JsonNode.Parse(Written(run))!;
        Assert.Equal(
            JsonNode.Parse(await File.ReadAllTextAsync(session, Now))!["run_id"]!.GetValue<string>(),
            continued.FromRun
        );
        Assert.Contains("kept.txt", next["files"]!.AsArray().Select(file => file!["path"]!.GetValue<string>()));
        Assert.Equal("Do what has to be done.", next["task"]!.GetValue<string>());
        Assert.Equal(1, next["summary"]!["last"]!.GetValue<int>());
    }

    [Fact]
    public async Task Where_the_patch_does_not_fit_the_model_is_not_asked_and_nothing_is_delivered()
    {
        var session = await EarlierAsync("apply: never", [Mend, Done]);
        using var run = Checkout("later").File("a.txt", "other\n").File("b.txt", "mine\n");

        var ended = await run.RunAsync("apply: always", [Done], session: session);

        Assert.Equal(
            (22, "session-patch", 0, "nothing"),
            (ended.ExitCode, ended.Reason, ended.NumTurns, ended.Applied)
        );
        Assert.Contains("a.txt has other content, b.txt exists already", ended.Message, StringComparison.Ordinal);
        Assert.Empty(run.Events.OfType<MessageAdded>());
        Assert.Equal("mine\n", await File.ReadAllTextAsync(run.Files["checkout/b.txt"], Now));
    }

    [Fact]
    public async Task Where_the_patch_is_in_the_checkout_already_the_run_goes_on_from_there()
    {
        var session = await EarlierAsync("apply: never", [Mend, Done]);
        using var run = Checkout("later").File("a.txt", "one\ntwo\n").File("b.txt", "new\n");

        var ended = await run.RunAsync(
            "verify: { checks: [] }",
            [EngineRun.Bash("echo three >> a.txt"), Done],
            session: session
        );

        Assert.True(ended.ExitCode == 0, ended.Message);
        Assert.Equal(
            ["a.txt", "link", "run", "zeros"],
            run.Events.OfType<FileChanged>().Select(file => file.Path).Order(StringComparer.Ordinal)
        );
        Assert.Contains(
            run.Events.OfType<Warned>(),
            warned => warned.Message.Contains("2 are in the checkout already", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task What_the_earlier_run_was_forbidden_stays_forbidden()
    {
        var session = await EarlierAsync(
            "apply: never",
            [EngineRun.Bash("echo exit 0 > run; echo two >> a.txt"), Done]
        );
        using var run = Checkout("later");

        var ended = await run.RunAsync(
            "protected-paths: { paths: [run] }\nverify: { rounds: 1, checks: [{ id: tests, run: ./run }] }",
            [EngineRun.Bash("true"), Done],
            session: session
        );

        Assert.Equal((19, "protected-path"), (ended.ExitCode, ended.Reason));
        Assert.Equal("one\n", await File.ReadAllTextAsync(run.Files["checkout/a.txt"], Now));
    }

    [Fact]
    public async Task A_session_of_another_task_is_said_to_be_one()
    {
        var session = await EarlierAsync("apply: never", [Mend, Done]);
        var node = JsonNode.Parse(await File.ReadAllTextAsync(session, Now))!;
        node["task"] = "Paint it black.";
        node["plan"] = JsonNode.Parse("""[{"content":"Buy paint","status":"pending"}]""");
        node["base_commit"] = "0123456789012345678901234567890123456789";
        await File.WriteAllTextAsync(session, node.ToJsonString(), Now);
        using var run = Checkout("later");

        var ended = await run.RunAsync(
            "apply: never",
            [
                $"expect: {{ last-message-contains: ['Paint it black.', 'Buy paint', 'stood on commit 0123456789'] }}, {Done}",
            ],
            session: session
        );

        Assert.True(ended.ExitCode == 0, ended.Message);
        Assert.True(run.Events.OfType<Continued>().Single().IsOtherTask);
        Assert.Equal(2, run.Events.OfType<Warned>().Count());
    }

    public void Dispose() => _elsewhere.Dispose();

    /// <summary>The session of a run, and of that run nothing else.</summary>
    private async Task<string> EarlierAsync(string task, IReadOnlyList<string> replies)
    {
        using var run = Checkout("earlier");
        await run.RunAsync(task, replies);
        return _elsewhere.Write("session.json", Written(run));
    }

    private static string Written(EngineRun run) =>
        System.Text.Encoding.UTF8.GetString(
            new SessionWriter().Write(RunRecord.Read(run.Files["out"])).Single().Parts.Single().Span
        );

    private static EngineRun Checkout(string name) =>
        new EngineRun(name).File("kept.txt", "kept\n").File("gone.txt", "gone\n").File("run", "exit 1\n");

    private static string ReadFile(string path) => $"tool-uses: [{{ name: read_file, input: {{ path: {path} }} }}]";
}
