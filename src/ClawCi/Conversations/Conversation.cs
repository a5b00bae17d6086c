using ClawCi.Conversations.Compaction;
using ClawCi.Events;
using ClawCi.Messages;
using ClawCi.Models;
using ClawCi.Permissions;
using ClawCi.Sessions;
using ClawCi.Tools;

namespace ClawCi.Conversations;

/// <summary>The loop: ask the model, run what it asked for, until it is done or something forbids to go on.</summary>
/// <param name="resumed">How far a killed run had come with the session.</param>
internal sealed class Conversation(
    Compactor model,
    ToolSet tools,
    ToolDispatcher dispatcher,
    PermissionPolicy policy,
    Session session,
    Ledger ledger,
    IRunObserver events,
    Answers answers,
    Progress? resumed = null
)
{
    /// <summary>How often in a row a reply that was cut at its output limit is continued.</summary>
    private const int MaxContinuations = 3;

    /// <summary>What was asked for after a call whose effect nobody knows may build on it.</summary>
    private const string NotBegun =
        "Not run: the call before it was interrupted when the runner was killed. Make it again if it is still what you want.";

    private const string NotRun = "Not run: the task ends here.";

    private const string WrapUpAdvice =
        "The job is stopped at the limit. Come to an end now: leave the workspace in the best state that it can have "
        + "with little more work, and say in your last message what is done and what is not.";

    private readonly LoopWatch _loop = new();

    private bool _toldToEnd = session
        .Messages.Where(message => message.Role == Role.User)
        .Any(message => message.Text.EndsWith(WrapUpAdvice, StringComparison.Ordinal));

    /// <summary>Goes with the next message that is sent anyway.</summary>
    private string? _note;

    /// <summary>Says something beside what is said next.</summary>
    public void Tell(string? note) => _note = note;

    /// <summary>Adds a user message and goes on until the conversation ends. May be called again: the context is kept.</summary>
    public Task<ConversationEnd> RunAsync(string userText, CancellationToken cancellationToken)
    {
        _loop.Reset();
        Say(userText);
        return LoopAsync(null, cancellationToken);
    }

    /// <summary>
    /// Goes on where a killed run stopped: what the model said last is taken as just said, and of its tool uses only those run
    /// that were not begun.
    /// </summary>
    /// <param name="note">What the model is to know, if it is to be asked.</param>
    public async Task<ConversationEnd> ResumeAsync(string? note, CancellationToken cancellationToken)
    {
        if (resumed!.Reply is { } recorded)
        {
            _note = note;
            return await LoopAsync(recorded, cancellationToken);
        }
        if ((AfterTools() ?? (resumed.EndedAtTools ? ledger.BeforeToolCall() : null)) is { } end)
            return end;
        if (note is not null)
            Say(note);
        return await LoopAsync(null, cancellationToken);
    }

    /// <param name="recorded">What the model is taken to have said; null asks it.</param>
    private async Task<ConversationEnd> LoopAsync(ModelReply? recorded, CancellationToken cancellationToken)
    {
        for (var cuts = 0; ; recorded = null)
        {
            var (reply, limit) = recorded is null
                ? await model.AskAsync(session, tools.Definitions, ledger, cancellationToken)
                : (recorded, null);
            if (reply is null)
                return limit!;
            cuts = reply.StopReason is StopReasons.MaxTokens or StopReasons.ContextWindowExceeded ? cuts + 1 : 0;
            switch (reply.StopReason)
            {
                case StopReasons.Refusal:
                    return new ConversationEnd.Refused(reply.Message.Text);
                case StopReasons.ContextWindowExceeded
                    when model.AfterFullWindow(session, tools.Definitions) is { } full:
                    return full;
                case StopReasons.MaxTokens when cuts > MaxContinuations:
                    return new ConversationEnd.LimitHit(
                        "reply-length",
                        $"The model's reply was cut at its output limit {cuts} times in a row."
                    );
                case StopReasons.PauseTurn:
                    continue;
            }
            if (!reply.Message.ToolUses.Any())
            {
                if (cuts > 0)
                    Say("Your reply was cut at the output limit. Go on exactly where it stopped.");
                else if (answers.Missing() is not { } missing)
                    return new ConversationEnd.Completed();
                else if (answers.GivenUp is { } why)
                    return new ConversationEnd.Unanswered(why);
                else
                    Say(missing);
                continue;
            }
            var begun = recorded is null ? null : resumed;
            if (await RunToolsAsync([.. reply.Message.ToolUses], begun, cancellationToken) is { } end)
                return end;
        }
    }

    /// <summary>Answers every tool use of a reply in one user message.</summary>
    /// <param name="begun">Knows the answers of a run that was killed on the way; null when nothing was begun.</param>
    private async Task<ConversationEnd?> RunToolsAsync(
        IReadOnlyList<ToolUseBlock> uses,
        Progress? begun,
        CancellationToken cancellationToken
    )
    {
        ConversationEnd? end = null;
        var results = new ToolResultBlock[uses.Count];
        var isInterrupted = false;
        for (var i = 0; i < uses.Count; )
        {
            if (begun?.AnswerTo(uses[i]) is { } known)
            {
                results[i] = known;
                isInterrupted |= begun.IsInterrupted(uses[i++]);
                end ??= AfterTools();
                continue;
            }
            end ??= ledger.BeforeToolCall();
            if (end is not null || isInterrupted)
            {
                results[i] = new ToolResultBlock(uses[i++].Id, end is null ? NotBegun : NotRun, IsError: true);
                continue;
            }
            var before = dispatcher.Denied;
            var beside = uses.Skip(i).TakeWhile(use => tools.RunsBeside(use.Name) && begun?.AnswerTo(use) is null);
            ToolUseBlock[] next = [.. beside.DefaultIfEmpty(uses[i])];
            var isLast = next.Length == 1 && i == uses.Count - 1;
            foreach (
                var result in await SideBySide.RunAsync(next, (use, ct) => RunAsync(use, isLast, ct), cancellationToken)
            )
            {
                _loop.Add(uses[i], result, denied: dispatcher.Denied > before);
                results[i++] = result;
            }
            end = AfterTools() ?? _loop.End;
        }
        Add(new Message(Role.User, end is null ? [.. results, .. LoopAdvice(), .. Besides()] : [.. results]));
        return end;
    }

    private async Task<ToolResultBlock> RunAsync(ToolUseBlock use, bool isLast, CancellationToken cancellationToken)
    {
        // Those beside it may have used up what was left.
        if (ledger.BeforeToolCall() is not null)
            return new ToolResultBlock(use.Id, NotRun, IsError: true);
        ledger.AddToolCall();
        return await dispatcher.RunAsync(use, model.Turn, isLast, cancellationToken);
    }

    private ConversationEnd? AfterTools() =>
        ledger.AfterDenials(dispatcher.Denials.Count) ?? RequiredToolDenied() ?? (ConversationEnd?)Unanswered();

    private ConversationEnd.Blocked? RequiredToolDenied() =>
        dispatcher.Denials.FirstOrDefault(denial =>
            policy.RequiredTools.Contains(denial.ToolName, StringComparer.OrdinalIgnoreCase)
        )
            is { } denial
            ? new("required-tool-denied", $"{denial.ToolName} is required and was denied: {denial.Reason}")
            : null;

    private ContentBlock[] LoopAdvice()
    {
        if (_loop.Advice() is not { } advice)
            return [];
        events.On(new Warned($"The model goes in circles: {LoopWatch.TellAt} times the same. It is told so."));
        return [new TextBlock(advice)];
    }

    private ConversationEnd.Unanswered? Unanswered() => answers.GivenUp is { } why ? new(why) : null;

    private void Say(string text) => Add(new Message(Role.User, [new TextBlock(text), .. Besides()]));

    private IEnumerable<ContentBlock> Besides()
    {
        ContentBlock[] note = _note is null ? [] : [new TextBlock(_note)];
        _note = null;
        return [.. note, .. WrapUp()];
    }

    /// <summary>What the model is told once when little is left: inside a message that is sent anyway, since roles alternate.</summary>
    private ContentBlock[] WrapUp()
    {
        if (_toldToEnd || ledger.NearlyUsed() is not { } used)
            return [];
        _toldToEnd = true;
        events.On(new Warned($"{used} The model is told to come to an end."));
        return [new TextBlock($"{used} {WrapUpAdvice}")];
    }

    private void Add(Message message)
    {
        session.Add(message);
        events.On(new MessageAdded(message.Role, message.Content, model.Turn));
    }
}
