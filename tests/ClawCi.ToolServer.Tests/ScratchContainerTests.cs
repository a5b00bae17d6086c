using ClawCi.Shared;
using ModelContextProtocol.Client;
using Xunit;

namespace ClawCi.ToolServer.Tests;

/// <summary>The published binary in real containers: with nothing around it, and with everything against it.</summary>
public sealed class ScratchContainerTests
{
    private const string Debian = "claw-ci-demo:latest";
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_serves_from_an_empty_image_read_only_without_a_known_user()
    {
        var image = await EmptyImageAsync();
        try
        {
            await using var client = await StartAsync(
                image,
                "--read-only",
                "--tmpfs",
                "/workspace:mode=1777",
                "--pids-limit",
                "64"
            );
            Assert.Equal(
                ["read_file", "write_file", "edit_file", "glob_search", "grep_search"],
                (await client.ListToolsAsync(cancellationToken: Ct)).Select(tool => tool.Name)
            );
            var written = await CallAsync(client, "write_file", ("path", "a/b.txt"), ("content", "hello\n"));
            Assert.Equal("Created a/b.txt: 1 lines, 6 bytes.", written.Text);
            Assert.Equal(
                "     1\thello\n",
                (await CallAsync(client, "read_file", ("path", "/workspace/a/b.txt"))).Text
            );
            Assert.Equal("a/b.txt", (await CallAsync(client, "glob_search", ("pattern", "*"))).Text);
            Assert.StartsWith(
                "a/b.txt:1:hello\n",
                (await CallAsync(client, "grep_search", ("pattern", "^h.*o$"))).Text,
                StringComparison.Ordinal
            );
            var bash = await CallAsync(client, "bash", ("command", "true"));
            Assert.True(bash.IsError);
            Assert.Contains("no shell", bash.Text, StringComparison.Ordinal);
        }
        finally
        {
            await DockerAsync("rmi", image);
        }
    }

    [Fact]
    public async Task A_fork_bomb_and_a_flood_leave_the_server_answering()
    {
        await using var client = await StartAsync(
            Debian,
            "--read-only",
            "--tmpfs",
            "/workspace:mode=1777",
            "--pids-limit",
            "64",
            "--memory",
            "256m",
            "--memory-swap",
            "256m"
        );
        Assert.True(await TakesAWaitingShellAsync(client), "no shell waited");
        var bomb = await CallAsync(
            client,
            "bash",
            ("command", "b() { b | b & }; b; sleep 1000"),
            ("timeout_seconds", 2)
        );
        Assert.True(bomb.TimedOut, bomb.Text);
        var flood = await CallAsync(client, "bash", ("command", "yes flood"), ("timeout_seconds", 1));
        Assert.True(flood.TimedOut);
        var hungry = await CallAsync(
            client,
            "bash",
            ("command", "head -c 400000000 /dev/zero | tail -c 400000000 | wc -c; echo ${PIPESTATUS[*]}")
        );
        Assert.Contains("137", hungry.Text, StringComparison.Ordinal);
        Assert.Contains(
            // The shell that waits for the next call may have been taken too.
            "[the sandbox was out of memory: the kernel killed ",
            hungry.Text,
            StringComparison.Ordinal
        );
        Assert.Equal("exit", hungry.End);
        hungry = await CallAsync(client, "bash", ("command", "head -c 400000000 /dev/zero | tail -c 400000000"));
        Assert.Equal(("oom", 137), (hungry.End, hungry.ExitCode));
        var after = await CallAsync(client, "bash", ("command", "id -u; ls /proc | grep -c '^[0-9]'"));
        Assert.StartsWith("12345\n", after.Text, StringComparison.Ordinal);
        Assert.InRange(int.Parse(after.Text.Split('\n')[1]), 3, 10);
        Assert.True(await TakesAWaitingShellAsync(client), "no shell waits any more");
    }

    /// <summary>A shell that waited has the room for its command among its arguments. The next may not stand ready yet when a call comes: the calls go on.</summary>
    private static async Task<bool> TakesAWaitingShellAsync(McpClient client)
    {
        for (var call = 0; call < 100; call++)
        {
            var size = await CallAsync(client, "bash", ("command", "cat /proc/$$/cmdline | wc -c"));
            if (int.Parse(size.Text) > 4096)
                return true;
        }
        return false;
    }

    [Fact]
    public async Task A_full_disk_is_an_ordinary_answer_and_the_next_call_works()
    {
        await using var client = await StartAsync(
            Debian,
            "--read-only",
            "--tmpfs",
            "/workspace:mode=1777,size=4m",
            "--tmpfs",
            "/tmp:mode=1777,size=4m"
        );
        await CallAsync(client, "write_file", ("path", "kept"), ("content", "before"));
        foreach (var place in (string[])["/tmp", "/workspace"])
        {
            var filled = await CallAsync(client, "bash", ("command", $"head -c 100000000 /dev/zero > {place}/full"));
            Assert.Equal(1, filled.ExitCode);
            Assert.Contains("No space left on device", filled.Text, StringComparison.Ordinal);
        }
        var written = await CallAsync(client, "write_file", ("path", "kept"), ("content", new string('x', 100_000)));
        Assert.True(written.IsError);
        Assert.Contains("No space left on device", written.Text, StringComparison.Ordinal);
        var after = await CallAsync(client, "bash", ("command", "cat kept; ls -A; rm full /tmp/full"));
        Assert.Equal("beforefull\nkept\n", after.Text);
        written = await CallAsync(client, "write_file", ("path", "kept"), ("content", "after\n"));
        Assert.False(written.IsError, written.Text);
    }

    [Fact]
    public async Task A_shell_that_is_not_bash_is_named_once()
    {
        await using var client = await StartAsync(
            Debian,
            "--read-only",
            "--tmpfs",
            "/workspace:mode=1777",
            "-v",
            "/dev/null:/usr/bin/bash:ro"
        );
        const string Note = "[this image has no bash: commands run in /usr/bin/sh]";
        Assert.Equal($"1\n{Note}", (await CallAsync(client, "bash", ("command", "echo 1"))).Text);
        Assert.Equal("2\n", (await CallAsync(client, "bash", ("command", "echo 2"))).Text);
    }

    [Fact]
    public async Task T19_a_command_reaches_neither_the_servers_memory_nor_its_descriptors()
    {
        await using var client = await StartAsync(Debian, "--read-only", "--tmpfs", "/workspace:mode=1777");
        string[] attempts =
        [
            "head -c 1 /proc/$PPID/mem",
            "cat /proc/$PPID/environ",
            "cat /proc/$PPID/maps",
            "ls /proc/$PPID/fd",
            "echo '{}' > /proc/$PPID/fd/1",
            "readlink /proc/$PPID/exe",
            "ls /proc/$PPID/root/",
            "echo 0 > /proc/$PPID/oom_score_adj",
            // PTRACE_SEIZE; and the kernel's own copy of a descriptor, pidfd_getfd.
            "python3 -c 'import ctypes, os; c = ctypes.CDLL(None); exit(c.ptrace(0x4206, int(os.environ[\"S\"]), 0, 0) == -1)'",
            "python3 -c 'import ctypes, os; c = ctypes.CDLL(None); exit(c.syscall(438, os.pidfd_open(int(os.environ[\"S\"])), 1, 0) == -1)'",
        ];
        foreach (var attempt in attempts)
        {
            var answer = await CallAsync(
                client,
                "bash",
                ("command", $"exec 2>&1; export S=$PPID; [ -d /proc/$S ] || exit 0; {attempt}")
            );
            Assert.True(answer.ExitCode is not 0, $"{attempt}: {answer.Text}");
        }
    }

    private static async Task<McpClient> StartAsync(string image, params string[] options)
    {
        var server = Path.Combine(RepositoryRoot(), "dist/toolserver/linux-x64");
        Assert.True(
            File.Exists(Path.Combine(server, "claw-toolserver")),
            "eng/build makes dist/toolserver, which this test needs"
        );
        var transport = new StdioClientTransport(
            new()
            {
                Name = "container",
                Command = "docker",
                Arguments =
                [
                    "run",
                    "--rm",
                    "-i",
                    "--init",
                    "--network",
                    "none",
                    "--cap-drop",
                    "ALL",
                    "--security-opt",
                    "no-new-privileges",
                    "--user",
                    "12345:12345",
                    "--log-driver",
                    "none",
                    "-v",
                    $"{server}:/claw:ro",
                    .. options,
                    image,
                    "/claw/claw-toolserver",
                    "serve",
                    "--workspace",
                    "/workspace",
                ],
            }
        );
        return await McpClient.CreateAsync(transport, cancellationToken: Ct);
    }

    private static async Task<Answer> CallAsync(
        McpClient client,
        string tool,
        params (string Name, object? Value)[] input
    ) => new(await client.CallToolAsync(tool, input.ToDictionary(i => i.Name, i => i.Value), cancellationToken: Ct));

    private static async Task<string> EmptyImageAsync()
    {
        var name = $"claw-ci-test-empty:{Environment.ProcessId}";
        // A tar file's end and nothing before it.
        var result = await DockerAsync(new byte[1024], "import", "-", name);
        Assert.True(result.Succeeded, result.ErrorText);
        return name;
    }

    private static Task<ProcessResult> DockerAsync(params string[] arguments) => DockerAsync([], arguments);

    private static Task<ProcessResult> DockerAsync(byte[] input, params string[] arguments) =>
        ProcessRunner.RunAsync(
            new("docker", arguments)
            {
                Environment = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin", ["HOME"] = "/tmp" },
                WriteInput = async (stdin, ct) => await stdin.WriteAsync(input, ct),
            },
            Ct
        );

    private static string RepositoryRoot()
    {
        var directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "claw-ci.sln")))
            directory = Path.GetDirectoryName(directory)!;
        return directory;
    }
}
