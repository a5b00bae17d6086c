using System.Diagnostics;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.ToolServer.Tests;

/// <summary>The end of a server whose runner hangs.</summary>
public sealed class LifetimeTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_ends_with_its_lifetime_and_takes_its_commands_along_though_its_input_is_open()
    {
        using var workspace = new TempDirectory();
        using var server = Start(workspace, "2");
        string[] messages =
        [
            """{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"test","version":"1"}}}""",
            """{"jsonrpc":"2.0","method":"notifications/initialized"}""",
            """{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"bash","arguments":{"command":"echo $$ > pid; exec sleep 1000"}}}""",
        ];
        foreach (var message in messages)
            await server.StandardInput.WriteLineAsync(message.AsMemory(), Ct);
        await server.StandardInput.FlushAsync(Ct);
        await server.WaitForExitAsync(Ct);
        Assert.Equal(124, server.ExitCode);
        await Gone.ProcessAsync(int.Parse(File.ReadAllText(workspace["pid"])), Ct);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("9999999999")]
    public async Task A_lifetime_that_is_none_is_refused(string lifetime)
    {
        using var workspace = new TempDirectory();
        using var server = Start(workspace, lifetime);
        await server.WaitForExitAsync(Ct);
        Assert.Equal(2, server.ExitCode);
    }

    private static Process Start(TempDirectory workspace, string lifetime) =>
        Process.Start(
            new ProcessStartInfo(
                "dotnet",
                [Server.ServerDll, "serve", "--workspace", workspace.Path, "--lifetime", lifetime]
            )
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
}
