using Xunit;

namespace ClawCi.ToolServer.Tests.Commands;

/// <summary>A command cannot tell whether its shell had waited for it.</summary>
public sealed class WaitingShellTests(WaitingShellTests.TwoServers fixture)
    : IClassFixture<WaitingShellTests.TwoServers>
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;
    private readonly Server _server = fixture.Server;

    [Theory]
    [InlineData("echo \"$0 $- $# $_ $SECONDS $LINENO $BASH_SUBSHELL ${#BASH_SOURCE[@]} ${FUNCNAME[*]}\"")]
    [InlineData("echo \"$BASH_EXECUTION_STRING\"; # it's \"quoted\"")]
    [InlineData("tr '\\0' '\\n' < /proc/$$/cmdline | grep .; echo ${!c*}")]
    [InlineData("fds=(/proc/$$/fd/*); echo ${fds[*]##*/}; wc -c")]
    [InlineData("if )")]
    [InlineData("echo one\nif )\necho two")]
    [InlineData("echo 'unterminated")]
    [InlineData("cat <<E\nhere\n")]
    [InlineData("no-such-program\nno-such-program")]
    [InlineData("set -x; echo é; (echo sub)")]
    [InlineData("set -e; echo before; false; echo after")]
    [InlineData("set -u; echo $nothing; echo after")]
    [InlineData("trap 'echo bye' EXIT; exit 3; echo after")]
    [InlineData("trap 'echo error in $LINENO' ERR; true\nfalse")]
    [InlineData("return 3; echo $?")]
    [InlineData("/bin/sh -c 'kill -SEGV $$'")]
    [InlineData("kill -KILL $$")]
    [InlineData("kill -PIPE $$")]
    [InlineData("kill -s TERM $$; sleep 100")]
    [InlineData("exec sh -c 'exit 5'")]
    [InlineData("sleep 0.01 & wait $!; echo $?; jobs; trap; umask; ulimit -c")]
    [InlineData("# only a comment")]
    [InlineData(
        "printf '%s\\n' {1..3} | while read -r line; do echo \"$line ${PIPESTATUS[*]}\"; done; echo $((1/0)); echo $?"
    )]
    public async Task It_runs_a_command_as_bash_does(string command)
    {
        await WaitingAsync();
        var answer = await _server.BashAsync(command, Ct);
        var expected = await fixture.NeverWaits.BashAsync(command, Ct);
        Assert.Equal((expected.ExitCode, expected.Text), (answer.ExitCode, answer.Text));
    }

    [Fact]
    public async Task It_leaves_nothing_of_its_waiting()
    {
        await WaitingAsync();
        var answer = await _server.BashAsync("echo ${BASH_ENV-unset}; env | grep -c BASH_ENV", Ct);
        Assert.StartsWith("unset\n0\n", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_was_killed_costs_nothing_but_the_time_to_start_another()
    {
        await _server.BashAsync($"kill -KILL {await WaitingAsync()}", Ct);
        Assert.Equal("here\n", (await _server.BashAsync("echo here", Ct)).Text);
        await _server.BashAsync($"kill -TERM {await WaitingAsync()}", Ct);
        Assert.Equal("here\n", (await _server.BashAsync("echo here", Ct)).Text);
    }

    [Fact]
    public async Task A_command_that_does_not_fit_gets_a_shell_of_its_own()
    {
        await WaitingAsync();
        var text = new string('x', 20_000);
        Assert.Equal(text, (await _server.BashAsync($"printf %s {text}", Ct)).Text);
    }

    [Fact]
    public async Task One_that_stands_in_a_directory_that_was_replaced_is_not_taken()
    {
        await using var own = await Server.StartAsync(Ct);
        await WaitingAsync(own);
        var path = own.Files.Path;
        Directory.Move(path, path + "-moved");
        try
        {
            Directory.CreateDirectory(path);
            Assert.Equal($"{path}\n", (await own.BashAsync("pwd -P", Ct)).Text);
        }
        finally
        {
            Directory.Delete(path + "-moved", recursive: true);
        }
    }

    private Task<int> WaitingAsync() => WaitingAsync(_server);

    /// <summary>Until a shell waits for the server's next call.</summary>
    private static async Task<int> WaitingAsync(Server server)
    {
        var parent = (await server.BashAsync("echo $PPID", Ct)).Text.Trim();
        while (true)
        {
            foreach (var directory in Directory.EnumerateDirectories("/proc"))
            {
                if (int.TryParse(Path.GetFileName(directory), out var pid) && Waits(pid, parent))
                    return pid;
            }
            await Task.Delay(5, Ct);
        }
    }

    private static bool Waits(int pid, string parent)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1] == parent
                && File.ReadAllText($"/proc/{pid}/cmdline").Contains("waits for the next", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Beside the one under test, a server that starts a shell for each command: a BASH_ENV of somebody else's is in the way.</summary>
    public sealed class TwoServers : IAsyncLifetime
    {
        internal Server Server { get; private set; } = null!;

        internal Server NeverWaits { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Server = await Server.StartAsync(Ct);
            NeverWaits = await Server.StartAsync(Ct, environment: new() { ["BASH_ENV"] = "/dev/null" });
        }

        public async ValueTask DisposeAsync()
        {
            await Server.DisposeAsync();
            await NeverWaits.DisposeAsync();
        }
    }
}
