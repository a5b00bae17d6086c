using System.ComponentModel;
using ClawCi.Configuration;

namespace ClawCi.Runs.Planning;

/// <summary>The <c>verify</c> of a task file.</summary>
[NotSupportedYet("baseline")]
internal sealed record VerifySection
{
    [Description("How often the checks run; red ones are fed back to the model in between. Default 3.")]
    [Between(1, 100)]
    public int? Rounds { get; init; }

    [Description("The commands.")]
    public IReadOnlyList<CheckSection>? Checks { get; init; }
}

/// <summary>One of <c>verify.checks</c>.</summary>
[NotSupportedYet("report")]
internal sealed record CheckSection
{
    [Description("Names the check in reports; its log file is made of it.")]
    [Text(TextFormat.Id)]
    public required string Id { get; init; }

    [Description("A shell command; the check passes when it exits 0.")]
    [Text(TextFormat.NotEmpty)]
    public required string Run { get; init; }

    [Description("What the check demands.")]
    public MustWord? Must { get; init; }

    [Description("Longest run of the command. Default 10m.")]
    public Duration? Timeout { get; init; }
}

/// <summary>What a check demands.</summary>
[NotSupportedYet("no-new-failures")]
internal enum MustWord
{
    Pass,
}
