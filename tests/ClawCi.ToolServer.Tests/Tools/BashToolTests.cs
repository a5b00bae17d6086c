using System.Text.RegularExpressions;
using Xunit;

namespace ClawCi.ToolServer.Tests.Tools;

public sealed partial class BashToolTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;
    private readonly Server _server = fixture.Server;

    [Fact]
    public async Task Output_and_errors_come_together_in_their_order()
    {
        var answer = await _server.BashAsync("echo one; echo two >&2; echo three; pwd", Ct);
        Assert.Equal($"one\ntwo\nthree\n{_server.Files.Path}\n", answer.Text);
        Assert.Equal((0, false, false, false), (answer.ExitCode, answer.IsError, answer.TimedOut, answer.Truncated));
        Assert.Equal(answer.Text.Length, answer.Bytes);
    }

    [Theory]
    [InlineData("exit 3", 3, "exit", "[exit code 3]")]
    [InlineData("printf half; exit 1", 1, "exit", "half\n[exit code 1]")]
    [InlineData("kill -SEGV $$", 139, "signal", "[killed by SIGSEGV, exit code 139]")]
    [InlineData("sh -c 'kill -ABRT $$'; exit $?", 134, "exit", "[exit code 134: SIGABRT]")]
    [InlineData("true", 0, "exit", "(no output)")]
    public async Task The_end_is_told_in_the_text_and_to_the_runner(
        string command,
        int exitCode,
        string end,
        string text
    )
    {
        var answer = await _server.BashAsync(command, Ct);
        Assert.Equal(end, answer.End);
        Assert.Equal((exitCode, exitCode != 0), (answer.ExitCode, answer.IsError));
        Assert.EndsWith(text, answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_waits_for_an_answer()
    {
        var answer = await _server.BashAsync(
            "cat; echo read=$?; echo $CI $GIT_TERMINAL_PROMPT $PAGER $GIT_EDITOR $TERM; git config --get-all safe.directory",
            Ct
        );
        Assert.Equal("read=0\ntrue 0 cat true dumb\n*\n", answer.Text);
    }

    [Fact]
    public async Task A_command_leads_a_session_of_its_own_with_ordinary_signals_and_no_descriptor_of_ours()
    {
        var answer = await _server.BashAsync(
            "read -r _ _ _ ppid pgrp session _ < <(sed 's/(.*)/x/' /proc/$$/stat); [ $session = $$ ] && [ $pgrp = $$ ] && echo leader; "
                + "grep -E 'Sig(Ign|Blk)' /proc/self/status; cat /proc/$$/oom_score_adj; fds=(/proc/$$/fd/*); echo ${fds[*]##*/}",
            Ct
        );
        Assert.Equal("leader\nSigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n1000\n0 1 2 3\n", answer.Text);
    }

    [Fact]
    public async Task The_server_cannot_be_looked_into()
    {
        // As another user; root may look everywhere.
        var answer = await _server.BashAsync("setpriv --reuid 65534 --clear-groups ls /proc/$PPID/fd 2>&1", Ct);
        Assert.Contains("Permission denied", answer.Text, StringComparison.Ordinal);
        var dumpable = await _server.BashAsync("stat -c %u /proc/$PPID/environ; stat -c %a /proc/$PPID/environ", Ct);
        Assert.Equal("0\n400\n", dumpable.Text);
    }

    [Fact]
    public async Task A_hundred_megabytes_are_kept_at_both_ends_with_the_gap_counted()
    {
        var answer = await _server.BashAsync(
            "echo first; head -c 100000000 /dev/zero | tr '\\0' x | fold -w 99; echo; echo last",
            Ct
        );
        Assert.StartsWith("first\nxxx", answer.Text, StringComparison.Ordinal);
        Assert.EndsWith("x\nlast\n", answer.Text, StringComparison.Ordinal);
        Assert.InRange(answer.Text.Length, 20_000, 30_000);
        Assert.True(answer.Truncated);
        var gap = Gap().Match(answer.Text);
        Assert.True(gap.Success, "the gap is said");
        Assert.Equal(answer.Bytes, answer.Text.Length - gap.Length + long.Parse(gap.Groups[1].Value));
    }

    [Fact]
    public async Task Bytes_that_are_no_text_come_as_replacement_characters()
    {
        var answer = await _server.BashAsync("printf 'a\\xff\\xfeb\\xc3\\xa9'", Ct);
        Assert.Equal("a\ufffd\ufffdbé", answer.Text);
        Assert.Equal(6, answer.Bytes);
    }

    [Fact]
    public async Task The_timeout_kills_everything_the_command_started()
    {
        var answer = await _server.BashAsync(
            """
            echo begun
            sleep 1001 & echo $! >> pids
            (trap '' TERM; sleep 1002) & echo $! >> pids
            setsid sh -c '(sleep 1003 & echo $! >> pids) &'
            setsid env -i sh -c 'echo $$ > stranger; exec sleep 1004' &
            trap '' TERM
            while true; do sleep 0.1; done
            """,
            Ct,
            timeoutSeconds: 1
        );
        Assert.True(answer.TimedOut);
        Assert.True(answer.IsError);
        Assert.Equal(137, answer.ExitCode);
        Assert.StartsWith("begun\n", answer.Text, StringComparison.Ordinal);
        Assert.Contains("[timed out after 1 s", answer.Text, StringComparison.Ordinal);
        var pids = await File.ReadAllLinesAsync(_server.Files["pids"], Ct);
        Assert.Equal(3, pids.Length);
        foreach (var pid in pids)
            await Gone.ProcessAsync(int.Parse(pid), Ct);
        // This one took another session and emptied its environment: nobody but the container can know it.
        await _server.BashAsync("kill -9 $(cat stranger)", Ct);
    }

    [Fact]
    public async Task A_command_that_ends_well_on_SIGTERM_says_its_last_words()
    {
        var answer = await _server.BashAsync("trap 'echo bye; exit 7' TERM; sleep 1000 & wait", Ct, timeoutSeconds: 1);
        Assert.True(answer.TimedOut);
        Assert.Equal((7, "timeout"), (answer.ExitCode, answer.End));
        Assert.StartsWith("bye\n", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_background_child_that_holds_the_output_does_not_hold_the_answer()
    {
        var answer = await _server.BashAsync("sleep 1000 & echo $!", Ct);
        var pid = int.Parse(answer.Text.Split('\n')[0]);
        Assert.True(Gone.IsRunning(pid));
        Assert.Equal((0, false), (answer.ExitCode, answer.IsError));
        Assert.Contains("[something it started still runs", answer.Text, StringComparison.Ordinal);
        await _server.BashAsync($"kill {pid}", Ct);
        await Gone.ProcessAsync(pid, Ct);
    }

    [Fact]
    public async Task A_background_child_with_its_output_elsewhere_is_left_alone()
    {
        var answer = await _server.BashAsync("sleep 1000 > log 2>&1 & echo $!", Ct);
        var pid = int.Parse(answer.Text.Trim());
        Assert.True(Gone.IsRunning(pid));
        await _server.BashAsync($"kill {pid}", Ct);
    }

    [Fact]
    public async Task Orphans_are_reaped()
    {
        var answer = await _server.BashAsync("(sleep 0.01 & echo $!)", Ct);
        var pid = answer.Text.Split('\n')[0];
        while (Directory.Exists($"/proc/{pid}"))
            await Task.Delay(5, Ct);
    }

    [Fact]
    public async Task A_cancelled_call_leaves_nothing_running()
    {
        using var stop = new CancellationTokenSource();
        var call = _server.BashAsync("echo $$ > leader; sleep 1000", stop.Token);
        while (!File.Exists(_server.Files["leader"]) || new FileInfo(_server.Files["leader"]).Length == 0)
            await Task.Delay(5, Ct);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await Gone.ProcessAsync(int.Parse(await File.ReadAllTextAsync(_server.Files["leader"], Ct)), Ct);
    }

    [Fact]
    public async Task The_runner_may_give_more_time_than_a_model_can_ask_for()
    {
        var refused = await _server.BashAsync("true", Ct, timeoutSeconds: 601);
        Assert.True(refused.IsError);
        Assert.Contains("between 1 and 600", refused.Text, StringComparison.Ordinal);
        var answer = new Answer(
            await _server.Client.CallToolAsync(
                new()
                {
                    Name = "bash",
                    Arguments = new Dictionary<string, System.Text.Json.JsonElement>
                    {
                        ["command"] = System.Text.Json.JsonSerializer.SerializeToElement("sleep 1000"),
                    },
                    Meta = new() { ["claw-ci/timeout_seconds"] = 0.2 },
                },
                Ct
            )
        );
        Assert.True(answer.TimedOut);
    }

    [Fact]
    public async Task Many_calls_at_once_each_get_their_own_answer()
    {
        var calls = Enumerable.Range(0, 40).Select(i => _server.BashAsync($"echo {i}; exit {i}", Ct)).ToList();
        for (var i = 0; i < calls.Count; i++)
        {
            var answer = await calls[i];
            Assert.Equal(i, answer.ExitCode);
            Assert.StartsWith($"{i}\n", answer.Text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("   ", "empty")]
    [InlineData("echo a\0b", "NUL")]
    public async Task A_command_that_cannot_be_is_refused(string command, string reason)
    {
        var answer = await _server.BashAsync(command, Ct);
        Assert.True(answer.IsError);
        Assert.Contains(reason, answer.Text, StringComparison.Ordinal);
        Assert.Null(answer.ExitCode);
    }

    [Fact]
    public async Task A_command_too_long_for_the_kernel_is_a_tool_error()
    {
        var answer = await _server.BashAsync("true " + new string('x', 200_000), Ct);
        Assert.True(answer.IsError);
        Assert.Equal("The shell could not be started: Argument list too long.", answer.Text);
        Assert.Equal("spawn-error", answer.End);
    }

    [Fact]
    public async Task The_end_of_the_input_ends_the_server_and_its_commands()
    {
        int background;
        int server;
        await using (var own = await Server.StartAsync(Ct))
        {
            var answer = await own.BashAsync("setsid env -i sleep 1000 > /dev/null 2>&1 & echo $! $PPID", Ct);
            var pids = answer.Text.Trim().Split(' ');
            (background, server) = (int.Parse(pids[0]), int.Parse(pids[1]));
            Assert.True(Gone.IsRunning(background));
        }
        await Gone.ProcessAsync(server, Ct);
        await Gone.ProcessAsync(background, Ct);
    }

    [GeneratedRegex(@"\[… ([0-9]+) bytes left out; [^\]]*\]\n")]
    private static partial Regex Gap();
}
