using System.Text.Json;
using ClawCi.Artifacts;
using ClawCi.Cli.Arguments;
using ClawCi.Configuration;
using ClawCi.Events;
using ClawCi.Permissions;
using CommandLine;

namespace ClawCi.Cli.Verbs;

/// <summary>Lets people see what a policy decides, before a run finds out.</summary>
[Verb("policy")]
internal sealed record PolicyVerb : Verb
{
    public const string Help = """
        claw-ci policy test POLICY [TESTS]     check the examples of a policy, and cases in a file of their own
        claw-ci policy explain TOOL ARGUMENT   what a policy decides of a command or a path, and which rules matched
          --policy FILE                        the policy
          --format FORMAT                      text or json
        claw-ci policy suggest DIR...          the smallest allow rules that the runs in these directories need
        """;

    private const string Workspace = "/workspace";

    [Value(0)]
    public IEnumerable<string> Words { get; init; } = [];

    [Option("policy")]
    public string? Policy { get; init; }

    [Option("format")]
    public string Format { get; init; } = "text";

    public override async Task<int> RunAsync(Invocation invocation)
    {
        string[] words = [.. Words];
        switch (words)
        {
            case ["test", var policy, .. var tests] when tests.Length < 2:
                await invocation.Output.WriteLineAsync(Test(policy, tests));
                return 0;
            case ["explain", var tool, var argument]:
                await invocation.Output.WriteAsync(Explain(tool, argument));
                return 0;
            case ["suggest", _, ..]:
                await invocation.Output.WriteAsync(Suggest(words[1..]));
                return 0;
            default:
                throw Wrong(
                    words is ["test" or "explain" or "suggest", ..]
                        ? $"policy {words[0]}: the arguments do not fit."
                        : $"`policy {words[0]}` does not exist: test, explain or suggest."
                );
        }
    }

    /// <exception cref="UserErrorException">The policy's mistakes and examples that fail, or the cases that do.</exception>
    private static string Test(string policyFile, string[] tests)
    {
        var policy = Permissions.Policy.Read(policyFile);
        var examples =
            policy.Document.Value.Rules?.Sum(rule =>
                (rule.Examples?.Match?.Count ?? 0) + (rule.Examples?.NoMatch?.Count ?? 0)
            ) ?? 0;
        if (tests is not [var file])
            return $"{VisibleText.Line(policyFile)}: examples hold: {examples}";
        var cases = PolicyTests.Check(SourceFile.Read(file), PermissionPolicy.Alone(policy, Workspace));
        return $"{VisibleText.Line(policyFile)}: examples hold: {examples}, cases hold: {cases}";
    }

    private string Explain(string tool, string argument)
    {
        if (Format is not ("text" or "json"))
            throw Wrong($"--format {Format}: text or json.");
        if (Policy is null)
            throw Wrong("policy explain needs --policy FILE.");
        var own =
            ToolNames.Resolve(tool)
            ?? throw Wrong($"There is no tool `{tool}`{DidYouMean.Suffix(tool, ToolNames.All)}");
        var explanation = PolicyExplanation.Of(
            PermissionPolicy.Alone(Permissions.Policy.Read(Policy), Workspace),
            own,
            argument
        );
        return Format == "json"
            ? explanation.Json()
            : string.Concat(explanation.Text().Split('\n').SkipLast(1).Select(line => VisibleText.Line(line) + "\n"));
    }

    private static string Suggest(string[] directories)
    {
        var events = directories
            .SelectMany(directory => RunRecord.Read(directory).Tasks)
            .SelectMany(task => task.Lines)
            .Select(line => line.Event)
            .ToList();
        var denials = events
            .OfType<PolicyDecided>()
            .Where(decided => decided.Decision == "deny")
            .ToLookup(decided => decided.ToolUseId);
        return PolicySuggestion.Of(
            events
                .OfType<ToolCalled>()
                .Select(call => new RecordedCall(
                    call.Tool,
                    call.Input,
                    denials[call.ToolUseId].FirstOrDefault()?.RuleId
                )),
            Workspace
        );
    }

    private static UsageException Wrong(string message) => new(message, "policy");
}
