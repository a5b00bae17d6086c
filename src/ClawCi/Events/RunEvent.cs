using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using ClawCi.Messages;

namespace ClawCi.Events;

/// <summary>Something that happened in a task. The set is closed; docs/formats/transcript.md is its published form.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(ImagePulled), "image_pull")]
[JsonDerivedType(typeof(RunStarted), "run_started")]
[JsonDerivedType(typeof(Loaded), "loaded")]
[JsonDerivedType(typeof(SandboxStarted), "sandbox_started")]
[JsonDerivedType(typeof(SetupRan), "setup")]
[JsonDerivedType(typeof(MessageAdded), "message")]
[JsonDerivedType(typeof(ToolCalled), "tool_call")]
[JsonDerivedType(typeof(PolicyDecided), "policy_decision")]
[JsonDerivedType(typeof(ToolAnswered), "tool_result")]
[JsonDerivedType(typeof(TodosWritten), "todos")]
[JsonDerivedType(typeof(SubagentStarted), "subagent")]
[JsonDerivedType(typeof(HookRan), "hook")]
[JsonDerivedType(typeof(McpServerEvent), "mcp_server")]
[JsonDerivedType(typeof(NetworkUsed), "network")]
[JsonDerivedType(typeof(FileChanged), "file_changed")]
[JsonDerivedType(typeof(ApiRetried), "api_retry")]
[JsonDerivedType(typeof(UsageAdded), "usage")]
[JsonDerivedType(typeof(LimitReached), "limits")]
[JsonDerivedType(typeof(Compacted), "compacted")]
[JsonDerivedType(typeof(CheckRan), "check")]
[JsonDerivedType(typeof(RoundStarted), "round")]
[JsonDerivedType(typeof(Resumed), "resumed")]
[JsonDerivedType(typeof(Continued), "continued")]
[JsonDerivedType(typeof(ApplyBegun), "apply_begun")]
[JsonDerivedType(typeof(Applied), "applied")]
[JsonDerivedType(typeof(SecretsRedacted), "redaction")]
[JsonDerivedType(typeof(Warned), "warning")]
[JsonDerivedType(typeof(Failed), "error")]
[JsonDerivedType(typeof(Heartbeat), "heartbeat")]
[JsonDerivedType(typeof(TaskEnded), "result")]
internal abstract record RunEvent
{
    /// <summary>The agent that the task began with.</summary>
    public const string Main = "main";

    private protected RunEvent() { }

    /// <summary>In whose conversation it happened. It stands in the line's envelope.</summary>
    [JsonIgnore]
    public string AgentId { get; init; } = Main;

    [JsonIgnore]
    public bool IsMain => AgentId == Main;

    /// <summary>The events that this version knows, by the values of <c>type</c>.</summary>
    public static IReadOnlyDictionary<string, Type> TypesByName { get; } =
        typeof(RunEvent)
            .GetCustomAttributes<JsonDerivedTypeAttribute>()
            .ToDictionary(derived => (string)derived.TypeDiscriminator!, derived => derived.DerivedType);

    /// <summary>The values of <c>type</c> that this version knows.</summary>
    public static IEnumerable<string> Types => TypesByName.Keys;
}

/// <summary>The task's image is on its way, or came: before anything else, and only when it was not there.</summary>
/// <param name="Done">False tells how far it is.</param>
/// <param name="Bytes">So far, as the registry sends them.</param>
/// <param name="TotalBytes">Of the layers that were begun.</param>
internal sealed record ImagePulled(string Image, bool Done, long Bytes, long TotalBytes, long DurationMs) : RunEvent;

/// <summary>The first event of a task, but for those of fetching its image.</summary>
/// <param name="TaskHash">SHA-256 of the task file, lower-case hex; the other hashes likewise.</param>
/// <param name="Image">The image as the task names it, and what it resolved to; null when it could not be had.</param>
/// <param name="Origins">Where each effective value came from.</param>
/// <param name="Sandbox"><c>none</c> when the agent runs without one; null when a container confines it.</param>
/// <param name="BaseCommit">What HEAD of the workspace was; null outside a repository.</param>
/// <param name="Target">Null where the workspace is no clone that the run has made.</param>
internal sealed record RunStarted(
    string Version,
    string Name,
    string? Description,
    string TaskHash,
    string PolicyHash,
    string PlanHash,
    ImageReference? Image,
    string Model,
    IReadOnlyList<string> Tools,
    IReadOnlyList<Origin> Origins,
    string? BaseCommit,
    string Workspace,
    string System,
    string SessionId,
    string? Sandbox = null,
    ClonedRepository? Target = null
) : RunEvent;

/// <summary>What the workspace was cloned from.</summary>
/// <param name="Branch">Null where a tag or a commit was asked for, or there is no clone.</param>
/// <param name="Path">Of the workspace in the repository; empty is its root.</param>
internal sealed record ClonedRepository(string Repository, string? Branch, string Path);

/// <param name="Id">The image's content id, <c>sha256:…</c>.</param>
/// <param name="Digest">The registry digest; null for an image that was never in a registry.</param>
internal sealed record ImageReference(string Name, string Id, string? Digest);

/// <summary>One effective value and who said it: <c>built-in</c>, <c>task.yaml:7</c>, <c>CLAW_CI_…</c>, <c>--model</c>.</summary>
internal sealed record Origin(string Key, string Value, string Source);

/// <summary>A container with the tool server is up.</summary>
/// <param name="Purpose"><c>agent</c>, <c>setup</c> or <c>checks</c>.</param>
/// <param name="Workspace"><c>overlay</c> above the checkout, or above a copy that was <c>streamed</c> to the daemon.</param>
internal sealed record SandboxStarted(string Purpose, string ContainerId, long DurationMs, string? Workspace = null)
    : RunEvent;

/// <summary>A setup step ran.</summary>
internal sealed record SetupRan(string Run, int? ExitCode, long DurationMs, string Tail) : RunEvent;

/// <summary>A message joined the session. Assistant messages carry the reply's fields.</summary>
internal sealed record MessageAdded(
    Role Role,
    IReadOnlyList<ContentBlock> Content,
    int Turn,
    string? StopReason = null,
    string? Model = null,
    string? RequestId = null,
    Usage? Usage = null,
    long? DurationMs = null
) : RunEvent;

/// <summary>The model asked for a tool, before anyone decided on it.</summary>
internal sealed record ToolCalled(string ToolUseId, string Tool, JsonElement Input, int Turn) : RunEvent;

/// <param name="Decision"><c>allow</c> or <c>deny</c>.</param>
/// <param name="Subject">What the rule matched on: the command, or the path.</param>
internal sealed record PolicyDecided(
    string ToolUseId,
    string Tool,
    string Decision,
    string? RuleId,
    string Source,
    string Reason,
    string Subject
) : RunEvent;

/// <summary>A tool use was answered; what the model reads is in the following message.</summary>
/// <param name="End">Of a command: <c>exit</c>, <c>signal</c>, <c>timeout</c>, <c>oom</c> or <c>spawn-error</c>; <c>interrupted</c> when nobody saw it.</param>
/// <param name="Blob">SHA-256 of what <c>blobs/</c> holds of an output that was cut: masked, from its start; lower-case hex.</param>
/// <param name="Text">What the model will read, while more tool uses of the same reply are to run before the message that has it.</param>
/// <param name="FileSha256">Of the file that a file tool read or wrote, as it was then, by the sandbox's word; lower-case hex.</param>
internal sealed record ToolAnswered(
    string ToolUseId,
    string Tool,
    bool IsError,
    int? ExitCode,
    long DurationMs,
    long Bytes,
    bool Truncated,
    string? End = null,
    string? Blob = null,
    string? Text = null,
    string? FileSha256 = null
) : RunEvent;

/// <summary>A hook ran.</summary>
/// <param name="Event">As the field spells it, such as <c>PreToolUse</c>.</param>
/// <param name="Source">Where it is declared.</param>
/// <param name="Decision"><c>go-on</c>, <c>block</c>, <c>rewrite</c>, or <c>error</c> when it could not do its work.</param>
/// <param name="ExitCode">Null when it was killed or did not start.</param>
/// <param name="Message">Its objection, or what it has for the model.</param>
internal sealed record HookRan(
    string Event,
    string Source,
    string? ToolUseId,
    string Decision,
    int? ExitCode,
    long DurationMs,
    string? Message,
    string? RunIn = null
) : RunEvent;

/// <summary>An MCP server became ready, is no longer there, or changed its tools.</summary>
/// <param name="State"><c>ready failed restarted lost tools-changed</c>.</param>
/// <param name="Tools">As it calls them; not all of them are offered to the model.</param>
/// <param name="DurationMs">From its start to its list of tools.</param>
/// <param name="Message">Why it cannot be used, or what it said before it was started again.</param>
internal sealed record McpServerEvent(
    string Server,
    string State,
    bool Required,
    IReadOnlyList<string> Tools,
    long? DurationMs,
    string? Message
) : RunEvent;

/// <summary>A container asked for a connection, and it is over. Plain HTTP: for each host on it; a refused request by itself.</summary>
/// <param name="Purpose">The container's: <c>agent</c>, <c>setup</c> or <c>checks</c>; <c>mcp</c> is a server's, or the runner that asks one; <c>web_fetch</c> is that tool.</param>
/// <param name="Host">As asked for; empty when the request named none that can be judged.</param>
/// <param name="Decision"><c>allow</c> or <c>deny</c>.</param>
/// <param name="Rule">What allowed it, as the task file has it; or <c>network address tls sni http quota</c>.</param>
/// <param name="Reason">Why it was denied, or ended badly.</param>
internal sealed record NetworkUsed(
    string Purpose,
    string Host,
    int Port,
    string Decision,
    string Rule,
    string? Reason,
    long BytesUp,
    long BytesDown,
    long DurationMs
) : RunEvent;

/// <summary>A file of the final change set.</summary>
/// <param name="Kind"><c>added</c>, <c>modified</c> or <c>deleted</c>.</param>
/// <param name="Additions">Lines; null for a binary file.</param>
internal sealed record FileChanged(string Path, string Kind, int? Additions, int? Deletions) : RunEvent;

/// <summary>A request to the model failed and will be made again.</summary>
/// <param name="Attempt">How often it was made by now. Every line has an <c>attempt</c> already, the task's.</param>
internal sealed record ApiRetried(
    [property: JsonPropertyName("tries")] int Attempt,
    [property: JsonPropertyName("max_tries")] int MaxAttempts,
    long DelayMs,
    string Reason,
    int? Status,
    string Message,
    string? RequestId = null
) : RunEvent;

/// <summary>Tokens and cost so far, after one more reply.</summary>
/// <param name="Model">As the task names it; a provider may call it otherwise.</param>
/// <param name="CostUsd">Null when the model's price is not known.</param>
/// <param name="Estimated">True for a reply that was lost on its way, as far as it was seen, and for one whose tokens nobody counted.</param>
internal sealed record UsageAdded(
    string Model,
    Usage Usage,
    decimal? CostUsd,
    Usage TotalUsage,
    decimal? TotalCostUsd,
    bool? Estimated = null
) : RunEvent;

/// <summary>A limit of the task was reached.</summary>
/// <param name="Limit">Its key in the task file, such as <c>max-turns</c>.</param>
internal sealed record LimitReached(string Limit, string Message) : RunEvent;

/// <param name="Round">From 1; 0 is the baseline, before the agent began.</param>
/// <param name="Outcome"><c>pass</c>, <c>fail</c>, <c>timeout</c> or <c>error</c>.</param>
/// <param name="Log">Path of the log below the task's directory.</param>
/// <param name="Reason">Why it did not pass: a word of docs/formats/task.md, such as <c>new-failures</c>.</param>
/// <param name="Message">The same for people, where the exit code does not say it.</param>
/// <param name="Tests">What its test reports say; null without one that can be relied on.</param>
/// <param name="NamedTests">The first of the tests that the reason is about.</param>
/// <param name="MoreTests">How many it is about besides.</param>
/// <param name="Rerun">Which repetition of the round; null for the first run.</param>
internal sealed record CheckRan(
    string Id,
    int Round,
    string Run,
    int? ExitCode,
    string Outcome,
    long DurationMs,
    string Log,
    string Tail,
    string? Reason = null,
    string? Message = null,
    TestCounts? Tests = null,
    IReadOnlyList<string>? NamedTests = null,
    int? MoreTests = null,
    int? Rerun = null
) : RunEvent;

/// <summary>Tests as reports have them; one that stands in them twice counts twice.</summary>
internal sealed record TestCounts(int Passed, int Failed, int Skipped);

/// <summary>Secrets were replaced before they reached the transcript.</summary>
/// <param name="Kinds">How many of each kind, such as <c>credential</c> or <c>github-token</c>.</param>
internal sealed record SecretsRedacted(int Count, IReadOnlyDictionary<string, int>? Kinds = null) : RunEvent;

/// <summary>Something a person should know that did not change the outcome.</summary>
internal sealed record Warned(string Message) : RunEvent;

/// <summary>Something went wrong; the result says what came of it.</summary>
internal sealed record Failed(string Message) : RunEvent;

/// <summary>Nothing else happened for a while.</summary>
/// <param name="Waiting">For what: <c>model</c>, <c>tool bash</c>, <c>check test</c>.</param>
internal sealed record Heartbeat(string Waiting, long WaitedMs) : RunEvent;
