using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Nodes;
using ClawCi.Configuration;
using ClawCi.Events;
using ClawCi.Shared;

namespace ClawCi.Hooks;

/// <summary>
/// Runs the hooks of a moment, one after the other until one objects. They run on the host and know no key: nothing of
/// the runner's environment goes to them.
/// </summary>
internal sealed class HookRunner(
    IReadOnlyList<Hook> hooks,
    string sessionId,
    string workspace,
    IRunObserver events,
    TimeProvider time
)
{
    private const int MaxOutput = 1 << 20;

    private static readonly Dictionary<string, string> Environment = new()
    {
        ["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        ["LANG"] = "C.UTF-8",
    };

    /// <param name="facts">What the hooks are told beyond session, directory and moment; <c>tool_name</c> chooses among them.</param>
    /// <returns>The objection, if any; else what all of them said together.</returns>
    public async Task<HookAnswer> RunAsync(HookEvent moment, JsonObject facts, CancellationToken cancellationToken)
    {
        var all = HookAnswer.Nothing;
        var tool = (string?)facts["tool_name"];
        foreach (var hook in hooks.Where(hook => hook.Event == moment && (hook.Tools?.Contains(tool ?? "") ?? true)))
        {
            var answer = await AskAsync(hook, facts, cancellationToken);
            if (answer.Block is not null)
                return answer;
            if (answer.Input is { } input)
                facts["tool_input"] = JsonNode.Parse(input.GetRawText());
            all = new(
                Input: answer.Input ?? all.Input,
                Context: all.Context is null ? answer.Context
                    : answer.Context is null ? all.Context
                    : $"{all.Context}\n{answer.Context}"
            );
        }
        return all;
    }

    private async Task<HookAnswer> AskAsync(Hook hook, JsonObject facts, CancellationToken cancellationToken)
    {
        var name = hook.Event.ToString();
        var told = (JsonObject)facts.DeepClone();
        told["session_id"] = sessionId;
        told["cwd"] = workspace;
        told["hook_event_name"] = name;
        var started = time.GetTimestamp();
        var (answer, exitCode) = await AskAsync(hook, told.ToJsonString(), cancellationToken);
        events.On(
            new HookRan(
                name,
                hook.Source,
                (string?)facts["tool_use_id"],
                answer switch
                {
                    { Failed: true } => "error",
                    { Block: not null } => "block",
                    { Input: not null } => "rewrite",
                    _ => "go-on",
                },
                exitCode,
                (long)time.GetElapsedTime(started).TotalMilliseconds,
                answer.Block ?? answer.Context
            )
        );
        return answer with { Block = answer.Block is null ? null : $"{name} hook ({hook.Source}): {answer.Block}" };
    }

    private static async Task<(HookAnswer Answer, int? ExitCode)> AskAsync(
        Hook hook,
        string input,
        CancellationToken cancellationToken
    )
    {
        var request = new ProcessRequest("/bin/sh", ["-c", hook.Run])
        {
            Environment = Environment,
            WorkingDirectory = hook.Directory,
            WriteInput = async (stdin, token) =>
                await stdin.WriteAsync(System.Text.Encoding.UTF8.GetBytes(input), token),
            MaxOutputBytes = MaxOutput,
            Deadline = hook.Timeout,
        };
        try
        {
            var result = await ProcessRunner.RunAsync(request, cancellationToken);
            if (result.TimedOut)
                return (Failure($"it took longer than {Duration.Write(hook.Timeout)} and was killed"), null);
            if (result.Truncated)
                return (Failure("it said more than a hook may, 1 MiB"), result.ExitCode);
            var plainIsContext =
                hook.Event is HookEvent.SessionStart or HookEvent.UserPromptSubmit or HookEvent.PreCompact;
            return (
                HookAnswer.Of(result.ExitCode, result.OutputText, result.ErrorText, plainIsContext),
                result.ExitCode
            );
        }
        catch (Win32Exception e)
        {
            return (Failure($"it cannot be started: {e.Message}"), null);
        }
    }

    private static HookAnswer Failure(string why) => new(Block: why, Failed: true);
}
