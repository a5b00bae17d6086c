using System.Text.Json.Nodes;
using ClawCi.Configuration;
using ClawCi.Conversations;
using ClawCi.Hooks;
using ClawCi.Runs.Resume;

namespace ClawCi.Runs;

/// <summary>The moments of a task at which hooks run, beside those of its tools.</summary>
internal sealed class TaskHooks(HookRunner hooks)
{
    /// <summary>How often hooks may send a model that is done back to work.</summary>
    private const int MostReturns = 3;

    /// <returns>What the model is told first: the prompt, and what hooks add to it.</returns>
    private async Task<string> BeginAsync(string prompt, CancellationToken cancellationToken)
    {
        var start = await hooks.RunAsync(
            HookEvent.SessionStart,
            new JsonObject { ["source"] = "startup" },
            cancellationToken
        );
        var submit = start.Block is null
            ? await hooks.RunAsync(
                HookEvent.UserPromptSubmit,
                new JsonObject { ["prompt"] = prompt },
                cancellationToken
            )
            : start;
        return submit.Block is { } objection
            ? throw new HookException(objection)
            : string.Join(
                "\n\n",
                new[] { prompt, start.Context, submit.Context }.Where(text => !string.IsNullOrEmpty(text))
            );
    }

    /// <returns>What the model is told, with what hooks add to it where a session begins or goes on; of one that goes on it may be empty.</returns>
    /// <param name="isFirst">Whether the session begins with it.</param>
    /// <param name="resumed">Of a killed run, whose conversation goes on where it stopped; null says something to the model.</param>
    /// <exception cref="HookException">A hook objects or cannot do its work.</exception>
    public async Task<string> OpenAsync(
        string say,
        bool isFirst,
        Resumption? resumed,
        CancellationToken cancellationToken
    ) =>
        resumed is not null ? await ResumeAsync(resumed.Note, cancellationToken)
        : isFirst ? await BeginAsync(say, cancellationToken)
        : say;

    /// <summary>The conversation, gone on with while a hook says that the model is not done.</summary>
    /// <param name="isResumed">Whether it goes on where it stopped; what is said is then a note, or empty.</param>
    /// <exception cref="HookException">A hook cannot do its work.</exception>
    public Task<ConversationEnd> ConverseAsync(
        Conversation conversation,
        string say,
        bool isResumed,
        CancellationToken cancellationToken
    ) =>
        UntilDoneAsync(
            conversation,
            ct =>
                isResumed ? conversation.ResumeAsync(say.Length == 0 ? null : say, ct) : conversation.RunAsync(say, ct),
            cancellationToken
        );

    private async Task<string> ResumeAsync(string? note, CancellationToken cancellationToken)
    {
        var start = await hooks.RunAsync(
            HookEvent.SessionStart,
            new JsonObject { ["source"] = "resume" },
            cancellationToken
        );
        return start.Block is { } objection
            ? throw new HookException(objection)
            : string.Join("\n\n", new[] { note, start.Context }.Where(text => !string.IsNullOrEmpty(text)));
    }

    private async Task<ConversationEnd> UntilDoneAsync(
        Conversation conversation,
        Func<CancellationToken, Task<ConversationEnd>> speakAsync,
        CancellationToken cancellationToken
    )
    {
        for (var returns = 0; ; returns++)
        {
            var end = await speakAsync(cancellationToken);
            if (end is not ConversationEnd.Completed || returns == MostReturns)
                return end;
            var stop = await hooks.RunAsync(
                HookEvent.Stop,
                new JsonObject { ["stop_hook_active"] = returns > 0 },
                cancellationToken
            );
            if (stop is { Failed: true, Block: { } failure })
                throw new HookException(failure);
            if (stop.Block is null)
                return end;
            speakAsync = ct => conversation.RunAsync(stop.Block, ct);
        }
    }

    /// <summary>Tells that the conversation is about to be compacted. An objection is recorded and stops nothing: there is no room to go on without.</summary>
    /// <param name="trigger"><c>auto</c>: the threshold was reached.</param>
    /// <param name="tokens">Held by the context.</param>
    /// <returns>What the summary is to keep in mind; null when nobody says anything.</returns>
    public async Task<string?> BeforeCompactionAsync(string trigger, long tokens, CancellationToken cancellationToken)
    {
        var answer = await hooks.RunAsync(
            HookEvent.PreCompact,
            new JsonObject
            {
                ["trigger"] = trigger,
                ["context_tokens"] = tokens,
                ["custom_instructions"] = "",
            },
            cancellationToken
        );
        return answer.Block is null ? answer.Context : null;
    }

    /// <summary>Tells that the task ended. What hooks say to that changes nothing.</summary>
    public Task EndAsync(Finding decision) =>
        hooks.RunAsync(
            HookEvent.SessionEnd,
            new JsonObject { ["reason"] = decision.Reason, ["outcome"] = decision.Outcome.Name() },
            // Its own timeout bounds it.
            CancellationToken.None
        );
}

/// <summary>A hook of the session objects, or cannot do its work.</summary>
internal sealed class HookException(string message) : Exception(message);
