using System.Text;
using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;
using Xunit;

namespace ClawCi.ToolServer.Tests.Tools;

/// <summary>The runner's call for hooks, as the runner makes it.</summary>
public sealed class HookCallTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private readonly Server _server = fixture.Server;

    [Fact]
    public async Task The_event_is_read_on_standard_input_as_often_as_one_likes()
    {
        var told = $"{{\"tool_input\":\"{new string('x', 300_000)}\"}}";

        var (answer, raw) = await CallAsync("wc -c; cat < /dev/stdin | wc -c; pwd; echo no >&2; exit 2", told);

        Assert.Equal($"{told.Length}\n{told.Length}\n{_server.Files.Path}\nno\n", raw);
        Assert.Equal((2, "exit", false), (answer.ExitCode, answer.End, answer.Truncated));
    }

    [Fact]
    public async Task What_it_says_beyond_its_bound_is_dropped_and_said_to_be()
    {
        var (answer, raw) = await CallAsync("head -c 2000 /dev/zero | tr '\\0' x", "{}", rawBytes: 1000);

        Assert.Equal((new string('x', 1000), true, 2000L), (raw, answer.Truncated, answer.Bytes));
    }

    [Fact]
    public async Task A_hook_that_hangs_is_killed_with_what_it_started()
    {
        var (answer, _) = await CallAsync("sleep 300 & echo $! > child; sleep 300", "{}", seconds: 1);

        Assert.True(answer.TimedOut);
        await Gone.ProcessAsync(int.Parse(await File.ReadAllTextAsync(_server.Files["child"], Ct)), Ct);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private async Task<(Answer Answer, string Raw)> CallAsync(
        string run,
        string told,
        int rawBytes = 64 * 1024,
        int seconds = 60
    )
    {
        var result = await _server.Client.CallToolAsync(
            new CallToolRequestParams
            {
                Name = "claw-ci/hook",
                Arguments = new Dictionary<string, System.Text.Json.JsonElement>
                {
                    ["run"] = System.Text.Json.JsonSerializer.SerializeToElement(run),
                    ["event"] = System.Text.Json.JsonSerializer.SerializeToElement(told),
                },
                Meta = new JsonObject { ["claw-ci/timeout_seconds"] = seconds, ["claw-ci/raw_bytes"] = rawBytes },
            },
            Ct
        );
        return (
            new Answer(result),
            Encoding.UTF8.GetString(result.StructuredContent!.Value.GetProperty("raw").GetBytesFromBase64())
        );
    }
}
