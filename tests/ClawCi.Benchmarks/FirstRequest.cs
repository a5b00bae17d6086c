using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace ClawCi.Benchmarks;

/// <summary>From the start of the process to the first byte of its first model request.</summary>
internal static class FirstRequest
{
    public static async Task<bool> RunAsync(Bench bench)
    {
        var workspace = bench.Checkout(100);
        var task = Path.Combine(bench.Directory, "start.yaml");
        await File.WriteAllTextAsync(
            task,
            $"""
            version: 1
            name: start
            model: anthropic/claude-sonnet-4-5
            prompt: Say hello.
            sandbox: {"{"} image: "{Bench.Image}", pull: never {"}"}
            """
        );
        var times = new List<double>();
        for (var i = 0; i < 11; i++)
            times.Add(await OnceAsync(task, workspace, Path.Combine(bench.Directory, $"start-{i}")));
        return Bench.Report(
            "process start to first model request, median of 10",
            Bench.Median(times.Skip(1)),
            100,
            "ms"
        );
    }

    private static async Task<double> OnceAsync(string task, string workspace, string output)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var environment = new Dictionary<string, string>
        {
            ["ANTHROPIC_BASE_URL"] = $"http://{listener.LocalEndpoint}",
            ["ANTHROPIC_API_KEY"] = "bench-key",
        };
        var started = Stopwatch.GetTimestamp();
        using var process = Bench.Start(
            Bench.Program,
            workspace,
            environment,
            "run",
            task,
            "--workspace",
            workspace,
            "--out",
            output
        );
        using var client = await listener.AcceptTcpClientAsync();
        var stream = client.GetStream();
        var buffer = new byte[65536];
        _ = await stream.ReadAsync(buffer);
        var elapsed = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        await stream.WriteAsync(
            "HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"u8.ToArray()
        );
        client.Close();
        await process.WaitForExitAsync();
        return elapsed;
    }
}
