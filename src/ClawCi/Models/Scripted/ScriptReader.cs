using ClawCi.Configuration;

namespace ClawCi.Models.Scripted;

/// <summary>Reads a script file, and refuses replies that contradict themselves.</summary>
internal static class ScriptReader
{
    private static readonly string[] WithAnything = ["for-prompt", "expect", "delay", "repeat"];
    private static readonly string[] WithStatus = [.. WithAnything, "status", "retry-after", "body"];
    private static readonly string[] WithMalformed = [.. WithAnything, "malformed"];
    private static readonly string[] Says =
    [
        "text",
        "thinking",
        "tool-uses",
        "stop-reason",
        "status",
        "malformed",
        "cut-after-bytes",
        "stall",
        "error-event",
    ];

    /// <exception cref="UserErrorException">All mistakes of the file.</exception>
    public static Script Read(string path) => Read(SourceFile.Read(path));

    /// <inheritdoc cref="Read(string)"/>
    public static Script Read(SourceFile file) => StrictReader.Read(file, ScriptJson.Default.Script, Check).Value;

    private static void Check(SourceMapping root, SourceErrors errors)
    {
        if (
            root["model"] is { Value: SourceScalar { Text: var model } } entry
            && Script.NameOf(model) is var name
            && BuiltInModels.Find(name.Api!.Value, name.Name).Price is null
        )
            errors.Add(
                entry.Place,
                $"there is no price for {SourceNode.Quote(model)}{DidYouMean.Suffix(model, BuiltInModels.Names)}"
            );
        if (root["replies"]?.Value is not SourceSequence replies)
            return;
        if (replies.Items.Count == 0)
            errors.Add(replies.Place, "`replies` is empty");
        var items = replies.Items.OfType<SourceMapping>().ToList();
        foreach (var reply in items)
            CheckReply(reply, isLast: reply == items.Last(other => Part(other) == Part(reply)), errors);
    }

    private static string? Part(SourceMapping reply) => (reply["for-prompt"]?.Value as SourceScalar)?.Text;

    private static void CheckReply(SourceMapping reply, bool isLast, SourceErrors errors)
    {
        if (!reply.Entries.Any(entry => Says.Contains(entry.Key)))
            errors.Add(reply.Place, $"a reply needs one of {string.Join(", ", Says.Select(SourceNode.Quote))}");
        CheckAlone(reply, "status", WithStatus, errors);
        CheckAlone(reply, "malformed", WithMalformed, errors);
        foreach (var key in new[] { "retry-after", "body" })
        {
            if (reply["status"] is null && reply[key] is { } entry)
                errors.Add(entry.Place, $"{SourceNode.Quote(key)} needs `status` beside it");
        }
        foreach (var use in (reply["tool-uses"]?.Value as SourceSequence)?.Items.OfType<SourceMapping>() ?? [])
            CheckToolUse(use, errors);
        if (reply["repeat"] is { } repeat)
            CheckRepeat(repeat.Value, isLast, errors);
    }

    private static void CheckAlone(SourceMapping reply, string key, string[] beside, SourceErrors errors)
    {
        if (reply[key] is null)
            return;
        foreach (var entry in reply.Entries.Where(entry => !beside.Contains(entry.Key)))
            errors.Add(entry.Place, $"{SourceNode.Quote(entry.Key)} cannot stand beside {SourceNode.Quote(key)}");
    }

    private static void CheckToolUse(SourceMapping use, SourceErrors errors)
    {
        if (use["input"] is { Value: not SourceMapping } input)
            errors.Add(input.Place, $"`input` must be a mapping, not {input.Value.Describe()}");
        if (use["input"] is not null && use["input-json"] is { } raw)
            errors.Add(raw.Place, "`input` and `input-json` exclude each other");
    }

    private static void CheckRepeat(SourceNode repeat, bool isLast, SourceErrors errors)
    {
        var isForever = repeat is SourceScalar { Kind: ScalarKind.Text, Text: "forever" };
        var isCount =
            repeat is SourceScalar { Kind: ScalarKind.Integer, Text: var text }
            && int.TryParse(text, out var count)
            && count is >= 1 and <= 1_000_000;
        if (!isForever && !isCount)
            errors.Add(repeat.Place, $"`repeat` must be a whole number from 1 or `forever`, not {repeat.Describe()}");
        else if (isForever && !isLast)
            errors.Add(repeat.Place, "the replies after one that is repeated forever are never given");
    }
}
