using System.ComponentModel;
using ClawCi.Shared;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.ToolServer.Tests.Shared;

public sealed class ProcessRunnerTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Output_error_and_exit_code_come_back()
    {
        var result = await ProcessRunner.RunAsync(Shell("printf out; printf err >&2; exit 3"), Ct);
        Assert.Equal((3, "out", "err"), (result.ExitCode, result.OutputText, result.ErrorText));
        Assert.False(result.Succeeded);
    }

    [Fact]
    public async Task Death_by_signal_is_128_plus_its_number()
    {
        var result = await ProcessRunner.RunAsync(Shell("kill -SEGV $$"), Ct);
        Assert.Equal(128 + 11, result.ExitCode);
    }

    [Fact]
    public async Task Nothing_of_our_environment_is_inherited()
    {
        var request = new ProcessRequest("/usr/bin/env", [])
        {
            Environment = new Dictionary<string, string> { ["A"] = "b" },
        };
        Assert.Equal("A=b\n", (await ProcessRunner.RunAsync(request, Ct)).OutputText);
    }

    [Fact]
    public async Task Input_goes_through_in_the_named_directory()
    {
        using var directory = new TempDirectory();
        var request = Shell("cat; pwd") with
        {
            WorkingDirectory = directory.Path,
            WriteInput = async (stdin, ct) => await stdin.WriteAsync("hello "u8.ToArray(), ct),
        };
        Assert.Equal($"hello {directory.Path}\n", (await ProcessRunner.RunAsync(request, Ct)).OutputText);
    }

    [Fact]
    public async Task A_child_that_does_not_read_its_input_is_no_error()
    {
        var request = Shell("exit 7") with
        {
            WriteInput = async (stdin, ct) => await stdin.WriteAsync(new byte[1 << 20], ct),
        };
        Assert.Equal(7, (await ProcessRunner.RunAsync(request, Ct)).ExitCode);
    }

    [Fact]
    public async Task Output_beyond_the_cap_is_dropped_and_said()
    {
        using var target = new MemoryStream();
        var request = Shell("head -c 3000000 /dev/zero") with { Output = target, MaxOutputBytes = 1_000_000 };
        var result = await ProcessRunner.RunAsync(request, Ct);
        Assert.Equal((1_000_000, true, 0), (target.Length, result.Truncated, result.ExitCode));
        Assert.False(result.Succeeded);
    }

    [Fact]
    public async Task The_deadline_kills_the_child_and_its_children()
    {
        using var directory = new TempDirectory();
        var request = Shell("sleep 1000 & echo $! > child; echo early; wait") with
        {
            WorkingDirectory = directory.Path,
            Deadline = TimeSpan.FromMilliseconds(300),
        };
        var result = await ProcessRunner.RunAsync(request, Ct);
        Assert.Equal((137, true, "early\n"), (result.ExitCode, result.TimedOut, result.OutputText));
        await Gone.ProcessAsync(int.Parse(await File.ReadAllTextAsync(directory["child"], Ct)), Ct);
    }

    [Fact]
    public async Task Cancelling_kills_the_child_and_throws()
    {
        using var directory = new TempDirectory();
        using var stop = new CancellationTokenSource();
        var request = Shell("echo $$ > child; echo; exec sleep 1000") with
        {
            WorkingDirectory = directory.Path,
            Output = new CallbackStream(stop.Cancel),
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ProcessRunner.RunAsync(request, stop.Token));
        await Gone.ProcessAsync(int.Parse(await File.ReadAllTextAsync(directory["child"], Ct)), Ct);
    }

    [Fact]
    public async Task A_target_that_fails_kills_the_child_and_throws()
    {
        var request = Shell("echo; exec sleep 1000") with
        {
            Output = new CallbackStream(() => throw new IOException("disk full")),
        };
        var error = await Assert.ThrowsAsync<IOException>(() => ProcessRunner.RunAsync(request, Ct));
        Assert.Equal("disk full", error.Message);
    }

    [Fact]
    public async Task A_background_child_that_holds_the_pipes_does_not_hold_us()
    {
        using var directory = new TempDirectory();
        var request = Shell("sleep 1000 & echo $! > child; echo done") with { WorkingDirectory = directory.Path };
        var result = await ProcessRunner.RunAsync(request, Ct);
        using var child = System.Diagnostics.Process.GetProcessById(
            int.Parse(await File.ReadAllTextAsync(directory["child"], Ct))
        );
        child.Kill();
        Assert.Equal((0, "done\n", false), (result.ExitCode, result.OutputText, result.TimedOut));
    }

    /// <summary>On a busy machine the child has long ended when the first of it is looked at.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("sleep 1000 & echo $! > child; ")]
    public async Task Whoever_takes_the_output_slowly_gets_all_of_it(string before)
    {
        using var directory = new TempDirectory();
        using var target = new SlowStream(directory["ended"]);
        var request = Shell($"{before}(head -c 60000 /dev/zero; echo end); echo >&2; : > ended") with
        {
            WorkingDirectory = directory.Path,
            Output = target,
        };
        var result = await ProcessRunner.RunAsync(request, Ct);
        if (before.Length > 0)
            System
                .Diagnostics.Process.GetProcessById(int.Parse(await File.ReadAllTextAsync(directory["child"], Ct)))
                .Kill();
        Assert.Equal((0, 60_004, false), (result.ExitCode, target.Length, result.Truncated));
        Assert.Equal("\n", result.ErrorText);
    }

    [Fact]
    public async Task A_program_that_is_not_there_is_an_exception_with_its_name()
    {
        var error = await Assert.ThrowsAsync<Win32Exception>(() =>
            ProcessRunner.RunAsync(new("/no/such/program", []), Ct)
        );
        Assert.Contains("/no/such/program", error.Message, StringComparison.Ordinal);
    }

    private static ProcessRequest Shell(string script) =>
        new("/bin/sh", ["-c", script]) { Environment = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin" } };

    /// <summary>Takes the first of it only well after the child's end.</summary>
    private sealed class SlowStream(string ended) : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (Length == 0)
            {
                SpinWait.SpinUntil(() => File.Exists(ended), TimeSpan.FromSeconds(10));
                Thread.Sleep(400);
            }
            base.Write(buffer);
        }
    }

    private sealed class CallbackStream(Action onWrite) : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => onWrite();
    }
}
