using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;

namespace ClawCi.ToolServer.Tools;

/// <summary>A tool: what the model is told of it, and how to run it.</summary>
internal sealed class ServerTool
{
    private static readonly JsonSchemaExporterOptions SchemaOptions = new()
    {
        TreatNullObliviousAsNonNullable = true,
        TransformSchemaNode = Describe,
    };

    private readonly Func<JsonElement, CallTerms, Session, CancellationToken, Task<ToolAnswer>> _run;

    private ServerTool(
        string name,
        JsonElement inputSchema,
        Func<JsonElement, CallTerms, Session, CancellationToken, Task<ToolAnswer>> run
    )
    {
        (Name, InputSchema, _run) = (name, inputSchema, run);
        using var text = typeof(ServerTool).Assembly.GetManifestResourceStream($"{name}.md")!;
        using var reader = new StreamReader(text);
        Description = reader.ReadToEnd().TrimEnd();
    }

    public string Name { get; }

    public string Description { get; }

    public JsonElement InputSchema { get; }

    public static ServerTool Of<TInput>(
        string name,
        JsonTypeInfo<TInput> type,
        Func<ToolCall<TInput>, CancellationToken, Task<ToolAnswer>> run
    )
    {
        var schema = JsonDocument.Parse(type.GetJsonSchemaAsNode(SchemaOptions).ToJsonString()).RootElement;
        return new(
            name,
            schema,
            (input, terms, session, ct) => run(new(ToolInput.Read(name, schema, input, type), terms, session), ct)
        );
    }

    public async Task<ToolAnswer> RunAsync(JsonElement input, CallTerms terms, Session session, CancellationToken ct)
    {
        try
        {
            return await _run(input, terms, session, ct);
        }
        catch (ToolException e)
        {
            return ToolAnswer.Error(e.Message);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // One call gone wrong is no reason to lose the sandbox.
            return ToolAnswer.Error($"{Name} failed: {e.Message}");
        }
    }

    private static JsonNode Describe(JsonSchemaExporterContext context, JsonNode schema)
    {
        if (schema is not JsonObject node)
            return schema;
        // An optional value may be null on the wire; a model need not know.
        if (node["type"] is JsonArray types)
            node["type"] = types.First(t => t!.GetValue<string>() != "null")!.DeepClone();
        var attributes = context.PropertyInfo?.AttributeProvider?.GetCustomAttributes(
            typeof(DescriptionAttribute),
            false
        );
        if (attributes is [DescriptionAttribute description, ..])
            node.Insert(0, "description", description.Description);
        return node;
    }
}
