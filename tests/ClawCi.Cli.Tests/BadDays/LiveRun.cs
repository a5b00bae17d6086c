using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Xunit;

namespace ClawCi.Cli.Tests.BadDays;

/// <summary>A run under way, whose events are read as they come.</summary>
internal sealed class LiveRun(BadDay day, Process process) : IDisposable
{
    private readonly StringBuilder _output = new();
    private readonly Task<string> _error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);

    public Process Process => process;

    /// <summary>Known as soon as an event was read.</summary>
    public string RunId { get; private set; } = "";

    /// <summary>Waits for an event, and gives it.</summary>
    public async Task<JsonElement> UntilAsync(string type, Func<JsonElement, bool>? which = null)
    {
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            _output.Append(line).Append('\n');
            var seen = JsonElement.Parse(line);
            RunId = seen.GetProperty("run_id").GetString()!;
            if (seen.GetProperty("type").GetString() == type && (which is null || which(seen)))
                return seen;
        }
        Assert.Fail($"no {type} came\n{_output}\n{await _error}");
        return default;
    }

    public Task<JsonElement> UntilContainerAsync(string purpose = "agent") =>
        UntilAsync("sandbox_started", started => started.GetProperty("purpose").GetString() == purpose);

    public Task SignalAsync(string signal) => ExampleRun.ShellAsync(day.Root, $"kill -{signal} {process.Id}");

    public async Task<Ending> EndAsync()
    {
        _output.Append(await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new Ending(day, new ProgramEnd(process.ExitCode, _output.ToString(), await _error));
    }

    public void Dispose()
    {
        if (!process.HasExited)
            process.Kill();
        process.Dispose();
    }
}
