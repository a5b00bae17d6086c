using System.Text;
using System.Text.Json;

namespace ClawCi.Permissions;

/// <summary>A call that some run made.</summary>
/// <param name="DeniedBy">The rule that denied it; null when none did.</param>
internal sealed record RecordedCall(string Tool, JsonElement Input, string? DeniedBy);

/// <summary>The smallest allow rules under which recorded calls would not have been denied, as a policy file.</summary>
internal static class PolicySuggestion
{
    /// <summary>Programs whose second word says what happens.</summary>
    private static readonly HashSet<string> WithSubcommands =
    [
        "apt-get",
        "bundle",
        "cargo",
        "docker",
        "dotnet",
        "gh",
        "git",
        "go",
        "kubectl",
        "make",
        "mvn",
        "npm",
        "pip",
        "pnpm",
        "poetry",
        "terraform",
        "uv",
        "yarn",
    ];

    /// <returns>YAML with comments that say what each rule allows beyond what was used; ends in a line feed.</returns>
    public static string Of(IEnumerable<RecordedCall> recorded, string workspace)
    {
        List<RecordedCall> calls = [.. recorded];
        var text = new StringBuilder("version: 1\n");
        var subjects = calls.Select(call => PolicySubject.Of(call.Tool, call.Input, workspace)).ToList();
        List<string> rules = [.. Commands(subjects), .. Files(subjects), .. Servers(calls)];
        text.Append(rules.Count == 0 ? "rules: []\n" : "rules:\n").AppendJoin("", rules);
        foreach (
            var denied in calls
                .Where(call => call.DeniedBy is not null)
                .GroupBy(call => call.DeniedBy)
                .OrderBy(group => group.Key, StringComparer.Ordinal)
        )
            Comment(
                text,
                $"Rule {denied.Key} denied {Count(denied.Count(), "call")} of these runs. If it is a deny rule, no allow rule lifts it: change it, or the prompt."
            );
        foreach (
            var why in subjects
                .SelectMany(subject => subject.Reading?.Commands ?? [])
                .Select(command => command.Why)
                .OfType<string>()
                .Concat(subjects.Select(subject => subject.Reading?.Doubt).OfType<string>())
                .Distinct()
        )
            Comment(text, $"No allow rule can be certain of lines like one of these: {why}.");
        return text.ToString();
    }

    private static IEnumerable<string> Commands(List<PolicySubject> subjects)
    {
        var used = subjects
            .SelectMany(subject => subject.Reading?.Commands ?? [])
            .Where(command => command is { Why: null, ForDeny: false } && IsWord(command.Words[0]))
            .GroupBy(command => command.Words[0].Text)
            .OrderBy(group => group.Key, StringComparer.Ordinal);
        foreach (var program in used)
        {
            var subcommands = program
                .Select(command => Subcommand(program.Key, command.Words))
                .Distinct()
                .Order(StringComparer.Ordinal)
                .ToList();
            var narrow = subcommands.All(word => word is not null);
            var words = narrow
                ? $"[{Quote(program.Key)}, [{string.Join(", ", subcommands.Select(word => Quote(word!)))}]]"
                : $"[{Quote(program.Key)}]";
            var lines = program.Select(command => command.ToString()).Distinct().ToList();
            yield return Rule(
                $"- {{ allow: bash, command: {words} }}",
                $"used as {Shown(lines)}; allows every other argument{(narrow ? " of these" : ", options included")}{(PolicyWarnings.RunsAnything(program.Key) ? ", and with them anything at all" : "")}"
            );
        }
    }

    /// <summary>What a rule can name; a program with a space in its name is none that anybody has.</summary>
    private static bool IsWord(Shell.ShellWord word) =>
        word.IsLiteral && word.Text.Length > 0 && !word.Text.Any(char.IsWhiteSpace);

    private static string? Subcommand(string program, IReadOnlyList<Shell.ShellWord> words)
    {
        if (!WithSubcommands.Contains(program))
            return null;
        var options = ProgramOptions.Of(program);
        var next = 1;
        while (
            next < words.Count
            && words[next].IsLiteral
            && words[next].Text.StartsWith('-')
            && options.LengthIfHarmless(words[next].Text) is > 0 and var length
        )
            next += length;
        return next < words.Count && IsWord(words[next]) && !words[next].Text.StartsWith('-') ? words[next].Text : null;
    }

    private static IEnumerable<string> Files(List<PolicySubject> subjects)
    {
        var used =
            from subject in subjects
            from file in subject.Reading is null && ToolNames.HasPath(subject.Tool)
                ? [(subject.Tool, subject.Path)]
                : subject.Files.Select(file =>
                    (Tool: file.Writes ? ToolNames.WriteFile : ToolNames.ReadFile, file.Path)
                )
            where file.Path is { Length: > 0 }
            group file.Path by file.Item1;
        foreach (var tool in used.OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            var globs = tool.Select(path =>
                    path!.Contains('/', StringComparison.Ordinal) ? $"{path[..path.LastIndexOf('/')]}/*" : path
                )
                .Distinct()
                .Order(StringComparer.Ordinal)
                .ToList();
            yield return Rule(
                $"- {{ allow: {tool.Key}, paths: [{string.Join(", ", globs.Select(Quote))}] }}",
                $"used for {Shown([.. tool.Distinct().Select(path => path!)])}; allows every file of these directories"
            );
        }
    }

    private static IEnumerable<string> Servers(List<RecordedCall> calls)
    {
        var used = calls
            .Select(call => call.Tool)
            .Where(tool => ToolNames.IsMcp(tool) && tool.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
            .Distinct()
            .Order(StringComparer.Ordinal)
            .ToList();
        if (used.Count > 0)
            yield return Rule(
                $"- {{ allow: [{string.Join(", ", used.Select(Quote))}] }}",
                "tools of MCP servers, which only a rule grants; allows them whatever they are asked"
            );
    }

    private static string Rule(string rule, string comment)
    {
        var text = new StringBuilder();
        Comment(text, comment, "  ");
        return text.Append("  ").Append(rule).Append('\n').ToString();
    }

    private static string Shown(List<string> used)
    {
        var shown = string.Join(", ", used.Take(3).Select(line => line.Length > 60 ? $"`{line[..60]}…`" : $"`{line}`"));
        return used.Count > 3 ? $"{shown} and {used.Count - 3} more" : shown;
    }

    private static string Count(int count, string what) => $"{count} {what}{(count == 1 ? "" : "s")}";

    /// <summary>Transcripts hold what a model wrote: no line of it may leave the comment.</summary>
    private static void Comment(StringBuilder text, string comment, string indent = "") =>
        text.Append(indent)
            .Append("# ")
            .Append(
                string.Concat(comment.Select(c => char.IsControl(c) || c is '\u0085' or '\u2028' or '\u2029' ? ' ' : c))
            )
            .Append('\n');

    /// <summary>A JSON string is a YAML string.</summary>
    private static string Quote(string word) =>
        word.All(c => char.IsAsciiLetter(c) || c is '-' or '_')
        && word is not ("true" or "false" or "null" or "yes" or "no" or "on" or "off" or "")
        && word[0] != '-'
            ? word
            : JsonSerializer.Serialize(word, PolicySuggestionJson.Default.String);
}

[System.Text.Json.Serialization.JsonSerializable(typeof(string))]
internal sealed partial class PolicySuggestionJson : System.Text.Json.Serialization.JsonSerializerContext;
