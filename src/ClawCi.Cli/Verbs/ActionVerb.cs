using ClawCi.Cli.Arguments;
using CommandLine;

namespace ClawCi.Cli.Verbs;

/// <summary>The GitHub action's entry: <c>run</c> with the flags that the action's inputs stand for.</summary>
[Verb("action")]
internal sealed record ActionVerb : Verb
{
    public const string Help = """
        claw-ci action     what action.yml starts: `run` with the flags that the INPUT_… variables stand for
        """;

    /// <summary>Inputs of action.yml that are flags of <c>run</c> under the same name.</summary>
    public static IReadOnlyList<string> Flags { get; } =
    ["policy", "model", "workspace", "out", "apply", "max-cost-usd", "timeout"];

    public override Task<int> RunAsync(Invocation invocation)
    {
        var environment = invocation.Environment;
        var task = environment.ActionInput("task") ?? throw new UsageException("The action's input `task` is missing.");
        string[] words =
        [
            "run",
            .. Flags
                .Select(flag => (flag, value: environment.ActionInput(flag)))
                .Where(pair => pair.value is not null)
                .Select(pair => $"--{pair.flag}={pair.value}"),
            .. (environment.ActionInput("args") ?? "").Split(
                '\n',
                StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries
            ),
            "--",
            task,
        ];
        return ArgumentReader.Read(words).RunAsync(invocation);
    }
}
