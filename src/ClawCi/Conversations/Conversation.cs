using ClawCi.Conversations.Compaction;
using ClawCi.Events;
using ClawCi.Messages;
using ClawCi.Models;
using ClawCi.Permissions;
using ClawCi.Sessions;
using ClawCi.Tools;

namespace ClawCi.Conversations;

/// <summary>The loop: ask the model, run what it asked for, until it is done or something forbids to go on.</summary>
internal sealed class Conversation(
    Compactor model,
    ToolSet tools,
    ToolDispatcher dispatcher,
    PermissionPolicy policy,
    Session session,
    Ledger ledger,
    IRunObserver events,
    Answers answers
)
{
    /// <summary>How often in a row a reply that was cut at its output limit is continued.</summary>
    private const int MaxContinuations = 3;

    private const string WrapUpAdvice =
        "The job is stopped at the limit. Come to an end now: leave the workspace in the best state that it can have "
        + "with little more work, and say in your last message what is done and what is not.";

    private readonly LoopWatch _loop = new();
    private bool _toldToEnd;

    /// <summary>Adds a user message and goes on until the conversation ends. May be called again: the context is kept.</summary>
    public async Task<ConversationEnd> RunAsync(string userText, CancellationToken cancellationToken)
    {
        _loop.Reset();
        Say(userText);
        for (var cuts = 0; ; )
        {
            var (reply, limit) = await model.AskAsync(session, tools.Definitions, ledger, cancellationToken);
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
            if (await RunToolsAsync(reply.Message.ToolUses, cancellationToken) is { } end)
                return end;
        }
    }

    /// <summary>Answers every tool use of a reply in one user message.</summary>
    private async Task<ConversationEnd?> RunToolsAsync(
        IEnumerable<ToolUseBlock> uses,
        CancellationToken cancellationToken
    )
    {
        ConversationEnd? end = null;
        var results = new List<ContentBlock>();
        foreach (var use in uses)
        {
            end ??= ledger.BeforeToolCall();
            if (end is not null)
            {
                results.Add(new ToolResultBlock(use.Id, "Not run: the task ends here.", IsError: true));
                continue;
            }
            ledger.AddToolCall();
            var denials = dispatcher.Denials.Count;
            var result = await dispatcher.RunAsync(use, ledger.Turns, cancellationToken);
            results.Add(result);
            _loop.Add(use, result, denied: dispatcher.Denials.Count > denials);
            end = ledger.AfterDenials(dispatcher.Denials.Count) ?? RequiredToolDenied() ?? Unanswered() ?? _loop.End;
        }
        Add(new Message(Role.User, end is null ? [.. results, .. LoopAdvice(), .. WrapUp()] : results));
        return end;
    }

    private ConversationEnd.Blocked? RequiredToolDenied() =>
        dispatcher.Denials.FirstOrDefault(denial => policy.RequiredTools.Contains(denial.ToolName)) is { } denial
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

    private void Say(string text) => Add(new Message(Role.User, [new TextBlock(text), .. WrapUp()]));

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
        events.On(new MessageAdded(message.Role, message.Content, ledger.Turns));
    }
}
