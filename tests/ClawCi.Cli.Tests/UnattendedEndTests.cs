using System.Diagnostics;
using Xunit;

namespace ClawCi.Cli.Tests;

/// <summary>Whatever a model does, a run ends, not as a success, and not long after its timeout.</summary>
public sealed class UnattendedEndTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    public static TheoryData<string, string> Endings =>
        new()
        {
            { "{ status: 401 }", "auth-failed" },
            { "{ status: 403 }", "auth-failed" },
            { "{ status: 400 }", "model-unavailable" },
            { "{ status: 529, repeat: forever }", "model-unavailable timed-out" },
            { "{ status: 429, retry-after: 3600, repeat: forever }", "model-unavailable timed-out" },
            { "{ malformed: html, repeat: forever }", "model-unavailable timed-out" },
            { "{ malformed: garbage, repeat: forever }", "model-unavailable timed-out" },
            { "{ text: never whole, cut-after-bytes: 300, repeat: forever }", "model-unavailable timed-out" },
            { "{ text: half, error-event: overloaded_error, repeat: forever }", "model-unavailable timed-out" },
            { "{ stall: before-reply, repeat: forever }", "timed-out" },
            { "{ text: and then, stall: in-reply, repeat: forever }", "timed-out" },
            { "{ text: I will not., stop-reason: refusal }", "task-failed" },
            { "{ text: cut, stop-reason: max_tokens, repeat: forever }", "limit-exceeded" },
            { "{ text: soon, stop-reason: pause_turn, repeat: forever }", "limit-exceeded timed-out" },
            { "{ text: '', stop-reason: end_turn, repeat: forever }", "model-unavailable timed-out no-changes" },
            { "{ text: where, stop-reason: tool_use, repeat: forever }", "model-unavailable timed-out" },
            {
                "{ tool-uses: [{ name: bash, input: { command: git status } }], repeat: forever }",
                "limit-exceeded timed-out"
            },
            {
                "{ tool-uses: [{ name: bash, input: { command: curl example.com } }], repeat: forever }",
                "policy-blocked limit-exceeded"
            },
            { "{ tool-uses: [{ name: no_such_tool }], repeat: forever }", "limit-exceeded timed-out" },
            { "{ tool-uses: [{ name: bash, input-json: '{' }], repeat: forever }", "limit-exceeded timed-out" },
            { "{ text: Done. }", "task-failed no-changes" },
        };

    [Theory]
    [MemberData(nameof(Endings))]
    public async Task No_model_keeps_a_run_alive_or_talks_it_into_success(string reply, string outcomes)
    {
        using var example = new ExampleRun();
        var script = Path.Combine(example.Root, "script.yaml");
        await File.WriteAllTextAsync(
            script,
            $"version: 1\nreplies:\n  - {reply}\n",
            TestContext.Current.CancellationToken
        );
        var clock = Stopwatch.StartNew();
        var end = await example.RunAsync($"--model=scripted/{script}", $"--timeout={Timeout.TotalSeconds:0}s");

        Assert.InRange(clock.Elapsed, TimeSpan.Zero, Timeout + Grace);
        Assert.NotEqual(0, end.ExitCode);
        Assert.Contains(example.Result().GetProperty("outcome").GetString(), outcomes.Split(' '));
        Assert.Equal(ExampleRun.Files(ExampleRun.Project), ExampleRun.Files(example.Workspace));
    }
}
