using System.Text.Json;
using ClawCi.Auth;
using ClawCi.Messages;
using ClawCi.Models;
using ClawCi.Models.Anthropic;
using ClawCi.Models.Wire;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Tests.Models;

internal static class Samples
{
    public const string ModelId = "claude-sonnet-4-5";

    public static AnthropicApi Api => new(ModelId, Thinking.Budget, MediaSupport.ImagesAndDocuments);

    public static ModelTimeouts Patient { get; } =
        new(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(30));

    public static IReadOnlyList<ToolDefinition> Tools { get; } =
    [
        new(
            "bash",
            "Runs a command.",
            Json("""{"type":"object","properties":{"command":{"type":"string"}},"required":["command"]}""")
        ),
        new("read_file", "Reads a file.", Json("""{"type":"object","properties":{"path":{"type":"string"}}}""")),
    ];

    /// <summary>A conversation of the given number of turns, each a bash call and its answer.</summary>
    public static ModelRequest Request(int turns = 0)
    {
        List<Message> messages = [Message.User("Make the tests pass. Ünïcödé 🦀 <b>&'\"")];
        for (var i = 1; i <= turns; i++)
        {
            messages.Add(
                new(
                    Role.Assistant,
                    [
                        new ThinkingBlock($"Thought {i}", $"sig{i}=="),
                        new TextBlock($"Step {i}"),
                        new ToolUseBlock($"toolu_{i}", "bash", Json($$"""{"command":"echo {{i}}"}""")),
                    ]
                )
            );
            messages.Add(new(Role.User, [new ToolResultBlock($"toolu_{i}", $"{i}\n", IsError: false)]));
        }
        return new("You fix code.", Tools, messages, 4096);
    }

    public static ModelClient Client(ChaosServer server, ModelTimeouts? timeouts = null) =>
        new(Api, Endpoint(server, timeouts), TimeProvider.System);

    public static ModelEndpoint Endpoint(ChaosServer server, ModelTimeouts? timeouts = null) =>
        new(server.Url, new ApiKey("sk-ant-test"), Proxy: null, timeouts ?? Patient);

    /// <summary>The same server for every provider.</summary>
    public static ModelEndpoints Endpoints(Uri url, ModelTimeouts? timeouts = null)
    {
        var endpoint = new ModelEndpoint(url, new ApiKey("k"), Proxy: null, timeouts ?? Patient);
        return new(endpoint, endpoint);
    }

    public static ModelChoice Choice(string name) => ModelCatalog.BuiltIn.Find(ModelName.Parse(name)!);

    /// <summary>The failure that the given answer ends in.</summary>
    public static async Task<ModelException> FailureOfAsync(ChaosAnswer answer, ModelTimeouts? timeouts = null)
    {
        await using var server = new ChaosServer(answer);
        using var client = Client(server, timeouts);
        return await Assert.ThrowsAsync<ModelException>(() =>
            client.SendAsync(Request(), TestContext.Current.CancellationToken)
        );
    }

    /// <summary>The reply that the given stream ends in.</summary>
    public static async Task<ModelReply> ReplyOfAsync(ChaosAnswer answer)
    {
        await using var server = new ChaosServer(answer);
        using var client = Client(server);
        return await client.SendAsync(Request(), TestContext.Current.CancellationToken);
    }

    public static JsonElement Json(string json) => JsonElement.Parse(json);
}
