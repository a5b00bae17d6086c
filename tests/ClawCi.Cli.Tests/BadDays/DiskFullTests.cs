using Xunit;

namespace ClawCi.Cli.Tests.BadDays;

/// <summary>The output directory is on a disk that fills up.</summary>
public sealed class DiskFullTests
{
    [Theory]
    [InlineData(48)]
    [InlineData(200)]
    public async Task What_was_recorded_stays_valid_and_nothing_is_left_behind(int kibibytes)
    {
        using var day = new BadDay().Script(
            BadDay.Bash("echo two > a.txt"),
            BadDay.Bash("head -c 20000 /dev/urandom | base64 -w 100") + ", repeat: 20",
            "text: Done."
        );
        using var disk = await SmallDisk.MountAsync(day.Out, kibibytes);
        var ending = await day.RunAsync();

        var runId = ending.IsAccordingToStatus(18, "sandbox-unavailable", "disk", retryable: true)!;
        Assert.Contains("No space left on device", ending.Error, StringComparison.Ordinal);
        var lines = Ending.ReadTranscript(day.Transcript);
        Assert.Equal(runId, lines[0].GetProperty("run_id").GetString());
        Assert.Equal("", await day.LeftInDockerAsync(runId));
        Assert.Equal("one\n", await File.ReadAllTextAsync(day.At("a.txt"), TestContext.Current.CancellationToken));

        await disk.GrowAsync(10_000);
        var report = await ClawCiProgram.RunAsync(day.Root, ["report", day.Out]);
        Assert.True(report.ExitCode == 0, report.Error);
        Assert.NotEqual("success", ending.Result.GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task A_disk_without_any_room_is_said_before_anything_starts()
    {
        using var day = new BadDay();
        using var disk = await SmallDisk.MountAsync(day.Out, 16);
        await day.ShellAsync($"head -c 100000 /dev/zero > {day.Out}/.gitignore || true");
        var end = (await day.RunAsync()).End;
        Assert.Contains(end.ExitCode, new[] { 2, 18 });
        Assert.Contains("CLAW_CI_STATUS: outcome=", end.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", end.Error, StringComparison.Ordinal);
    }

    /// <summary>A file system in memory with a size; unmounted at the end.</summary>
    private sealed class SmallDisk(string path) : IDisposable
    {
        public static async Task<SmallDisk> MountAsync(string path, int kibibytes)
        {
            Directory.CreateDirectory(path);
            await ExampleRun.ShellAsync("/", $"mount -t tmpfs -o size={kibibytes}k claw-ci-test {path}");
            return new SmallDisk(path);
        }

        public async Task GrowAsync(int kibibytes) =>
            await ExampleRun.ShellAsync("/", $"mount -o remount,size={kibibytes}k {path}");

        public void Dispose() => ExampleRun.ShellAsync("/", $"umount --lazy {path}").GetAwaiter().GetResult();
    }
}
