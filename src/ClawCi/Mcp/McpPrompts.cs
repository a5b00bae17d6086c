using System.Text.Json;
using ClawCi.Permissions;
using ClawCi.Tools;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace ClawCi.Mcp;

/// <summary>The prompts that a server has, as one more tool of it: with a <c>name</c> that is filled in, without one all are listed.</summary>
internal static class McpPrompts
{
    public const string Name = "prompts";

    private static readonly JsonElement Schema = JsonElement.Parse(
        """{"type":"object","properties":{"name":{"type":"string"},"arguments":{"type":"object","additionalProperties":{"type":"string"}}}}"""
    );

    public static McpTool Of(string server) =>
        new(new McpName(server, Name), "Gets the prompt `name`; without it, lists the prompts.", Schema, AskAsync);

    private static Task<ToolOutput> AskAsync(McpClient client, ToolCall call, CancellationToken ct) =>
        McpTool.Text(call, "name") is { } name ? GetAsync(client, name, call, ct) : ListAsync(client, ct);

    private static async Task<ToolOutput> GetAsync(McpClient client, string name, ToolCall call, CancellationToken ct)
    {
        var asked = new GetPromptRequestParams { Name = name };
        if (call.Input.TryGetProperty("arguments", out var given) && given.ValueKind == JsonValueKind.Object)
            asked.Arguments = given.EnumerateObject().ToDictionary(member => member.Name, member => member.Value);
        var prompt = await client.GetPromptAsync(asked, ct);
        return McpAnswer.Of(
            prompt.Messages.SelectMany(message =>
                new[]
                {
                    new TextContentBlock { Text = $"[{message.Role.ToString().ToLowerInvariant()}]" },
                    message.Content,
                }
            )
        );
    }

    private static async Task<ToolOutput> ListAsync(McpClient client, CancellationToken ct)
    {
        var list = new McpList("prompts");
        string? cursor = null;
        do
        {
            var page = await client.ListPromptsAsync(new ListPromptsRequestParams { Cursor = cursor }, ct);
            foreach (var prompt in page.Prompts)
                list.Add($"{prompt.Name}({Arguments(prompt)})", prompt.Title, prompt.Description);
            cursor = page.NextCursor;
        } while (list.TakesPage(cursor));
        return list.ToOutput();
    }

    private static string Arguments(Prompt prompt) =>
        string.Join(
            ", ",
            (prompt.Arguments ?? []).Select(argument => argument.Name + (argument.Required == true ? "" : "?"))
        );
}
