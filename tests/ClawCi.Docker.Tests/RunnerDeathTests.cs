using System.Diagnostics;
using ClawCi.Sandboxes;
using ClawCi.Sandboxes.Docker;
using Docker.DotNet.Models;
using Xunit;

namespace ClawCi.Docker.Tests;

public sealed class RunnerDeathTests
{
    private static readonly TimeSpan ContainersLive = TimeSpan.FromSeconds(2);

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_killed_runner_leaves_no_container_running_and_clean_removes_the_rest()
    {
        await using var here = await Sandboxed.CreateAsync();
        var pid = await KillRunnerAsync(here);
        var listed = await SandboxCleaner.CleanAsync(here.Engine, listOnly: true, Now);
        var left = await OfProcessAsync(here, pid);
        Assert.NotEmpty(left);
        Assert.Empty(left.Except([.. listed.Containers, .. listed.Volumes]));

        await SandboxCleaner.CleanAsync(here.Engine, listOnly: false, Now);
        Assert.Empty(await OfProcessAsync(here, pid));
    }

    /// <summary>CLAW_TEST_KILLS says how often; without it a few will do.</summary>
    [Fact]
    public async Task A_runner_killed_at_any_moment_leaves_nothing_running_and_clean_leaves_nothing_at_all()
    {
        await using var here = await Sandboxed.CreateAsync();
        var kills = int.TryParse(Environment.GetEnvironmentVariable("CLAW_TEST_KILLS"), out var asked) ? asked : 12;
        var pids = new List<int>();
        var slowest = TimeSpan.Zero;
        for (var kill = 0; kill < kills; kill++)
        {
            using var runner = Child.Start("work", here.Checkout);
            Assert.Equal("working", await runner.StandardOutput.ReadLineAsync(Now));
            // Multiples of the golden ratio: spread over a whole round of work, whatever the number of kills.
            await Task.Delay(TimeSpan.FromSeconds(kill * 0.618034 % 1 * 2.5), Now);
            runner.Kill();
            await runner.WaitForExitAsync(Now);
            pids.Add(runner.Id);
            var killed = Stopwatch.GetTimestamp();
            while (await IsRunningAsync(here, runner.Id))
                Assert.InRange(Stopwatch.GetElapsedTime(killed), TimeSpan.Zero, TimeSpan.FromSeconds(3));
            slowest = TimeSpan.FromTicks(Math.Max(slowest.Ticks, Stopwatch.GetElapsedTime(killed).Ticks));
        }
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{kills} kills, the last container ran {slowest.TotalSeconds:0.00} s longer"
        );
        await SandboxCleaner.CleanAsync(here.Engine, listOnly: false, Now);
        foreach (var pid in pids)
            Assert.Empty(await OfProcessAsync(here, pid));
    }

    [Fact]
    public async Task The_next_run_sweeps_up_after_a_killed_one()
    {
        await using var here = await Sandboxed.CreateAsync();
        var pid = await KillRunnerAsync(here);
        await using (await here.PrepareAsync()) { }
        Assert.Empty(await OfProcessAsync(here, pid));
    }

    [Fact]
    public async Task Clean_leaves_what_belongs_to_a_living_run_or_to_nobody_of_ours()
    {
        await using var here = await Sandboxed.CreateAsync();
        await using var task = await here.PrepareAsync();
        await using var sandbox = await task.AgentAsync();
        var foreign = $"foreign-{Path.GetFileName(here.Temp.Path)}";
        await CreateVolumeAsync(here, foreign, []);
        var report = await SandboxCleaner.CleanAsync(here.Engine, listOnly: false, Now);
        Assert.Equal(0, (await sandbox.BashAsync("true")).ExitCode);
        Assert.Contains(report.Kept, name => name.StartsWith("claw-ci-", StringComparison.Ordinal));
        Assert.DoesNotContain(foreign, report.Volumes);
        Assert.True(await Removal.VolumeAsync(here.Engine, foreign));
    }

    [Fact]
    public async Task What_another_machine_left_is_kept_for_its_lease()
    {
        await using var here = await Sandboxed.CreateAsync();
        var name = Path.GetFileName(here.Temp.Path).ToLowerInvariant();
        var elsewhere = new OwnerProcess("another-boot", "pid:[1]", 1, 1).ToString();
        Dictionary<string, string> Lease(int seconds) =>
            new()
            {
                [Labels.Ours] = Labels.TaskRole,
                [Labels.Process] = elsewhere,
                [Labels.Lease] = $"{seconds}",
            };
        await CreateVolumeAsync(here, $"{name}-expired", Lease(0));
        await CreateVolumeAsync(here, $"{name}-leased", Lease(3600));
        await CreateVolumeAsync(here, $"{name}-unmarked", new() { [Labels.Ours] = Labels.TaskRole });
        var report = await SandboxCleaner.CleanAsync(here.Engine, listOnly: true, Now);
        Assert.Contains($"{name}-expired", report.Volumes);
        Assert.Contains($"{name}-leased", report.Kept);
        Assert.Contains($"{name}-unmarked", report.Kept);
        foreach (var end in new[] { "expired", "leased", "unmarked" })
            await Removal.VolumeAsync(here.Engine, $"{name}-{end}");
    }

    private static async Task<bool> IsRunningAsync(Sandboxed here, int pid)
    {
        var running = await here.Engine.CallAsync(
            "list containers",
            (client, ct) => client.Containers.ListContainersAsync(new ContainersListParameters(), ct),
            Now
        );
        return running.Any(container =>
            container.Labels.TryGetValue(Labels.Process, out var process) && OwnerProcess.Parse(process)?.Pid == pid
        );
    }

    private static async Task<int> KillRunnerAsync(Sandboxed here)
    {
        using var runner = Child.Start("hold", here.Checkout);
        var id = await runner.StandardOutput.ReadLineAsync(Now);
        Assert.Equal(64, id?.Length);
        runner.Kill();
        await runner.WaitForExitAsync(Now);
        var end = await here.Engine.CallAsync(
            "wait for the end",
            async (client, ct) =>
            {
                try
                {
                    return (await client.Containers.WaitContainerAsync(id!, ct)).StatusCode;
                }
                catch (global::Docker.DotNet.DockerContainerNotFoundException)
                {
                    return 0;
                }
            },
            Now,
            ContainersLive
        );
        Assert.InRange(end, 0, 255);
        return runner.Id;
    }

    private static Task<VolumeResponse> CreateVolumeAsync(
        Sandboxed here,
        string name,
        Dictionary<string, string> labels
    ) =>
        here.Engine.CallAsync(
            "create a volume",
            (client, ct) =>
                client.Volumes.CreateAsync(new VolumesCreateParameters { Name = name, Labels = labels }, ct),
            Now
        );

    private static async Task<List<string>> OfProcessAsync(Sandboxed here, int pid)
    {
        var found = await Leftovers.FindAsync(here.Engine, Now);
        return
        [
            .. found
                .Containers.Concat(found.Volumes)
                .Where(thing => OwnerProcess.Parse(thing.Labels?[Labels.Process])?.Pid == pid)
                .Select(thing => thing.Name),
        ];
    }
}
