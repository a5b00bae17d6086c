using System.Text.Json;
using ClawCi.Configuration;
using ClawCi.Events;
using ClawCi.Hooks;
using ClawCi.Runs;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Tests.Hooks;

/// <summary>Real commands before a compaction.</summary>
public sealed class PreCompactTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly RecordingObserver _events = new();

    [Fact]
    public async Task The_hook_is_told_why_and_how_much_there_is()
    {
        Assert.Null(await RunAsync("cat > seen"));

        var seen = JsonElement.Parse(File.ReadAllText(_directory["seen"]));
        Assert.Equal("PreCompact", seen.GetProperty("hook_event_name").GetString());
        Assert.Equal("auto", seen.GetProperty("trigger").GetString());
        Assert.Equal(180_000, seen.GetProperty("context_tokens").GetInt64());
    }

    [Theory]
    [InlineData("echo Keep the plan.")]
    [InlineData("""echo '{"hookSpecificOutput":{"additionalContext":"Keep the plan."}}'""")]
    public async Task What_it_says_is_for_the_summary(string run) =>
        Assert.Equal("Keep the plan.", await RunAsync(run));

    [Theory]
    [InlineData("echo not now >&2; exit 2", "block")]
    [InlineData("""echo '{"decision":"block","reason":"not now"}'""", "block")]
    [InlineData("exit 1", "error")]
    public async Task An_objection_is_recorded_and_stops_nothing(string run, string decision)
    {
        Assert.Null(await RunAsync(run));

        var ran = Assert.Single(_events.Events.OfType<HookRan>());
        Assert.Equal(("PreCompact", decision), (ran.Event, ran.Decision));
    }

    public void Dispose() => _directory.Dispose();

    private Task<string?> RunAsync(string run)
    {
        var hook = new Hook(
            HookEvent.PreCompact,
            null,
            run,
            _directory.Path,
            TimeSpan.FromSeconds(20),
            "settings.yaml:3"
        );
        var runner = new HookRunner([hook], "session", "/workspace", _events, TimeProvider.System);
        return new TaskHooks(runner).BeforeCompactionAsync("auto", 180_000, TestContext.Current.CancellationToken);
    }
}
