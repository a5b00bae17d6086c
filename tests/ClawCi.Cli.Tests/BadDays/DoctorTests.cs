using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Cli.Tests.BadDays;

/// <summary>What <c>doctor</c> says of a machine, before anything is run on it.</summary>
public sealed class DoctorTests
{
    private const string Key = "sk-ant-canary-0f6b1c52e8d94a7b";

    [Fact]
    public async Task A_machine_that_has_everything_is_ready_for_a_task_and_nothing_was_asked_that_costs()
    {
        using var day = new BadDay();
        await using var server = new ChaosServer(ChaosAnswers.Respond(200, """{"data":[]}"""));
        day.Environment["ANTHROPIC_BASE_URL"] = server.Url.ToString();
        day.Environment["ANTHROPIC_API_KEY"] = Key;
        var end = await DoctorAsync(day, "task.yaml", "--model=anthropic/claude-sonnet-4-5");
        Assert.True(end.ExitCode == 0, $"{end.Output}{end.Error}");
        Assert.Equal("", end.Error);
        Assert.Equal(4, end.Output.Split('\n').Count(line => line.StartsWith("ready ", StringComparison.Ordinal)));
        Assert.Contains("image    claw-ci-demo:latest: is here", end.Output, StringComparison.Ordinal);
        Assert.Contains(
            $"anthropic/claude-sonnet-4-5: {server.Url.Authority} answers and takes the credential of ANTHROPIC_API_KEY",
            end.Output,
            StringComparison.Ordinal
        );
        var request = Assert.Single(server.Requests);
        Assert.Equal(("GET", "/v1/models", Key), (request.Method, request.Path, request.Headers["x-api-key"]));
        Assert.False(Directory.Exists(day.Out));
    }

    [Fact]
    public async Task What_is_missing_is_said_with_what_to_do_and_the_exit_code_of_a_run()
    {
        using var day = new BadDay().Task(image: "image: no-such-image.invalid/x:1, pull: never");
        await using var server = new ChaosServer(
            ChaosAnswers.Error(401, "authentication_error", $"invalid x-api-key {Key}")
        );
        day.Environment["ANTHROPIC_BASE_URL"] = server.Url.ToString();
        day.Environment["ANTHROPIC_API_KEY"] = Key;
        var end = await DoctorAsync(day, "task.yaml", "--model=anthropic/claude-sonnet-4-5");
        Assert.Equal(18, end.ExitCode);
        Assert.Contains(
            "NOT READY  image    no-such-image.invalid/x:1: Image no-such-image.invalid/x:1 is not on this Docker daemon",
            end.Output,
            StringComparison.Ordinal
        );
        Assert.Contains("NOT READY  model    anthropic/claude", end.Output, StringComparison.Ordinal);
        Assert.Contains("(the credential is of ANTHROPIC_API_KEY)", end.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, end.Output + end.Error, StringComparison.Ordinal);
        Assert.Contains("CLAW_CI_STATUS: outcome=sandbox-unavailable", end.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_task_the_machine_is_examined()
    {
        using var day = new BadDay();
        day.Environment["DOCKER_HOST"] = "unix:///nowhere/docker.sock";
        var end = await DoctorAsync(day);
        Assert.Equal(18, end.ExitCode);
        Assert.Contains("NOT READY  docker", end.Output, StringComparison.Ordinal);
        Assert.Contains("no credentials. Set ANTHROPIC_API_KEY", end.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_to_do_about_Docker_is_said_once()
    {
        using var day = new BadDay();
        day.Environment["DOCKER_HOST"] = "unix:///nowhere/docker.sock";
        var end = await DoctorAsync(day, "task.yaml", $"--model=scripted/{Path.Combine(day.Root, "script.yaml")}");
        Assert.Equal(18, end.ExitCode);
        Assert.Contains(
            "NOT READY  image    claw-ci-demo:latest: for the same reason",
            end.Output,
            StringComparison.Ordinal
        );
        Assert.Single(end.Output.Split('\n'), line => line.Contains("/nowhere/docker.sock", StringComparison.Ordinal));
    }

    private static Task<ProgramEnd> DoctorAsync(BadDay day, params string[] arguments) =>
        ClawCiProgram.RunAsync(day.Root, ["doctor", .. arguments], environment: day.Environment);
}
