using System.ComponentModel;
using ClawCi.Configuration;

namespace ClawCi.Runs.Planning.TaskFiles;

/// <summary>The <c>verify</c> of a task file.</summary>
internal sealed record VerifySection
{
    [Description(
        "Whether the checks run before the agent too, to know what failed already. Default: when a check demands no-new-failures or unchanged."
    )]
    public bool? Baseline { get; init; }

    [Description("How often the checks run; red ones are fed back to the model in between. Default 3.")]
    [Between(1, 100)]
    public int? Rounds { get; init; }

    [Description("How often red checks are run again, in a fresh container, to tell chance from fault. Default 0.")]
    [Between(0, 5)]
    public int? FlakyReruns { get; init; }

    [Description("The commands.")]
    public IReadOnlyList<CheckSection>? Checks { get; init; }
}

/// <summary>One of <c>verify.checks</c>.</summary>
internal sealed record CheckSection
{
    [Description("Names the check in reports; its log file is made of it.")]
    [Text(TextFormat.Id)]
    public required string Id { get; init; }

    [Description("A shell command.")]
    [Text(TextFormat.NotEmpty)]
    public required string Run { get; init; }

    [Description(
        "What the check demands: pass (exit code 0; the default), no-new-failures or unchanged against the baseline."
    )]
    public MustWord? Must { get; init; }

    [Description("Longest run of the command. Default 10m.")]
    public Duration? Timeout { get; init; }

    [Description("Where the command writes test reports (JUnit XML, TRX or TAP): one path pattern or several.")]
    [Text(TextFormat.Glob)]
    public OneOrMore? Report { get; init; }
}

/// <summary>What a check demands.</summary>
internal enum MustWord
{
    /// <summary>It exits 0, and its test reports name no failing test.</summary>
    Pass,

    /// <summary>No test fails that did not fail before the agent began.</summary>
    NoNewFailures,

    /// <summary>The exit code and the failing tests are what they were before the agent began.</summary>
    Unchanged,
}
