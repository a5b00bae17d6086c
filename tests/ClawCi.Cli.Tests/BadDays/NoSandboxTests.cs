using System.Text.Json;
using Xunit;

namespace ClawCi.Cli.Tests.BadDays;

/// <summary><c>--sandbox none</c>: no Docker at all, and said aloud.</summary>
public sealed class NoSandboxTests
{
    private const string NoDocker = "unix:///nonexistent/docker.sock";

    [Fact]
    public async Task A_task_runs_without_docker_and_everything_says_that_there_was_no_sandbox()
    {
        using var day = new BadDay()
            .Task("verify: { checks: [ { id: two, run: grep two a.txt } ] }")
            .Policy("mode: danger-full-access\n")
            .Script(BadDay.Bash("id -u; echo two > a.txt"), "text: Done.");
        day.Environment["DOCKER_HOST"] = NoDocker;
        var ending = await day.RunAsync("--sandbox=none");
        ending.IsAccordingToStatus(0, "success");
        Assert.Equal("two\n", await File.ReadAllTextAsync(day.At("a.txt"), TestContext.Current.CancellationToken));
        Assert.Contains("There is no sandbox", ending.Error, StringComparison.Ordinal);
        Assert.Equal("none", ending.Result.GetProperty("sandbox").GetString());
        var transcript = Ending.ReadTranscript(day.Transcript);
        Assert.Equal("none", Event(transcript, "run_started").GetProperty("sandbox").GetString());
        Assert.Contains(
            "no sandbox",
            Event(transcript, "warning").GetProperty("message").GetString(),
            StringComparison.Ordinal
        );
        foreach (var report in new[] { "summary.md", "report.html" })
            Assert.Contains(
                "There is no sandbox",
                await File.ReadAllTextAsync(Path.Combine(day.Out, report), TestContext.Current.CancellationToken),
                StringComparison.Ordinal
            );
    }

    [Fact]
    public async Task Docker_that_is_not_there_is_never_replaced_by_none()
    {
        using var day = new BadDay().Policy("mode: danger-full-access\n");
        day.Environment["DOCKER_HOST"] = NoDocker;
        var ending = await day.RunAsync();
        ending.IsAccordingToStatus(18, "sandbox-unavailable");
        Assert.DoesNotContain("There is no sandbox", ending.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text")]
    [InlineData("json")]
    [InlineData("stream-json")]
    public async Task What_stdout_does_not_take_is_said_and_is_no_success(string format)
    {
        using var day = new BadDay().Task("expect-changes: false").Policy("mode: danger-full-access\n");
        using var process = ClawCiProgram.Start(
            day.Root,
            day.Arguments("--sandbox=none", $"--output-format={format}"),
            program: ["sh", "-c", "exec \"$0\" \"$@\" > /dev/full", ClawCiProgram.Path]
        );
        var ending = new Ending(day, await ClawCiProgram.EndAsync(process));

        ending.IsAccordingToStatus(18, "sandbox-unavailable", "disk", retryable: true);
        Assert.Contains(
            "standard output cannot be written: No space left on device",
            ending.Error,
            StringComparison.Ordinal
        );
        Assert.Equal("success", ending.Result.GetProperty("outcome").GetString());
        Assert.True(File.Exists(Path.Combine(day.Out, "report.html")));
    }

    [Fact]
    public async Task A_program_without_its_tool_server_says_what_belongs_beside_it()
    {
        using var day = new BadDay().Policy("mode: danger-full-access\n");
        await day.ShellAsync($"ln {ClawCiProgram.Path} alone || cp {ClawCiProgram.Path} alone");
        using var process = ClawCiProgram.Start(
            day.Root,
            day.Arguments("--sandbox=none"),
            program: [Path.Combine(day.Root, "alone")]
        );
        var end = await ClawCiProgram.EndAsync(process);

        Assert.Equal(18, end.ExitCode);
        Assert.Contains("toolserver/ must lie beside the program", end.Error, StringComparison.Ordinal);
    }

    private static JsonElement Event(IEnumerable<JsonElement> transcript, string type) =>
        transcript.First(line => line.GetProperty("type").GetString() == type);
}
