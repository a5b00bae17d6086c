using ClawCi.Models;
using ClawCi.Runs;
using ClawCi.Sandboxes;
using Xunit;

namespace ClawCi.Tests.Runs;

public sealed class VerdictTests
{
    /// <summary>The order that is promised in docs/formats/outcomes.md.</summary>
    private static readonly Outcome[] Promised =
    [
        Outcome.Interrupted,
        Outcome.InternalError,
        Outcome.SandboxUnavailable,
        Outcome.AuthFailed,
        Outcome.ModelUnavailable,
        Outcome.SetupFailed,
        Outcome.LimitExceeded,
        Outcome.TimedOut,
        Outcome.GateBlocked,
        Outcome.PolicyBlocked,
        Outcome.InvalidOutput,
        Outcome.TaskFailed,
        Outcome.NoChanges,
    ];

    [Fact]
    public void The_graver_finding_decides_whatever_came_first()
    {
        for (var graver = 0; graver < Promised.Length; graver++)
        {
            for (var lighter = graver + 1; lighter < Promised.Length; lighter++)
            {
                Assert.Equal(Promised[graver], Decide(Promised[lighter], Promised[graver]));
                Assert.Equal(Promised[graver], Decide(Promised[graver], Promised[lighter]));
            }
        }
    }

    [Fact]
    public void Success_claims_no_checks_that_there_are_not() =>
        Assert.DoesNotContain("red", new Verdict(verifies: false).Decision.Message, StringComparison.Ordinal);

    [Fact]
    public void Nothing_found_is_success() =>
        Assert.Equal(Outcome.Success, new Verdict(verifies: true).Decision.Outcome);

    [Fact]
    public void Only_success_exits_0_and_every_outcome_has_its_own_code_and_name()
    {
        var outcomes = Enum.GetValues<Outcome>();
        Assert.Equal(outcomes.Length, outcomes.Select(outcome => outcome.ExitCode()).Distinct().Count());
        Assert.Equal(outcomes.Length, outcomes.Select(outcome => outcome.Name()).Distinct().Count());
        Assert.Equal(Outcome.Success, Assert.Single(outcomes, outcome => outcome.ExitCode() == 0));
    }

    [Theory]
    [InlineData(ModelFailure.Authentication, Outcome.AuthFailed, false)]
    [InlineData(ModelFailure.Overloaded, Outcome.ModelUnavailable, true)]
    [InlineData(ModelFailure.Interrupted, Outcome.ModelUnavailable, true)]
    [InlineData(ModelFailure.BadRequest, Outcome.ModelUnavailable, false)]
    [InlineData(ModelFailure.ContextOverflow, Outcome.LimitExceeded, false)]
    [InlineData(ModelFailure.ScriptMismatch, Outcome.ReplayMismatch, false)]
    internal void A_failure_of_the_model_has_its_outcome(ModelFailure failure, Outcome outcome, bool retryable)
    {
        var finding = Findings.Of(new ModelException(failure, "m"));
        Assert.Equal((outcome, retryable), (finding.Outcome, finding.Retryable));
    }

    [Theory]
    [InlineData(SandboxFailure.DaemonUnavailable, Outcome.SandboxUnavailable, true)]
    [InlineData(SandboxFailure.Lost, Outcome.SandboxUnavailable, true)]
    [InlineData(SandboxFailure.LostToAgent, Outcome.SandboxUnavailable, false)]
    [InlineData(SandboxFailure.RegistryAuthentication, Outcome.AuthFailed, false)]
    internal void A_failure_of_the_sandbox_has_its_outcome(SandboxFailure failure, Outcome outcome, bool retryable)
    {
        var finding = Findings.Of(new SandboxException(failure, "m"));
        Assert.Equal((outcome, retryable), (finding.Outcome, finding.Retryable));
    }

    [Fact]
    public void What_nobody_expected_is_a_bug_of_ours() =>
        Assert.Equal(Outcome.InternalError, Findings.Of(new InvalidOperationException("x")).Outcome);

    private static Outcome Decide(params Outcome[] outcomes)
    {
        var verdict = new Verdict(verifies: true);
        foreach (var outcome in outcomes)
            verdict.Add(new Finding(outcome, "r", "m"));
        return verdict.Decision.Outcome;
    }
}
