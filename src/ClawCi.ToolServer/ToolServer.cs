using System.Text.Json;
using ClawCi.Shared;
using ClawCi.ToolServer.Commands;
using ClawCi.ToolServer.Probes;
using ClawCi.ToolServer.Reports;
using ClawCi.ToolServer.Tools;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace ClawCi.ToolServer;

/// <summary>The tools over MCP. Ends when its input does.</summary>
internal sealed class ToolServer(Session session)
{
    public static string Version { get; } = typeof(ToolServer).Assembly.GetName().Version!.ToString(3);

    public async Task RunAsync(Stream input, Stream output, CancellationToken ct)
    {
        // Whoever called is gone with the input. The library would wait for the calls under way, a long command's to its end.
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(ct);
        await using var watched = new EndedInput(input, gone.Cancel);
        var options = new McpServerOptions
        {
            ServerInfo = new Implementation { Name = "claw-toolserver", Version = Version },
            Capabilities = new ServerCapabilities { Tools = new ToolsCapability() },
            Handlers = new McpServerHandlers
            {
                ListToolsHandler = (_, _) =>
                    new(new ListToolsResult { Tools = [.. ToolCatalog.For(session).Select(Definition)] }),
                CallToolHandler = async (request, cancelled) =>
                {
                    using var either = CancellationTokenSource.CreateLinkedTokenSource(cancelled, gone.Token);
                    return await CallAsync(request.Params, either.Token);
                },
            },
        };
        await using var transport = new StreamServerTransport(watched, output, "claw-toolserver");
        await using var server = McpServer.Create(transport, options);
        await server.RunAsync(ct);
    }

    private async Task<CallToolResult> CallAsync(CallToolRequestParams? request, CancellationToken ct)
    {
        var tool = ToolCatalog.All.FirstOrDefault(t => t.Name == request?.Name);
        if (tool is null && request?.Name is not (ProbeCall.Name or HookCall.Name or ReportCall.Name))
            return Result(
                ToolAnswer.Error(
                    $"There is no tool {request?.Name}. There are {string.Join(", ", ToolCatalog.All.Select(t => t.Name))}."
                )
            );
        var arguments = request!.Arguments ?? new Dictionary<string, JsonElement>();
        var input = JsonSerializer.SerializeToElement(arguments, ToolJson.Default.IDictionaryStringJsonElement);
        var terms = CallTerms.Of(request.Meta);
        if (request.Name == HookCall.Name)
            return Result(await HookCall.RunAsync(input, terms, session.Commands, ct));
        if (request.Name == ReportCall.Name)
            return Result(await Task.Run(() => ReportCall.RunAsync(input, terms.RawBytes, session, ct), ct));
        if (tool is null)
            return Result(await ProbeCall.RunAsync(input, terms.Timeout, session.Commands, ct));
        // A long search must not keep the next message waiting.
        return Result(await Task.Run(() => tool.RunAsync(input, terms, session, ct), ct));
    }

    private static CallToolResult Result(ToolAnswer answer) =>
        new()
        {
            Content = [new TextContentBlock { Text = answer.Text }, .. Media(answer)],
            IsError = answer.IsError,
            StructuredContent = JsonSerializer.SerializeToElement(
                new ToolFacts(
                    answer.ExitCode,
                    answer.ExitCode is null ? null : answer.End is CommandEnd.Timeout,
                    answer.Bytes,
                    answer.Truncated,
                    answer.End,
                    answer.Running,
                    answer.Raw,
                    answer.FileHash is { } hash ? Convert.ToHexStringLower(hash) : null
                ),
                ToolJson.Default.ToolFacts
            ),
        };

    private static IEnumerable<ContentBlock> Media(ToolAnswer answer)
    {
        if (answer.Media is not { } media)
            yield break;
        yield return media.Type == MediaKind.Pdf
            ? new EmbeddedResourceBlock
            {
                Resource = BlobResourceContents.FromBytes(media.Bytes, "file:///document.pdf", media.Type),
            }
            : ImageContentBlock.FromBytes(media.Bytes, media.Type);
    }

    private static Tool Definition(ServerTool tool) =>
        new()
        {
            Name = tool.Name,
            Description = tool.Description,
            InputSchema = tool.InputSchema,
        };
}
