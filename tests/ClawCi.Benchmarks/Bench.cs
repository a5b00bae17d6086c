using System.Diagnostics;
using System.Runtime.CompilerServices;
using ClawCi.Sandboxes;
using ClawCi.Sandboxes.Docker;

namespace ClawCi.Benchmarks;

/// <summary>What every benchmark needs: the built program, the daemon, a place for files.</summary>
internal sealed class Bench : IAsyncDisposable
{
    public const string Image = "claw-ci-demo:latest";

    private Bench(DockerEngine engine, ToolServerBinary toolServer, string directory)
    {
        Engine = engine;
        ToolServer = toolServer;
        Directory = directory;
    }

    public DockerEngine Engine { get; }

    public ToolServerBinary ToolServer { get; }

    public string Directory { get; }

    public static string Repository { get; } = Root();

    public static string Program => Path.Combine(Root(), "dist/claw-ci");

    public static async Task<Bench> CreateAsync() =>
        new(
            await DockerEngine.ConnectAsync(null, CancellationToken.None),
            await ToolServerBinary.LoadAsync(
                Path.Combine(Root(), "dist/toolserver/linux-x64/claw-toolserver"),
                CancellationToken.None
            ),
            System.IO.Directory.CreateTempSubdirectory("claw-bench-").FullName
        );

    public static SandboxSpec Spec { get; } =
        new(Image, PullPolicy.Never, "/workspace", null, 2, 4L << 30, 512, 1L << 30, new Dictionary<string, string>());

    public Task<TaskSandbox> PrepareAsync(string checkout, string task) =>
        TaskSandbox.PrepareAsync(
            Engine,
            ToolServer,
            Spec,
            checkout,
            null,
            new SandboxOwner("bench", task),
            CancellationToken.None
        );

    /// <summary>A checkout of so many one-line files, a hundred to a directory.</summary>
    public string Checkout(int files)
    {
        var root = Path.Combine(Directory, $"checkout-{files}");
        for (var i = 0; i < files; i++)
        {
            var folder = Path.Combine(root, $"d{i / 100}");
            if (i % 100 == 0)
                System.IO.Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, $"f{i}.txt"), $"line {i}\n");
        }
        return root;
    }

    public static Process Start(
        string program,
        string workingDirectory,
        Dictionary<string, string>? env,
        params string[] arguments
    )
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        foreach (var (key, value) in env ?? [])
            start.Environment[key] = value;
        return Process.Start(start)!;
    }

    public static async Task<TimeSpan> TimeAsync(Func<Task> action)
    {
        var started = Stopwatch.GetTimestamp();
        await action();
        return Stopwatch.GetElapsedTime(started);
    }

    /// <summary>Processor time of the whole process: what others do on the machine does not count.</summary>
    public static async Task<TimeSpan> CpuTimeAsync(Func<Task> action)
    {
        var started = Environment.CpuUsage.TotalTime;
        await action();
        return Environment.CpuUsage.TotalTime - started;
    }

    /// <summary>
    /// The most that a process was resident with until its end, in MiB. By the kernel's own mark for its memory: what it says of
    /// ended children includes this process, from which they were forked.
    /// </summary>
    public static async Task<double> PeakAsync(Process process)
    {
        var kibibytes = 0;
        while (!process.HasExited)
        {
            try
            {
                var mark = Array.Find(
                    await File.ReadAllLinesAsync($"/proc/{process.Id}/status"),
                    line => line.StartsWith("VmHWM:", StringComparison.Ordinal)
                );
                if (mark is not null)
                    kibibytes = int.Parse(mark.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]);
            }
            catch (IOException)
            {
                // It has just ended.
            }
            await Task.WhenAny(process.WaitForExitAsync(), Task.Delay(5));
        }
        return kibibytes / 1024.0;
    }

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }

    /// <summary>Prints a figure against its bound and says whether it holds.</summary>
    public static bool Report(string what, double figure, double bound, string unit)
    {
        var kept = figure <= bound;
        Console.WriteLine($"{(kept ? "ok  " : "MISS")} {what}: {figure:0.##} {unit} (at most {bound:0.##})");
        return kept;
    }

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    private static string Root([CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "../.."));
}
