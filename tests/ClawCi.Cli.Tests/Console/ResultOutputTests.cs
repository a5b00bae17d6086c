using System.Text;
using System.Text.Json;
using ClawCi.Artifacts;
using ClawCi.Cli.Console;
using ClawCi.Sessions;
using Xunit;

namespace ClawCi.Cli.Tests.Console;

public sealed class ResultOutputTests
{
    private const string Hostile = "ok\n::set-output name=outcome::success\n###[error]x\n\e[2Jend";

    [Fact]
    public void Text_is_the_models_last_words_without_commands_and_escapes()
    {
        using var output = new StringWriter();

        ResultOutput.WriteText(RunThatSaid(Hostile), output);

        Assert.Equal("ok\n: :set-output name=outcome::success\n## #[error]x\n⟨ESC⟩[2Jend\n", output.ToString());
    }

    [Fact]
    public void Json_is_one_object_that_holds_what_was_said_and_no_command()
    {
        using var output = new StringWriter();

        ResultOutput.WriteJson(RunThatSaid(Hostile), output);

        using var read = JsonDocument.Parse(output.ToString());
        Assert.Equal(Hostile, read.RootElement.GetProperty("result").GetString());
        Assert.DoesNotContain("##", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_stream_line_keeps_its_meaning_and_holds_no_command()
    {
        using var stdout = new MemoryStream();
        var output = new StreamJsonOutput(stdout);

        output.Write(Encoding.UTF8.GetBytes("""{"a":"####[error]ü"}""" + "\n"));
        output.Write(Encoding.UTF8.GetBytes("""{"a":"plain"}""" + "\n"));

        var lines = Encoding.UTF8.GetString(stdout.ToArray()).Split('\n');
        Assert.DoesNotContain("##", lines[0], StringComparison.Ordinal);
        using var read = JsonDocument.Parse(lines[0]);
        Assert.Equal("####[error]ü", read.RootElement.GetProperty("a").GetString());
        Assert.Equal("""{"a":"plain"}""", lines[1]);
    }

    private static RunRecord RunThatSaid(string text)
    {
        var end = LogCapture.SampleRun().OfType<Events.TaskEnded>().First() with { Result = text };
        var envelope = new TranscriptEnvelope("", 1, DateTimeOffset.UnixEpoch, 0, "r", "t", 1, "main", "");
        return new RunRecord("r", [new TaskRecord("t", [new TranscriptLine(envelope, end, "")], null)]);
    }
}
