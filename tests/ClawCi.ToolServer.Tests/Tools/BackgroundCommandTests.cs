using Xunit;

namespace ClawCi.ToolServer.Tests.Tools;

public sealed class BackgroundCommandTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;
    private readonly Server _server = fixture.Server;

    [Fact]
    public async Task What_it_writes_is_read_as_it_comes_and_from_any_offset()
    {
        var id = await StartAsync("echo one; until [ -e go ]; do sleep 0.01; done; printf two; exit 3");
        string first;
        do first = (await OutputAsync(id, offset: 0)).Text;
        while (!first.Contains("one", StringComparison.Ordinal));
        Assert.Matches("^one\n\\[running for [0-9.]+ s\\]$", first);
        Assert.Matches("^\\[running for [0-9.]+ s\\]$", (await OutputAsync(id)).Text);
        Assert.Contains(
            $"{id}  running for",
            (await _server.CallAsync("bash_output", Ct)).Text,
            StringComparison.Ordinal
        );
        await _server.BashAsync("touch go", Ct);
        var last = await OutputAsync(id, wait: 60);
        Assert.Matches("^two\n\\[ended after [0-9.]+ s with exit code 3\\]$", last.Text);
        Assert.Equal(3, last.ExitCode);
        Assert.StartsWith("ne\ntwo\n[ended", (await OutputAsync(id, offset: 1)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Killed_it_takes_all_that_it_started_along()
    {
        var id = await StartAsync(
            "trap '' TERM; (sleep 1001 & echo $! >> killed-pids); setsid sh -c '(sleep 1002 & echo $! >> killed-pids) &'; "
                + "echo $$ >> killed-pids; while true; do sleep 0.1; done"
        );
        var pids = _server.Files["killed-pids"];
        while (!File.Exists(pids) || (await File.ReadAllLinesAsync(pids, Ct)).Length < 3)
            await Task.Delay(5, Ct);
        var answer = await _server.CallAsync("bash_kill", Ct, ("id", id));
        Assert.Matches($"^{id}: ended after [0-9.]+ s with exit code 137.$", answer.Text);
        foreach (var pid in await File.ReadAllLinesAsync(pids, Ct))
            await Gone.ProcessAsync(int.Parse(pid), Ct);
        Assert.Equal(answer.Text, (await _server.CallAsync("bash_kill", Ct, ("id", id))).Text);
    }

    [Fact]
    public async Task Of_a_flood_the_last_is_kept_and_the_loss_counted()
    {
        var id = await StartAsync("head -c 1000000 /dev/zero | tr '\\0' x; echo; echo end");
        var first = await OutputAsync(id, wait: 60);
        // 1000005 bytes, of which 256 KiB are kept, of which 28000 come at a time.
        Assert.StartsWith(
            "[… 737861 bytes before this are no longer kept …]\nxxx",
            first.Text,
            StringComparison.Ordinal
        );
        Assert.Matches("exit code 0; 234144 bytes more from offset 765861\\]$", first.Text);
        Assert.True(first.Truncated);
        Assert.StartsWith("end\n[ended", (await OutputAsync(id, offset: 1_000_001)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_leader_that_ends_while_others_hold_its_output_has_ended()
    {
        var id = await StartAsync("sleep 1000 & echo $!");
        var answer = await OutputAsync(id, wait: 60);
        Assert.Equal(0, answer.ExitCode);
        await _server.BashAsync($"kill {answer.Text.Split('\n')[0]}", Ct);
    }

    [Fact]
    public async Task There_is_a_most_and_an_unknown_id_is_answered_with_the_known_ones()
    {
        await using var own = await Server.StartAsync(Ct);
        var none = await own.CallAsync("bash_output", Ct, ("id", "1"));
        Assert.Equal("There is no background command 1: none was started.", none.Text);
        for (var i = 1; i <= 8; i++)
        {
            var started = await own.CallAsync("bash", Ct, ("command", "sleep 1000"), ("run_in_background", true));
            Assert.Equal(i, started.Running);
        }
        var refused = await own.CallAsync("bash", Ct, ("command", "sleep 1000"), ("run_in_background", true));
        Assert.True(refused.IsError);
        Assert.Contains("8 commands are running in the background already", refused.Text, StringComparison.Ordinal);
        var wrong = await own.CallAsync("bash_kill", Ct, ("id", "x"));
        Assert.Equal("There is no background command x. There are 1, 2, 3, 4, 5, 6, 7, 8.", wrong.Text);
        Assert.Equal(7, (await own.CallAsync("bash_kill", Ct, ("id", "3"))).Running);
    }

    private async Task<string> StartAsync(string command)
    {
        var answer = await _server.CallAsync("bash", Ct, ("command", command), ("run_in_background", true));
        Assert.False(answer.IsError, answer.Text);
        Assert.Null(answer.ExitCode);
        return answer.Text.Split("id ")[1].Split('.')[0];
    }

    private Task<Answer> OutputAsync(string id, long? offset = null, int? wait = null) =>
        _server.CallAsync("bash_output", Ct, ("id", id), ("offset", offset), ("wait_seconds", wait));
}
