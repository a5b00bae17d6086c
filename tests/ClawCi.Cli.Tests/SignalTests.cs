using System.Diagnostics;
using System.Text.Json;
using Xunit;

namespace ClawCi.Cli.Tests;

/// <summary>A run is stopped while its model thinks and its container waits.</summary>
public sealed class SignalTests
{
    private static readonly TimeSpan Promised = TimeSpan.FromSeconds(5);

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public async Task A_signal_ends_the_run_with_its_result_written_and_its_container_gone(string signal, int exitCode)
    {
        using var example = new ExampleRun();
        using var process = Start(example);
        var runId = await UntilSandboxStartedAsync(process);
        var clock = Stopwatch.StartNew();
        await ExampleRun.ShellAsync(example.Root, $"kill -{signal} {process.Id}");
        var end = await ClawCiProgram.EndAsync(process);

        Assert.Equal(exitCode, end.ExitCode);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, Promised);
        Assert.Contains($"outcome=interrupted reason=", end.Error, StringComparison.Ordinal);
        Assert.Contains($"exit={exitCode} ", end.Error, StringComparison.Ordinal);
        Assert.Equal("interrupted", example.Result().GetProperty("outcome").GetString());
        Assert.Equal(exitCode, example.Result().GetProperty("exit_code").GetInt32());
        Assert.Equal("", await ThingsOfAsync(example, runId));
    }

    [Fact]
    public async Task After_a_kill_no_container_runs_and_clean_and_report_do_the_rest()
    {
        using var example = new ExampleRun();
        using var process = Start(example);
        var runId = await UntilSandboxStartedAsync(process);
        process.Kill();
        await ClawCiProgram.EndAsync(process);

        await ExampleRun.ShellAsync(
            example.Root,
            $"timeout 5 bash -c 'while docker ps --quiet --filter label=claw-ci.run={runId} | grep -q .; do sleep 0.1; done'"
        );
        var clean = await ClawCiProgram.RunAsync(example.Root, ["clean"]);
        Assert.True(clean.ExitCode == 0, clean.Error);
        Assert.Equal("", await ThingsOfAsync(example, runId));
        var report = await ClawCiProgram.RunAsync(example.Root, ["report", example.Out]);
        Assert.True(report.ExitCode == 0, report.Error);
        Assert.Equal(runId, example.Result().GetProperty("run_id").GetString());
        Assert.NotEqual("success", example.Result().GetProperty("outcome").GetString());
    }

    private static Process Start(ExampleRun example)
    {
        var script = Path.Combine(example.Root, "stall.yaml");
        File.WriteAllText(script, "version: 1\nreplies:\n  - stall: before-reply\n");
        return ClawCiProgram.Start(
            example.Root,
            example.Arguments($"--model=scripted/{script}", "--output-format=stream-json", "--quiet")
        );
    }

    /// <returns>The run's id.</returns>
    private static async Task<string> UntilSandboxStartedAsync(Process process)
    {
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            using var json = JsonDocument.Parse(line);
            if (json.RootElement.GetProperty("type").GetString() == "sandbox_started")
                return json.RootElement.GetProperty("run_id").GetString()!;
        }
        Assert.Fail(await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        return "";
    }

    private static Task<string> ThingsOfAsync(ExampleRun example, string runId) =>
        ExampleRun.ShellAsync(
            example.Root,
            $"docker ps --all --quiet --filter label=claw-ci.run={runId}; docker volume ls --quiet --filter label=claw-ci.run={runId}"
        );
}
