using ClawCi.Permissions;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Tests.Permissions;

public sealed class ShellLineTests
{
    [Theory]
    [InlineData("git status", "git|status")]
    [InlineData("  git\t status \n", "git|status")]
    [InlineData("echo 'a b' \"c d\" e\\ f", "echo|a b|c d|e f")]
    [InlineData("echo a'b'\"c\"d ''", "echo|abcd|")]
    [InlineData("echo \"a \\\" \\\\ \\x '\"", "echo|a \" \\ \\x '")]
    [InlineData("echo '$HOME `x` | & ; \n'", "echo|$HOME `x` | & ; \n")]
    [InlineData("ls *.cs [ab] x?", "ls|*.cs*|[ab]*|x?*")]
    [InlineData("ls '*.cs' \\*", "ls|*.cs|*")]
    [InlineData("echo a#b", "echo|a#b")]
    public void A_simple_command_is_its_words(string line, string expected)
    {
        var parsed = ShellLine.Parse(line);

        Assert.Null(parsed.Refusal);
        Assert.Equal(expected, string.Join('|', parsed.Words.Select(word => word.Text + (word.IsPattern ? "*" : ""))));
    }

    [Fact]
    public void What_is_more_than_one_simple_command_is_refused_with_the_reason()
    {
        string[] lines =
        [
            "",
            " \n ",
            "a | b",
            "a; b",
            "a & b",
            "a && b",
            "a || b",
            "a\nb",
            "a > f",
            "a < f",
            "(a)",
            "{ a; }",
            "a $(b)",
            "a ${b}",
            "a $b",
            "a `b`",
            "a \"$b\"",
            "a \"`b`\"",
            "a 'b",
            "a \"b",
            "a \\",
            "a \\\nb",
            "a # b",
            "A=b a",
            "A+=b a",
            "A[0]=b a",
            "a \r",
            "! a",
            "if a",
            "for a",
            "while a",
            "[[ a",
            "time a",
            "$a",
            "*a b",
            "?a b",
            "env a",
            "/usr/bin/env a",
            "timeout 3 a",
            "xargs a",
            "nohup a",
            "sudo a",
            "command a",
            "exec a",
            "builtin a",
            "eval a",
            ". a",
            "source a",
            "sh -c a",
            "bash -lc a",
            "bash --rcfile a",
            "/bin/sh -ec a",
            "sh -s",
            "sh -?",
            "nice a",
            "setsid a",
            "stdbuf -o0 a",
            "'eval' a",
            "\\eval a",
            "e'v'al a",
            "busybox sh",
            "find . -exec a",
            "find . -execdir a",
            "find . -ok a",
            "ssh a",
            "watch a",
            "a {b,c}",
            "trap a EXIT",
            "alias a=b",
        ];

        Golden.Matches(
            string.Concat(
                lines.Select(line =>
                    $"{line.Replace("\n", "\\n").Replace("\r", "\\r"), -16} {ShellLine.Parse(line).Refusal ?? "ACCEPTED"}\n"
                )
            )
        );
    }

    [Theory]
    [InlineData("bash script.sh")]
    [InlineData("find . -name x")]
    [InlineData("python3 -c pass")]
    public void What_runs_a_file_is_a_simple_command(string line) => Assert.Null(ShellLine.Parse(line).Refusal);
}
