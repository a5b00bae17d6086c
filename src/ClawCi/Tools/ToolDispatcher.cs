using System.Text.Json;
using System.Text.Json.Nodes;
using ClawCi.Configuration;
using ClawCi.Events;
using ClawCi.Hooks;
using ClawCi.Messages;
using ClawCi.Permissions;

namespace ClawCi.Tools;

/// <summary>
/// Turns a tool use into a tool result: find, parse, hooks, policy, run, hooks, truncate. Every way out is a result that the model
/// reads; only the loss of what runs the tools throws.
/// </summary>
/// <param name="denials">Of the whole task; null begins with none.</param>
internal sealed class ToolDispatcher(
    ToolSet tools,
    PermissionPolicy policy,
    HookRunner hooks,
    IRunObserver events,
    TimeProvider time,
    Denials? denials = null
)
{
    /// <summary>More than any tool of ours answers; a tool server that was taken over may try.</summary>
    private const int MaxResultLength = 100_000;

    /// <summary>What was denied in the task so far, not in this conversation alone.</summary>
    public IReadOnlyList<PermissionDenial> Denials => _denials.All;

    /// <summary>How many calls of this conversation were denied.</summary>
    public int Denied { get; private set; }

    private readonly Denials _denials = denials ?? new();

    /// <param name="isLast">Whether the message with the result follows at once. Until then the record is all there is of it.</param>
    public async Task<ToolResultBlock> RunAsync(
        ToolUseBlock use,
        int turn,
        bool isLast,
        CancellationToken cancellationToken
    )
    {
        events.On(new ToolCalled(use.Id, use.Name, Recorded(use), turn));
        var started = time.GetTimestamp();
        var output = await AnswerAsync(use, cancellationToken);
        var text =
            output.Text.Length <= MaxResultLength
                ? output.Text
                : output.Text[..MaxResultLength] + "\n[cut here: the tool answered more than a tool may]";
        events.On(
            new ToolAnswered(
                use.Id,
                use.Name,
                output.IsError,
                output.ExitCode,
                (long)time.GetElapsedTime(started).TotalMilliseconds,
                output.Bytes,
                output.Truncated || text.Length != output.Text.Length,
                output.End,
                output.Blob,
                isLast ? null : text,
                output.FileSha256
            )
        );
        return new ToolResultBlock(use.Id, text, output.IsError) { Media = output.Media };
    }

    private async Task<ToolOutput> AnswerAsync(ToolUseBlock use, CancellationToken cancellationToken)
    {
        if (tools.Find(use.Name) is not { } tool)
            return Error($"There is no tool named {use.Name}. The tools are: {string.Join(", ", tools.Names)}.");
        if (use.MalformedInput is { } malformed)
            return Error(
                $"The input of {tool.Definition.Name} is not a JSON object of at most {ToolUseBlock.MaxInputDepth} levels, so nothing was run. "
                    + $"It began: {Start(malformed)}"
            );
        var call = new ToolCall(use.Id, tool.Definition.Name, use.Input);
        var before = await HooksAsync(HookEvent.PreToolUse, call, null, cancellationToken);
        if (before.Block is { } objection)
        {
            Deny(new PermissionDenial(call.Name, call.Id, call.Input, "hook", objection));
            return Error($"Denied by {objection}");
        }
        // A hook's word is no permission: what it made of the input is decided on like any other.
        call = call with
        {
            Input = before.Input ?? call.Input,
        };
        if (Permits(call, tool.Mcp) is { } denial)
            return Error(denial);
        var output = await tool.RunAsync(call, cancellationToken);
        var after = await HooksAsync(HookEvent.PostToolUse, call, output, cancellationToken);
        return (after.Block ?? after.Context) is { } said ? output with { Text = $"{output.Text}\n{said}" } : output;
    }

    private Task<HookAnswer> HooksAsync(
        HookEvent moment,
        ToolCall call,
        ToolOutput? output,
        CancellationToken cancellationToken
    )
    {
        var facts = new JsonObject
        {
            ["tool_name"] = call.Name,
            ["tool_use_id"] = call.Id,
            ["tool_input"] = JsonNode.Parse(call.Input.GetRawText()),
        };
        if (output is not null)
            facts["tool_response"] = new JsonObject { ["text"] = output.Text, ["is_error"] = output.IsError };
        return hooks.RunAsync(moment, facts, cancellationToken);
    }

    /// <returns>What the model is told when the call is denied; else null.</returns>
    private string? Permits(ToolCall call, McpName? mcp)
    {
        var decision = policy.Decide(call.Name, call.Input, mcp);
        events.On(
            new PolicyDecided(
                call.Id,
                call.Name,
                decision.Allowed ? "allow" : "deny",
                decision.RuleId,
                decision.Source,
                decision.Reason,
                decision.Subject
            )
        );
        if (decision.Allowed)
            return null;
        Deny(new PermissionDenial(call.Name, call.Id, call.Input, decision.RuleId, decision.Reason));
        var rule = decision.RuleId is { } id ? $" (rule {id})" : "";
        return $"Denied by policy{rule}: {decision.Reason}";
    }

    private void Deny(PermissionDenial denial)
    {
        Denied++;
        _denials.Add(denial);
    }

    private static JsonElement Recorded(ToolUseBlock use) =>
        use.MalformedInput is { } malformed
            ? JsonSerializer.SerializeToElement(malformed, EventJson.Line.String)
            : use.Input;

    private static string Start(string text) => text.Length <= 200 ? text : text[..200] + "…";

    private static ToolOutput Error(string text) => new(text, IsError: true);
}
