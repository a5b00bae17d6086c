using ClawCi.Cli.Arguments;
using ClawCi.Runs;
using ClawCi.Runs.Planning;
using CommandLine;

namespace ClawCi.Cli.Verbs;

/// <summary>Shows what a run would do, and touches nothing.</summary>
[Verb("plan")]
internal sealed record PlanVerb : PlanningVerb
{
    public const string Help = $"""
        claw-ci plan TASK [options]     resolve everything, print it with each value's origin, touch nothing

        {OptionHelp}
          --format FORMAT          text or json
        """;

    [Option("format")]
    public string Format { get; init; } = "text";

    protected override string Name => "plan";

    public override async Task<int> RunAsync(Invocation invocation)
    {
        if (Format is not ("text" or "json"))
            throw new UsageException($"--format {Format}: text or json.", Name);
        var plan = Plan(invocation);
        foreach (var warning in plan.Warnings)
            await invocation.Error.WriteLineAsync($"claw-ci: {VisibleText.Line(warning)}");
        await invocation.Output.WriteAsync(Format == "json" ? PlanPrinter.Json(plan) : PlanPrinter.Text(plan));
        return 0;
    }
}
