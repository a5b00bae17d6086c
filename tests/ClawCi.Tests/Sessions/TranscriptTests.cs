using System.Text;
using System.Text.Json;
using ClawCi.Events;
using ClawCi.Messages;
using ClawCi.Sessions;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Tests.Sessions;

public sealed class TranscriptTests
{
    private static readonly RunEvent[] Sample =
    [
        new ToolCalled("t1", "bash", JsonElement.Parse("""{"command":"ls \"ü\""}"""), 1),
        new MessageAdded(
            Role.Assistant,
            [
                new TextBlock("héllo"),
                new ThinkingBlock("hm", "sig"),
                new ToolUseBlock("t1", "bash", JsonElement.Parse("{}"), "{broken"),
                new UnknownBlock(JsonElement.Parse("""{"type":"server_tool_use","x":[1]}""")),
            ],
            1,
            StopReasons.ToolUse,
            Usage: new Usage(1, 2, 3, 4)
        ),
        new MessageAdded(Role.User, [new ToolResultBlock("t1", "no\nsuch", true)], 1),
        new Heartbeat("model", 60_000),
    ];

    [Fact]
    public void What_was_written_is_read_back()
    {
        using var directory = new TempDirectory();
        var path = Write(directory, Sample);

        var lines = TranscriptReader.Read(path);

        Assert.Equal([1, 2, 3, 4], lines.Select(line => line.Envelope.Seq));
        Assert.Equal(
            Sample.Select(e => JsonSerializer.Serialize(e, EventJson.Line.RunEvent)),
            lines.Select(line => JsonSerializer.Serialize(line.Event!, EventJson.Line.RunEvent))
        );
    }

    [Fact]
    public void Every_prefix_of_the_bytes_is_a_transcript()
    {
        using var directory = new TempDirectory();
        var bytes = File.ReadAllBytes(Write(directory, Sample));
        var cut = directory["cut.jsonl"];
        for (var length = 0; length <= bytes.Length; length++)
        {
            File.WriteAllBytes(cut, bytes[..length]);
            Assert.Equal(bytes[..length].Count(b => b == '\n'), TranscriptReader.Read(cut).Count);
        }
    }

    [Fact]
    public void An_edited_line_shows()
    {
        using var directory = new TempDirectory();
        var path = Write(directory, Sample);
        File.WriteAllText(path, File.ReadAllText(path).Replace("héllo", "hallo", StringComparison.Ordinal));

        var error = Assert.Throws<UserErrorException>(() => TranscriptReader.Read(path));

        Assert.Equal(3, error.Errors[0].Line);
        Assert.Contains("edited", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_event_of_a_newer_version_is_kept_as_unknown()
    {
        using var directory = new TempDirectory();
        var path = Write(directory, Sample[..1]);
        File.WriteAllText(
            path,
            File.ReadAllText(path).Replace("\"tool_call\"", "\"tool_dance\"", StringComparison.Ordinal)
        );

        Assert.Null(Assert.Single(TranscriptReader.Read(path)).Event);
    }

    [Fact]
    public void A_secret_reaches_the_transcript_in_no_encoding()
    {
        using var directory = new TempDirectory();
        var secret = "pa\"ss/w+rd ✓";
        var base64 = Convert.ToBase64String(Encoding.UTF8.GetBytes("user:" + secret));
        var path = Write(
            directory,
            [new Warned($"raw {secret}"), new Warned(Uri.EscapeDataString(secret)), new Warned(base64)],
            secret
        );

        var text = File.ReadAllText(path);

        Assert.DoesNotContain("ss/w+rd", text, StringComparison.Ordinal);
        Assert.DoesNotContain("ss%2Fw", text, StringComparison.Ordinal);
        Assert.DoesNotContain(base64[8..^4], text, StringComparison.Ordinal);
        Assert.Equal(3, TranscriptReader.Read(path).Count(line => line.Event is SecretsRedacted { Count: 1 }));
    }

    private static string Write(TempDirectory directory, RunEvent[] events, string? secret = null)
    {
        var masker = new SecretMasker();
        if (secret is not null)
            masker.Add(secret);
        var path = directory["transcript.jsonl"];
        using var writer = new TranscriptWriter(File.Create(path), "run", "task", masker, TimeProvider.System);
        foreach (var e in events)
            writer.On(e);
        return path;
    }
}
