using System.Net;
using System.Text.Json;
using ClawCi.Permissions;
using ClawCi.Sandboxes;
using ClawCi.Sandboxes.Egress;
using ClawCi.TestSupport;

namespace ClawCi.Benchmarks;

/// <summary>How fast a container receives over its tunnel, against the same program on this machine without one.</summary>
internal static class Egress
{
    private const int Megabytes = 200;

    private const string Download =
        "import sys, urllib.request; r = urllib.request.urlopen(sys.argv[1]); n = 0\n"
        + "while True:\n b = r.read(1 << 20); n += len(b)\n if not b: break\n"
        + "print(n)";

    public static async Task<bool> RunAsync(Bench bench)
    {
        await using var origin = Origin.Start();
        var url = $"http://allowed.test:{origin.Port}/big/{Megabytes * 1_000_000}";
        await using var task = await TaskSandbox.PrepareAsync(
            bench.Engine,
            bench.ToolServer,
            Bench.Spec with
            {
                Network = new NetworkAccess(NetworkReader.Rules([$"allowed.test:{origin.Port}"]), []),
            },
            bench.Checkout(100),
            null,
            new SandboxOwner("bench", "egress"),
            CancellationToken.None,
            egress: new EgressSettings(
                new Outside(
                    (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback]),
                    new AddressGuard(new HashSet<IPAddress>(), new HashSet<IPEndPoint> { origin.EndPoint }),
                    _ => null
                ),
                EgressLimits.Default,
                (_, _) => { },
                Console.WriteLine,
                TimeProvider.System
            )
        );
        await using var sandbox = await task.StartAgentAsync(CancellationToken.None);
        var input = JsonSerializer.Serialize(
            new Dictionary<string, string> { ["command"] = $"python3 -c '{Download}' {url}" }
        );
        var times = new List<double>();
        for (var i = 0; i < 3; i++)
        {
            var time = await Bench.TimeAsync(async () =>
            {
                var answer = await sandbox.CallAsync("bash", JsonElement.Parse(input), null, CancellationToken.None);
                if (answer.Text.Trim() != $"{Megabytes * 1_000_000}")
                    throw new InvalidOperationException(answer.Text);
            });
            times.Add(time.TotalSeconds);
        }
        var took = Bench.Median(times);
        var direct = await Bench.TimeAsync(async () =>
        {
            var here = url.Replace("allowed.test", "127.0.0.1", StringComparison.Ordinal);
            using var python = Bench.Start("python3", "/", null, "-c", Download, here);
            await python.WaitForExitAsync();
        });
        Console.WriteLine(
            $"     through the tunnel {Megabytes / took:0} MB/s; the same program without it {Megabytes / direct.TotalSeconds:0} MB/s"
        );
        return Bench.Report($"{Megabytes} MB through the tunnel, at 20 MB/s or more", took, Megabytes / 20.0, "s");
    }
}
