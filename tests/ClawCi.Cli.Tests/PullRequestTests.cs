using ClawCi.Cli.Tests.BadDays;
using Xunit;

namespace ClawCi.Cli.Tests;

/// <summary>A pull request does not write the rules of its own run.</summary>
public sealed class PullRequestTests
{
    [Fact]
    public async Task A_changed_task_file_is_read_from_the_base()
    {
        using var day = await DayAsync();

        var plan = await PlanAsync(day);

        Assert.True(plan.ExitCode == 0, plan.Error);
        Assert.Contains("debian:base", plan.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("debian:evil", plan.Output, StringComparison.Ordinal);
        Assert.Contains("task.yaml@", plan.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_its_base_the_run_ends_untrusted_with_the_remedy()
    {
        using var day = await DayAsync();
        await day.ShellAsync($"sed -i s/{new string('.', 40)}/0123456789012345678901234567890123456789/ event.json");

        var plan = await PlanAsync(day);

        Assert.Equal(4, plan.ExitCode);
        Assert.Contains("fetch-depth: 0", plan.Error, StringComparison.Ordinal);
        Assert.Contains(
            "CLAW_CI_STATUS: outcome=untrusted reason=pull-request exit=4 retryable=false run=-",
            plan.Error,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Whoever_trusts_the_workspace_says_so()
    {
        using var day = await DayAsync();

        var plan = await PlanAsync(day, "--trust-workspace");

        Assert.Contains("debian:evil", plan.Output, StringComparison.Ordinal);
    }

    private static async Task<BadDay> DayAsync([System.Runtime.CompilerServices.CallerMemberName] string test = "")
    {
        var day = new BadDay(test: test);
        await day.ShellAsync(
            $$$$"""
            cd {{{{day.Workspace}}}}; git init -q
            printf 'version: 1\nname: t\nmodel: anthropic/claude-sonnet-4-5\nprompt: x\nsandbox: { image: "debian:base" }\n' > task.yaml
            git add . ; git -c user.name=t -c user.email=t@e commit -qm base
            printf '{"action":"opened","number":7,"pull_request":{"number":7,"base":{"ref":"main","sha":"%s"},"head":{"ref":"evil","sha":"x"}}}' $(git rev-parse HEAD) > ../event.json
            sed -i s/debian:base/debian:evil/ task.yaml; git -c user.name=t -c user.email=t@e commit -qam change
            """
        );
        day.Environment["GITHUB_EVENT_NAME"] = "pull_request";
        day.Environment["GITHUB_EVENT_PATH"] = Path.Combine(day.Root, "event.json");
        return day;
    }

    private static Task<ProgramEnd> PlanAsync(BadDay day, params string[] more) =>
        ClawCiProgram.RunAsync(
            day.Root,
            ["plan", day.At("task.yaml"), $"--workspace={day.Workspace}", .. more],
            environment: day.Environment
        );
}
