using ClawCi.Artifacts;
using ClawCi.Cli.Console;
using ClawCi.Events;
using ClawCi.Sessions;
using Xunit;

namespace ClawCi.Cli.Tests.Console;

public sealed class AnnotationsTests
{
    [Fact]
    public void A_finding_is_told_at_its_file_and_line()
    {
        var command = Annotations.Of(Run([Secret("src/key,1.py", "holds a secret")])).Single().ToString();

        Assert.Equal(
            "::error file=src/key%2C1.py,line=12,title=claw-ci fix-invoice-totals%3A gate/secret::block: holds a secret",
            command
        );
    }

    [Fact]
    public void No_more_of_a_kind_than_GitHub_shows_those_of_the_console_included()
    {
        var many = Enumerable.Range(0, 50).Select(i => Secret($"src/{i}.py", "holds a secret")).ToArray();

        // The console made one of the failed task.
        Assert.Equal(9, Annotations.Of(Run(many)).Count());
    }

    [Theory]
    [InlineData("a\n::error::owned")]
    [InlineData("a\r\n::set-output name=x::y")]
    [InlineData("a%0A::warning::b ##[add-path]/tmp")]
    public void Hostile_text_issues_no_command(string hostile)
    {
        var command = Assert.Single(Annotations.Of(Run([Secret(hostile, hostile)]))).ToString();

        Assert.StartsWith("::error file=", command, StringComparison.Ordinal);
        Assert.DoesNotContain(command, c => c is '\n' or '\r');
        Assert.DoesNotContain("##[", command, StringComparison.Ordinal);
        Assert.DoesNotContain(
            "%0A::",
            command.Replace("%250A", "", StringComparison.Ordinal),
            StringComparison.Ordinal
        );
        Assert.DoesNotContain(
            "::",
            command[2..command.LastIndexOf("::block", StringComparison.Ordinal)],
            StringComparison.Ordinal
        );
    }

    private static GateFinding Secret(string path, string message) =>
        new(GateFinding.Secret, path, GateFinding.Block, message, 12, "token");

    private static RunRecord Run(GateFinding[] gates)
    {
        var task = LogCapture.SampleTask();
        RunEvent[] events =
        [
            task.Started!,
            task.Ended with
            {
                Outcome = "gate-blocked",
                ExitCode = 19,
                Changes = new ChangeSummary(1, 1, 1, 1, [], gates),
            },
        ];
        var envelope = task.Lines.First().Envelope;
        return new RunRecord("r", [new TaskRecord("t", events.Select(e => new TranscriptLine(envelope, e, "")), null)]);
    }
}
