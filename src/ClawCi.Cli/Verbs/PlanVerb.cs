using ClawCi.Cli.Arguments;
using ClawCi.Cli.Console;
using ClawCi.GitHub;
using ClawCi.Runs;
using ClawCi.Runs.Pipelines;
using ClawCi.Runs.Planning;
using CommandLine;

namespace ClawCi.Cli.Verbs;

/// <summary>Shows what a run would do, or writes down how an engine does it in shards; touches nothing.</summary>
[Verb("plan")]
internal sealed record PlanVerb : PlanningVerb
{
    public const string Help = $"""
        claw-ci plan TASK [options]     resolve everything, print it with each value's origin, touch nothing

        {OptionHelp}
          --format FORMAT          text or json; or how an engine runs the tasks in shards: github-matrix, gitlab, kubernetes or slurm
          --shards N               at most so many shards; by default one for each task, as far as the engine goes
        """;

    [Option("format")]
    public string Format { get; init; } = "text";

    [Option("shards")]
    public string? Shards { get; init; }

    protected override string Name => "plan";

    public override async Task<int> RunAsync(Invocation invocation)
    {
        var engine = PipelineFormat.Find(Format);
        if (engine is null && Format is not ("text" or "json"))
            throw new UsageException(
                $"--format {Format}: text, json, {string.Join(", ", PipelineFormat.All.Select(format => format.Name))}.",
                Name
            );
        if (engine is null && Shards is not null)
            throw new UsageException(
                $"--shards goes with --format {string.Join(", ", PipelineFormat.All.Select(format => format.Name))}.",
                Name
            );
        if (engine is not null)
            CheckShardable();
        var most = engine is null
            ? 1
            : Read("shards", Shards, CountOf(engine.Most), $"for {Format} a whole number from 1 to {engine.Most}")
                ?? engine.Most;
        var plan = Plan(invocation);
        foreach (var warning in plan.Warnings)
            await invocation.Error.WriteLineAsync($"claw-ci: {VisibleText.Line(warning)}");
        // Strangers may have written what an input holds.
        await invocation.Output.WriteAsync(
            engine is not null ? engine.Write(Sharded(plan.Tasks.Count, most))
            : Format == "json" ? ResultOutput.Safe(PlanPrinter.Json(plan))
            : string.Join('\n', VisibleText.Of(PlanPrinter.Text(plan)).Split('\n').Select(WorkflowCommand.Neutralise))
        );
        return 0;
    }

    private void CheckShardable()
    {
        if (Shard is not null)
            throw new UsageException(
                $"--shard and --format {Format} contradict each other: that one is of all shards.",
                Name
            );
        if (Out is not null)
            throw new UsageException(
                $"--out does not go with --format {Format}: the definition says where shards leave what they made.",
                Name
            );
        if (Tasks.Contains("-"))
            throw new UsageException($"--format {Format}: no shard has this standard input. Name a file.", Name);
        if (Tasks.Concat(Options()).FirstOrDefault(word => !Quoted.CanBe(word)) is { } hidden)
            throw new UsageException(
                $"--format {Format}: `{VisibleText.Line(hidden)}` has characters that do not show, or end a line. No definition is written with them.",
                Name
            );
    }

    private ShardedRun Sharded(int tasks, int most) =>
        new(tasks, Math.Clamp(tasks, 1, most), [.. Options()], [.. Tasks]);

    /// <summary>Shards may share a checkout, and what one of them applied the others would take for their base.</summary>
    private IEnumerable<string> Options()
    {
        var given = RecordedStart.OptionsOf(this, ["out", "shard"]);
        return Apply is null ? given.Append("--apply=never") : given;
    }
}
