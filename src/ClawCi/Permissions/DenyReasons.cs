using ClawCi.Permissions.Shell;

namespace ClawCi.Permissions;

/// <summary>What the model is told when it is denied: why, and how to write it plainly.</summary>
internal static class DenyReasons
{
    private const string WritePlainly = "Write programs, subcommands and options literally.";

    public static string Of(RuleMatch denial) =>
        denial.Kind switch
        {
            MatchKind.Unknown =>
                $"Rule {denial.Rule.Id} is about bash commands, and this line cannot be judged by it: {denial.Subject}. {WritePlainly}",
            MatchKind.Computed when denial.Rule.Paths is not null =>
                $"Rule {denial.Rule.Id} denies {denial.Rule}, and where `{denial.Subject}` leads is computed or outside the workspace. Write the path literally.",
            MatchKind.Computed =>
                $"Rule {denial.Rule.Id} denies {denial.Rule}, and a word of `{denial.Subject}` is computed and may become that. {WritePlainly}",
            _ => denial.Rule.Message ?? $"Rule {denial.Rule.Id} denies {denial.Rule}.",
        };

    public static string NotListed(List<Rule> allows, string tool, ShellCommand? command, bool isOneOfMany = false) =>
        Message(allows)
        ?? List(allows, tool)
            + (
                command is null ? ""
                : command.Why is { } why ? $" This line cannot be judged: {why}. {WritePlainly}"
                : isOneOfMany ? $" `{command}` is not among them."
                : ""
            );

    public static string Doubtful(List<Rule> allows, string doubt) =>
        $"{List(allows, ToolNames.Bash)} This line cannot be judged: {doubt}.";

    public static string NotListed(List<Rule> allows, RedirectedFile file) =>
        Message(allows)
        ?? $"{List(allows, file.Writes ? "Writing" : "Reading")} The redirection to `{file.Source}` is not among them.";

    private static string? Message(List<Rule> allows) =>
        allows.Select(rule => rule.Message).FirstOrDefault(message => message is not null);

    private static string List(List<Rule> allows, string what) =>
        $"{what} is allowed only for: {string.Join("; ", allows.Select(rule => (rule.Command ?? (object?)rule.Paths ?? rule.Mcp)!.ToString()))}.";
}
