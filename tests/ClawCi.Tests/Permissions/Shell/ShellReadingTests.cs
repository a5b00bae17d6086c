using System.Diagnostics;
using ClawCi.Permissions.Shell;
using Xunit;

namespace ClawCi.Tests.Permissions.Shell;

public sealed class ShellReadingTests
{
    [Theory]
    [InlineData("git status", "git status")]
    [InlineData("a 'b c' \"d\"e f\\ g", "a <b c> de <f g>")]
    [InlineData("a; b && c || d | e & f", "a / b / c / d / e / f")]
    [InlineData("if a; then b; else c; fi", "a / b / c")]
    [InlineData("for x in $(a); do b \"$x\"; done", "a / b ?")]
    [InlineData("case $(a) in b) c;; esac", "a / c")]
    [InlineData("f() { a; }; f", "a / f-")]
    [InlineData("a \"$(b $(c))\" `d`", "c / b * / d / a ? *")]
    [InlineData("cat <<E\n$(a)\nE\nb", "a / cat / b")]
    [InlineData("cat <<'E'\n$(a)\nE\nb", "cat / b")]
    [InlineData(
        "timeout 5 env A=b nice -n 3 a b",
        "timeout 5 env A=b nice -n 3 a b- / env A=b nice -n 3 a b- / nice -n 3 a b- / a b"
    )]
    [InlineData("a | xargs -n1 b c", "a / xargs -n1 b c- / b c *")]
    [InlineData("find . -exec a {} +", "a * / find . -exec a {} +")]
    [InlineData("sh -c 'a; b'", "a / b / <sh -c a; b>-")]
    [InlineData("[[ -f a && $b == c ]] && d", "d")]
    [InlineData("PAGER=cat a", "cat * / a")]
    [InlineData("\"$HOME/bin/git\" push", "? push")]
    [InlineData("a ~/b *.c {d,e} $f", "a ? * * *")]
    [InlineData("> a", "")]
    [InlineData("a # b; c", "a")]
    public void A_line_is_the_commands_it_may_run(string line, string expected) =>
        Assert.Equal(expected, string.Join(" / ", ShellReading.Of(line).Commands.Select(command => Show(command))));

    [Theory]
    [InlineData("a 'b", "a quote is not closed")]
    [InlineData("a $(b", "a substitution is not closed")]
    [InlineData("a &&", "a command is missing")]
    [InlineData("if a; then b", "`fi` is missing")]
    [InlineData("a <<E\nb", "the here-document is not ended by a line `E`")]
    [InlineData("a; ; b", "`;` is not expected there")]
    [InlineData("eval $x", "`eval` runs text that is computed: `$x`")]
    [InlineData("a | sh", "`sh` reads its commands from elsewhere")]
    [InlineData("alias a=b", "`alias` gives other names to commands")]
    [InlineData("timeout --odd 5 a", "the option `--odd` of `timeout` is not known here")]
    [InlineData("", "there is no command")]
    public void What_cannot_be_known_says_why(string line, string why) =>
        Assert.Contains(ShellReading.Of(line).Commands, command => command.Why == why);

    [Theory]
    [InlineData("(", 100_000)]
    [InlineData("$(", 100_000)]
    [InlineData("`", 100_001)]
    [InlineData("\"$(", 100_000)]
    [InlineData("${x:-", 100_000)]
    [InlineData("$((", 100_000)]
    [InlineData("{ ", 100_000)]
    [InlineData("if ", 100_000)]
    [InlineData("[[ ( ", 100_000)]
    [InlineData("! ", 100_000)]
    [InlineData("a[", 100_000)]
    [InlineData("a <<E ", 50_000)]
    [InlineData("eval ", 50_000)]
    [InlineData("env ", 50_000)]
    [InlineData("a;", 100_000)]
    [InlineData("\\", 300_001)]
    [InlineData("x=y ", 50_000)]
    [InlineData("a{b,", 50_000)]
    [InlineData("[", 60_000)]
    public void A_hostile_line_costs_little_and_breaks_nothing(string piece, int times)
    {
        // Seconds for a machine under load; what grows with the square takes minutes.
        var line = string.Concat(Enumerable.Repeat(piece, times));
        var started = Stopwatch.GetTimestamp();

        ShellReading.Of(line);

        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }

    [Theory]
    [InlineData("sed \"", " s/", 130_000, "$x\" f")]
    [InlineData("sed \"$x", " s/", 130_000, "\" f")]
    [InlineData("sed \"$x", "se;", 130_000, "$y\" f")]
    [InlineData("awk \"", "print|", 60_000, "$x\" f")]
    [InlineData("python3 -c \"", "print(|\\\"", 30_000, "$x\"")]
    public void A_hostile_script_costs_little_and_is_not_clear(string before, string piece, int times, string after)
    {
        var started = Stopwatch.GetTimestamp();

        ShellReading.Of(before + string.Concat(Enumerable.Repeat(piece, times)) + after);

        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }

    private static string Show(ShellCommand command)
    {
        var words = string.Join(
            ' ',
            command.Words.Select(word =>
                word.Kind switch
                {
                    WordKind.One => "?",
                    WordKind.Many => "*",
                    _ => word.Text.Contains(' ', StringComparison.Ordinal) ? $"<{word.Text}>" : word.Text,
                }
            )
        );
        return (
                command.Words.Count > 1 && words.StartsWith("sh -c <", StringComparison.Ordinal)
                    ? $"<sh -c {command.Words[2].Text}>"
                    : words
            ) + (command.ForDeny ? "-" : "");
    }
}
