using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using ClawCi.Sessions;
using Xunit;

namespace ClawCi.Cli.Tests.BadDays;

/// <summary>How a run ended, and what every ending owes: one outcome everywhere, a whole record, nothing left behind.</summary>
internal sealed partial record Ending(BadDay Day, ProgramEnd End)
{
    public string Error => End.Error;

    public JsonElement Result => ExampleRun.Json(Path.Combine(Day.Out, "result.json"));

    public JsonElement TaskResult => ExampleRun.Json(Path.Combine(Day.TaskDirectory, "result.json"));

    /// <summary>Exit code, status line, result and transcript say the same, and nothing of the run is left in Docker.</summary>
    public async Task<Ending> IsAsync(int exitCode, string outcome, string? reason = null, bool? retryable = null)
    {
        var runId = IsAccordingToStatus(exitCode, outcome, reason, retryable);
        Assert.Equal(outcome, Result.GetProperty("outcome").GetString());
        Assert.Equal(exitCode, Result.GetProperty("exit_code").GetInt32());
        Assert.Equal(reason ?? Result.GetProperty("reason").GetString(), Result.GetProperty("reason").GetString());
        Assert.Equal(
            retryable ?? Result.GetProperty("retryable").GetBoolean(),
            Result.GetProperty("retryable").GetBoolean()
        );
        Assert.False(string.IsNullOrWhiteSpace(Result.GetProperty("message").GetString()));
        runId ??= Result.GetProperty("run_id").GetString()!;
        Assert.Equal(runId, Result.GetProperty("run_id").GetString());
        var last = ReadTranscript(Day.Transcript)[^1];
        Assert.Equal("result", last.GetProperty("type").GetString());
        Assert.Equal(outcome, last.GetProperty("outcome").GetString());
        Assert.Equal(exitCode, last.GetProperty("exit_code").GetInt32());
        Assert.Equal("", await Day.LeftInDockerAsync(runId));
        return this;
    }

    /// <returns>The run's id; null after a success, which has no status line.</returns>
    public string? IsAccordingToStatus(int exitCode, string outcome, string? reason = null, bool? retryable = null)
    {
        Assert.True(End.ExitCode == exitCode, $"exit {End.ExitCode} instead of {exitCode}\n{End.Output}\n{End.Error}");
        Assert.DoesNotContain("internal-error", End.Error, StringComparison.Ordinal);
        if (exitCode == 0)
        {
            Assert.DoesNotContain("CLAW_CI_STATUS", End.Error, StringComparison.Ordinal);
            return null;
        }
        var status = Assert.Single(Status().Matches(End.Error));
        Assert.EndsWith(status.Value, End.Error, StringComparison.Ordinal);
        Assert.Equal(outcome, status.Groups["outcome"].Value);
        Assert.Equal(exitCode, int.Parse(status.Groups["exit"].Value));
        Assert.Equal(reason ?? status.Groups["reason"].Value, status.Groups["reason"].Value);
        Assert.Equal(
            retryable ?? bool.Parse(status.Groups["retryable"].Value),
            bool.Parse(status.Groups["retryable"].Value)
        );
        return status.Groups["run"].Value;
    }

    /// <summary>The lines of a transcript that may have been cut off at any byte; the chain is worked out anew.</summary>
    public static IReadOnlyList<JsonElement> ReadTranscript(string path)
    {
        var text = File.ReadAllBytes(path).AsSpan();
        var lines = new List<JsonElement>();
        var prev = new string('0', 64);
        while (text.IndexOf((byte)'\n') is >= 0 and var end)
        {
            var line = JsonElement.Parse(text[..end]);
            Assert.Equal(prev, line.GetProperty("prev").GetString());
            Assert.Equal(lines.Count + 1, line.GetProperty("seq").GetInt64());
            prev = Convert.ToHexStringLower(SHA256.HashData(text[..end]));
            lines.Add(line);
            text = text[(end + 1)..];
        }
        Assert.Equal(lines.Count, TranscriptReader.Read(path).Count);
        Assert.NotEmpty(lines);
        return lines;
    }

    /// <summary>What the model was answered, all tool results together.</summary>
    public string ToolResults()
    {
        var text = new StringBuilder();
        foreach (
            var line in ReadTranscript(Day.Transcript).Where(line => line.GetProperty("type").GetString() == "message")
        )
        {
            foreach (var block in line.GetProperty("content").EnumerateArray())
            {
                if (block.GetProperty("type").GetString() == "tool_result")
                    text.AppendLine(block.GetProperty("content").ToString());
            }
        }
        return text.ToString();
    }

    [GeneratedRegex(
        @"^CLAW_CI_STATUS: outcome=(?<outcome>\S+) reason=(?<reason>\S+) exit=(?<exit>\d+) retryable=(?<retryable>true|false) run=(?<run>\S+)\n",
        RegexOptions.Multiline
    )]
    private static partial Regex Status();
}
