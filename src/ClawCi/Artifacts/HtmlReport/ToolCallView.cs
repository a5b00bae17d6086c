using System.Text.Json;
using ClawCi.Events;

namespace ClawCi.Artifacts.HtmlReport;

/// <summary>One tool call: what was asked, what came back.</summary>
internal static class ToolCallView
{
    private const int OpenLines = 24;

    /// <summary>For the folded turn: the tool and, where it went wrong, how.</summary>
    public static Html Chip(Call call)
    {
        var (look, fault) = call switch
        {
            { IsDenied: true } => ("denied", " denied"),
            { Answer.ExitCode: > 0 and var code } => ("red", $" exit {code}"),
            { Answer.IsError: true } => ("red", " error"),
            _ => ("fine", ""),
        };
        return $"""<span class="chip {look}">{call.Use.Name}{fault}</span>""";
    }

    public static Html Of(Call call, int most) =>
        $"""
            <div class="call{(call.IsDenied ? " denied" : "")}">
            <p class="head"><b>{call.Use.Name}</b> {Subject(call)} <span class="meta">{Meta(call)}</span></p>
            {Denial(call)}{Input(call, most)}{Result(call, most)}</div>

            """;

    private static Html Subject(Call call)
    {
        var subject = ToolSubject.Of(call.Use.Input);
        return call.Use.Name == "bash" || subject.Length == 0
            ? Html.Empty
            : $"<code>{Shortened.Line(subject, 300)}</code>";
    }

    private static string Meta(Call call)
    {
        if (call.Answer is not { } answer)
            return "not answered";
        var exit = answer.ExitCode is { } code ? $" · exit {code}" : "";
        var cut = answer.Truncated ? $" · {Amount.Bytes(answer.Bytes)}, cut for the model" : "";
        return call.IsDenied ? "not run" : Amount.Duration(answer.DurationMs) + exit + cut;
    }

    private static Html Denial(Call call) =>
        call is { IsDenied: true, Decision: { } decision }
            ? $"""<p class="denial">Denied by {Rule(decision)}: {decision.Reason}</p>"""
            : Html.Empty;

    private static Html Rule(PolicyDecided decision) =>
        decision.RuleId is { } id ? (Html)$"rule <code>{id}</code> ({decision.Source})" : $"{decision.Source}";

    private static Html Input(Call call, int most)
    {
        var input = call.Use.Input;
        if (call.Use.MalformedInput is { } malformed)
            return $"""<p class="denial">The input was not a JSON object, or nested too deeply:</p>{Shortened.Pre(malformed, most)}""";
        if (input.ValueKind != JsonValueKind.Object)
            return Html.Empty;
        if (call.Use.Name == "bash" && String(input, "command") is { } command)
            return Shortened.Pre(command, most, "command");
        if (String(input, "old_string") is { } before && String(input, "new_string") is { } after)
            return $"{Shortened.Pre(before, most / 2, "before")}{Shortened.Pre(after, most / 2, "after")}";
        if (String(input, "content") is { } content)
            return Shortened.Pre(content, most, "after");
        return Others(input, most);
    }

    /// <summary>What the head does not say yet.</summary>
    private static Html Others(JsonElement input, int most)
    {
        var subject = ToolSubject.Of(input);
        var rest = input
            .EnumerateObject()
            .Where(property =>
                property.Value.ValueKind != JsonValueKind.String || property.Value.GetString() != subject
            )
            .Select(property => $"{property.Name}: {property.Value}");
        var text = string.Join('\n', rest);
        return text.Length == 0 ? Html.Empty : Shortened.Pre(text, most);
    }

    private static Html Result(Call call, int most)
    {
        if (call.IsDenied || call.Result is not { Text.Length: > 0 } result)
            return Html.Empty;
        var lines = result.Text.AsSpan().TrimEnd('\n').Count('\n') + 1;
        return lines <= OpenLines
            ? Shortened.Pre(result.Text, most, "result")
            : $"""<details class="more"><summary>{Amount.Count(lines, "line")} of output</summary>{Shortened.Pre(result.Text, most, "result")}</details>""";
    }

    private static string? String(JsonElement input, string name) =>
        input.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
