using System.Diagnostics;
using ClawCi.Auth;
using ClawCi.TestSupport;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ClawCi.Tests.Auth;

public sealed class KeyCommandTests
{
    private readonly List<string> _masked = [];
    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_a_command_prints_is_the_key_and_is_masked_and_kept_for_some_minutes()
    {
        using var directory = new TempDirectory();
        var command = Command(
            $"sh -c 'echo x >> \"{directory["runs"]}\"; echo key-$(wc -l < \"{directory["runs"]}\")'"
        );

        Assert.Equal("key-1", (await command.GetAsync(Stop)).Value);
        _time.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal("key-1", (await command.GetAsync(Stop)).Value);
        _time.Advance(TimeSpan.FromMinutes(2));
        var second = await command.GetAsync(Stop);
        Assert.Equal("key-2", second.Value);
        Assert.Equal("key-3", (await command.ReplaceAsync(second, Stop))!.Value);
        Assert.Equal(["key-1", "key-2", "key-3"], _masked);
    }

    [Fact]
    public async Task A_command_that_prints_the_refused_key_again_has_no_other()
    {
        var command = Command("echo the-key");
        Assert.Null(await command.ReplaceAsync(await command.GetAsync(Stop), Stop));
    }

    [Theory]
    [InlineData("sh -c 'echo the-key; echo no the-key for you >&2; exit 3'", "exited with 3: no *** for you.")]
    [InlineData("true", "printed no key.")]
    [InlineData("echo two words", "printed more than a key")]
    [InlineData("no-such-program-anywhere", "No shell reads it; write sh -c")]
    [InlineData("echo 'open", "a quote is not closed")]
    public async Task A_command_that_gives_no_key_is_told_from_one_that_does(string line, string said)
    {
        var failure = await Assert.ThrowsAsync<AuthException>(() => Command(line).GetAsync(Stop).AsTask());
        Assert.Equal(AuthFailure.KeyCommand, failure.Failure);
        Assert.Contains(said, failure.Message);
        Assert.DoesNotContain("the-key", failure.Message);
    }

    [Fact]
    public async Task A_command_is_given_up_with_all_its_children_when_the_run_ends()
    {
        using var directory = new TempDirectory();
        using var end = new CancellationTokenSource();
        var key = Command(
                $"sh -c 'sleep 1000 & echo $! > \"{directory["pid.tmp"]}\"; mv \"{directory["pid.tmp"]}\" \"{directory["pid"]}\"; wait'"
            )
            .GetAsync(end.Token);
        using var watcher = new FileSystemWatcher(directory.Path) { EnableRaisingEvents = true };
        while (!File.Exists(directory["pid"]))
            watcher.WaitForChanged(WatcherChangeTypes.All, 200);
        var sleeping = int.Parse(await File.ReadAllTextAsync(directory["pid"], Stop));
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => key.AsTask());
        using var process = Find(sleeping);
        Assert.True(process is null || process.WaitForExit(5_000));
    }

    [Theory]
    [InlineData("a b  c", "a|b|c")]
    [InlineData(
        """op read "op://my vault/key" --x='$HOME "q"' a\ b""",
        """op|read|op://my vault/key|--x=$HOME "q"|a b"""
    )]
    [InlineData("x '' \"\"", "x||")]
    public void Words_are_parted_as_a_shell_would_and_nothing_is_expanded(string line, string words) =>
        Assert.Equal(words, string.Join('|', CommandLine.Split(line)!));

    private static Process? Find(int id)
    {
        try
        {
            return Process.GetProcessById(id);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private KeyCommand Command(string line) =>
        new("VARIABLE", line, new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin" }, _masked.Add, _time);
}
