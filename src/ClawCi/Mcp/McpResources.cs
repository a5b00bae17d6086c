using System.Text.Json;
using ClawCi.Permissions;
using ClawCi.Tools;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace ClawCi.Mcp;

/// <summary>What a server has to read, as one more tool of it: with a <c>uri</c> that is read, without one all are listed.</summary>
internal static class McpResources
{
    public const string Name = "resources";

    private static readonly JsonElement Schema = JsonElement.Parse(
        """{"type":"object","properties":{"uri":{"type":"string"}}}"""
    );

    public static McpTool Of(string server) =>
        new(new McpName(server, Name), "Reads the resource `uri`; without it, lists the resources.", Schema, AskAsync);

    private static Task<ToolOutput> AskAsync(McpClient client, ToolCall call, CancellationToken ct) =>
        McpTool.Text(call, "uri") is { } uri ? ReadAsync(client, uri, ct) : ListAsync(client, ct);

    private static async Task<ToolOutput> ReadAsync(McpClient client, string uri, CancellationToken ct)
    {
        var read = await client.ReadResourceAsync(new ReadResourceRequestParams { Uri = uri }, ct);
        return McpAnswer.Of(read.Contents.Select(content => new EmbeddedResourceBlock { Resource = content }));
    }

    private static async Task<ToolOutput> ListAsync(McpClient client, CancellationToken ct)
    {
        var list = new McpList("resources");
        string? cursor = null;
        do
        {
            var page = await client.ListResourcesAsync(new ListResourcesRequestParams { Cursor = cursor }, ct);
            foreach (var resource in page.Resources)
                list.Add(resource.Uri, resource.Title ?? resource.Name, resource.Description);
            cursor = page.NextCursor;
        } while (list.TakesPage(cursor));
        try
        {
            var page = await client.ListResourceTemplatesAsync(new ListResourceTemplatesRequestParams(), ct);
            foreach (var template in page.ResourceTemplates)
                list.Add(template.UriTemplate, template.Title ?? template.Name, template.Description);
        }
        catch (McpProtocolException)
        {
            // Not every server has templates.
        }
        return list.ToOutput();
    }
}
