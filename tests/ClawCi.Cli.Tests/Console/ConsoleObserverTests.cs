using System.Text.Json;
using ClawCi.Cli.Console;
using ClawCi.Events;
using ClawCi.Messages;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Cli.Tests.Console;

public sealed class ConsoleObserverTests
{
    private static readonly ConsoleSettings Plain = new(Verbosity.Normal, Colour: false, Width: 100, IsGitHub: false);

    [Fact]
    public void A_run_is_told_in_a_line_a_turn_and_call() => Matches(Plain);

    [Fact]
    public void Quiet_says_what_needs_attention_and_how_it_ended() =>
        Matches(Plain with { Verbosity = Verbosity.Quiet });

    [Fact]
    public void Verbose_adds_the_heads_of_what_tools_answered() =>
        Matches(Plain with { Verbosity = Verbosity.Verbose });

    [Fact]
    public void GitHub_gets_folded_turns_and_annotations() => Matches(Plain with { IsGitHub = true });

    [Fact]
    public void A_terminal_gets_colours() => Matches(Plain with { Colour = true });

    [Fact]
    public void An_idle_minute_says_where_the_run_is()
    {
        using var capture = new LogCapture(Plain);
        var events = LogCapture.SampleRun().TakeWhile(e => e is not MessageAdded { Turn: 3, Role: Role.Assistant });

        var text = capture.Observe(
            events
                .Append(new UsageAdded("m", new Usage(), 0.02m, new Usage(), 0.12m))
                .Concat(Later(capture, new Heartbeat("tool bash", 60_000)))
        );

        Assert.EndsWith(
            "\n  … waiting for tool bash, 1 min 00 s  turn 2, 4 min 02 s, $0.12\n",
            text,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_check_that_was_red_by_chance_is_told_as_run_again_and_as_flaky()
    {
        using var capture = new LogCapture(Plain);
        var end = LogCapture.SampleRun().OfType<TaskEnded>().Single();

        var text = capture.Observe([
            new CheckRan("tests", 1, "make test", 1, "fail", 90, "", "boom"),
            new CheckRan("tests", 1, "make test", 0, "pass", 90, "", "", Rerun: 1),
            end with
            {
                Checks = [new("tests", 1, "pass", 0, 90, Flaky: true)],
            },
        ]);

        Assert.StartsWith("✗ check tests  round 1  90 ms  fail, exit 1\n", text, StringComparison.Ordinal);
        Assert.Contains("\n✓ check tests  round 1, run again  90 ms\n", text, StringComparison.Ordinal);
        Assert.Contains("\n  checks   tests ✓ flaky  1 round\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failed_task_is_an_annotation_in_GitHub()
    {
        var events = LogCapture
            .SampleRun()
            .Select(e =>
                e is TaskEnded end
                    ? end with
                    {
                        Outcome = "task-failed",
                        ExitCode = 10,
                        Message = "Check test is red, 100%.\nSee: log, please",
                    }
                    : e
            );
        using var capture = new LogCapture(Plain with { IsGitHub = true, Verbosity = Verbosity.Quiet });

        var text = capture.Observe(events);

        Assert.Contains(
            "::error title=claw-ci fix-invoice-totals%3A task-failed::Check test is red, 100%25.%0ASee: log, please\n",
            text,
            StringComparison.Ordinal
        );
        Assert.Contains("✗ fix-invoice-totals  task-failed", text, StringComparison.Ordinal);
    }

    public static TheoryData<string> Attacks { get; } =
    [
        "::error::pwned",
        "  ::add-mask::x",
        "##[set-output name=outcome;]success",
        "text ##[error]pwned",
        "##vso[task.setvariable variable=a]b",
        "line\n::set-output name=outcome::success",
        "line\r::stop-commands::t",
        "\r\n::group::x",
        "\u2028::error::pwned",
        "\u0085::error::pwned",
        "\ufeff::error::pwned",
        "\e]0;title\a\e[2J\e[31mred",
        "\u009b31mred\u009d0;t\u009c",
        "abc\u202Edcba\u2066x\u2069",
        "a\bb\vc\0d",
    ];

    [Theory]
    [MemberData(nameof(Attacks))]
    public void Untrusted_text_can_issue_neither_workflow_commands_nor_terminal_escapes(string attack)
    {
        foreach (var verbosity in Enum.GetValues<Verbosity>())
        {
            using var capture = new LogCapture(Plain with { IsGitHub = true, Verbosity = verbosity });

            var text = capture.Observe(EverywhereIn(attack));

            Assert.DoesNotContain(text, c => char.IsControl(c) && c != '\n');
            Assert.DoesNotContain(text, c => c is '\u202E' or '\u2066' or '\u2069' or '\u2028' or '\ufeff');
            Assert.DoesNotContain("##[", text, StringComparison.Ordinal);
            Assert.DoesNotContain("##vso[", text, StringComparison.Ordinal);
            foreach (
                var line in text.Split('\n')
                    .Select(line => line.Trim())
                    .Where(line => line.StartsWith("::", StringComparison.Ordinal))
            )
                Assert.Matches("^::(group|endgroup|warning title=[^:,]*|error title=[^:,]*)::", line);
        }
    }

    [Fact]
    public void A_secret_is_masked_also_where_a_line_is_cut()
    {
        const string secret = "hunter2-hunter2-hunter2-hunter2";
        using var capture = new LogCapture(Plain with { Width = 70, Verbosity = Verbosity.Verbose });
        capture.Masker.Add(secret);

        var text = capture.Observe(EverywhereIn($"echo {secret} {secret}\n{secret}"));

        Assert.DoesNotContain("hunter2", text, StringComparison.Ordinal);
        Assert.Contains("echo ***", text, StringComparison.Ordinal);
    }

    private static IEnumerable<RunEvent> Later(LogCapture capture, RunEvent then)
    {
        capture.Time.Advance(TimeSpan.FromSeconds(242));
        yield return then;
    }

    private static IEnumerable<RunEvent> EverywhereIn(string text)
    {
        var input = JsonSerializer.SerializeToElement(new Dictionary<string, string> { ["command"] = text });
        var sample = LogCapture.SampleRun().ToArray();
        yield return sample.OfType<RunStarted>().First() with
        {
            Name = text,
            Description = text,
            Model = text,
            Image = new ImageReference(text, text, text),
        };
        yield return new SetupRan(text, 1, 1, text);
        yield return new MessageAdded(Role.Assistant, [new TextBlock(text)], 1);
        yield return new ToolCalled("1", "bash", input, 1);
        yield return new ToolAnswered("1", "bash", true, 1, 1, 1, false);
        yield return new ToolCalled(text, text, input, 1);
        yield return new PolicyDecided(text, text, "deny", text, text, text, text);
        yield return new MessageAdded(
            Role.User,
            [new ToolResultBlock("1", text, true), new ToolResultBlock(text, text, true)],
            1
        );
        yield return new MessageAdded(Role.User, [new TextBlock(text)], 1);
        yield return new ApiRetried(1, 2, 3, text, 529, text);
        yield return new LimitReached(text, text);
        yield return new CheckRan(text, 1, text, 1, text, 1, text, text);
        yield return new Warned(text);
        yield return new Failed(text);
        yield return new Heartbeat(text, 1);
        yield return new FileChanged(text, text, 1, 1);
        yield return sample.OfType<TaskEnded>().First() with
        {
            Outcome = text,
            Message = text,
            Result = text,
            Applied = text,
            ExitCode = 1,
            Checks = [new(text, 1, text, 1, 1)],
        };
    }

    private static void Matches(
        ConsoleSettings settings,
        [System.Runtime.CompilerServices.CallerMemberName] string test = ""
    )
    {
        using var capture = new LogCapture(settings);
        Golden.Matches(capture.Observe(LogCapture.SampleRun()), test: test);
    }
}
