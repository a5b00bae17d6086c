using System.Text.Json;
using Xunit;

namespace ClawCi.Cli.Tests.BadDays;

/// <summary>What a program reads on stdout, and a CI system on stderr, whatever the agent's text is.</summary>
public sealed class OutputTests
{
    private const string Hostile =
        "\e]0;title\a\e[2J\e[31mred ::error::pwned\n::error file=a::pwned\n::add-mask::x\n##[group]pwned\n##vso[task.complete result=Succeeded]\n"
        + "\u202Edcba\u2066 \u009b31m\r::stop-commands::t\n\u2028::error::pwned\n";

    [Theory]
    [InlineData("--quiet")]
    [InlineData("--verbose")]
    public async Task Json_is_one_object_and_nothing_else(string verbosity)
    {
        using var day = HostileDay();
        day.Environment["GITHUB_ACTIONS"] = "true";
        var ending = await day.RunAsync("--output-format=json", verbosity);
        await ending.IsAsync(10, "task-failed", "check-failed");
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(ending.End.Output), ending.Result));
        Inert(ending.End.Output);
    }

    [Theory]
    [InlineData("--quiet")]
    [InlineData("--verbose")]
    public async Task Stream_json_is_the_transcript_line_by_line(string verbosity)
    {
        using var day = HostileDay();
        day.Environment["GITHUB_ACTIONS"] = "true";
        var ending = await day.RunAsync("--output-format=stream-json", verbosity);
        await ending.IsAsync(10, "task-failed", "check-failed");
        var lines = ending.End.Output.TrimEnd('\n').Split('\n').Select(line => JsonElement.Parse(line));
        Assert.Equal(Ending.ReadTranscript(day.Transcript), lines, JsonElement.DeepEquals);
        Inert(ending.End.Output);
    }

    [Theory]
    [InlineData("true")]
    [InlineData(null)]
    public async Task Hostile_text_is_inert_for_terminals_and_CI_systems(string? gitHub)
    {
        using var day = HostileDay();
        day.Environment["GITHUB_ACTIONS"] = gitHub;
        var ending = await day.RunAsync("--verbose");
        await ending.IsAsync(10, "task-failed", "check-failed");
        Assert.Contains("pwned", ending.Error, StringComparison.Ordinal);
        Inert(ending.Error);
        Inert(ending.End.Output);
        Assert.DoesNotContain(
            ending.Error + ending.End.Output,
            character => character is '\u202E' or '\u2066' or '\u2028'
        );
    }

    [Fact]
    public async Task Mistakes_leave_stdout_empty()
    {
        using var day = new BadDay().Task("no-such-key: 1");
        var end = (await day.RunAsync("--output-format=json")).End;
        Assert.Equal(3, end.ExitCode);
        Assert.Equal("", end.Output);
    }

    /// <summary>The text is in a file name, in a tool's output, in the model's words and in a check's log.</summary>
    private static BadDay HostileDay([System.Runtime.CompilerServices.CallerMemberName] string test = "")
    {
        var day = new BadDay(test: test)
            .Task("verify: { rounds: 1, checks: [{ id: red, run: cat hostile; exit 1 }] }")
            .Script(
                $"text: {BadDay.Quote(Hostile)}, {BadDay.Bash("cat hostile; cp hostile $'x\\n::error::pwned'; cp hostile '::error::pwned'; exit 3")}",
                $"tool-uses: [{{ name: bash, input: {{ command: {BadDay.Quote("echo " + Hostile)} }} }}]",
                $"text: {BadDay.Quote(Hostile)}"
            );
        File.WriteAllText(day.At("hostile"), Hostile);
        return day;
    }

    private static void Inert(string text)
    {
        foreach (var line in text.Split('\n', '\r', '\u2028', '\u0085'))
        {
            if (line.TrimStart().StartsWith("::", StringComparison.Ordinal))
                Assert.Matches(
                    @"^::(group|endgroup|(error|warning) (file=task\.yaml,line=\d+,)?title=claw-ci [^:,]*)::",
                    line
                );
            Assert.DoesNotContain("##", line, StringComparison.Ordinal);
        }
        Assert.DoesNotContain(text, character => char.IsControl(character) && character is not ('\n' or '\t'));
    }
}
