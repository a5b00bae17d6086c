using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ClawCi.Artifacts;
using ClawCi.Events;
using ClawCi.Messages;
using ClawCi.Sessions;
using ClawCi.Tests.Artifacts;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Tests.Sessions;

public sealed class TranscriptCheckTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    private string Path => _directory["transcript.jsonl"];

    [Fact]
    public void A_whole_run_holds_and_is_told_by_its_last_hash()
    {
        var (_, findings) = Assert.Single(TranscriptValidation.Of([SampleRun.FixtureDirectory()]));

        Assert.Empty(findings.Errors);
        Assert.Empty(findings.Notes);
        Assert.Equal(78, findings.Lines);
        Assert.Equal(RunRecord.Read(SampleRun.FixtureDirectory()).Tasks[0].TranscriptHash, findings.LastHash);
    }

    [Theory]
    [InlineData(2, "\"turn\":1", "\"turn\":\"1\"", "2: tool_call.turn is not an integer")]
    [InlineData(2, ",\"turn\":1", "", "2: tool_call.turn is missing")]
    [InlineData(2, "\"elapsed_ms\":", "\"elapsed\":", "2: line.elapsed_ms is missing")]
    [InlineData(2, "\"type\":\"tool_call\"", "\"type\":7", "2: line.type is not a string")]
    [InlineData(2, "\"turn\":1", "\"turn\":1,\"turn\":1", "2: not a line of a transcript: Duplicate property 'turn'")]
    [InlineData(2, "\"turn\":1}", "\"turn\":1", "2: not a line of a transcript: ")]
    [InlineData(
        2,
        "{\"schema\"",
        "\u0014{\"schema\"",
        "2: not a line of a transcript: '0x14' is an invalid start of a value."
    )]
    [InlineData(2, "transcript/v1", "transcript/v2", "2: the schema is claw-ci.transcript/v2")]
    [InlineData(2, "\"run_id\":\"run\"", "\"run_id\":\"nur\"", "2: belongs to task task of run nur")]
    [InlineData(3, "\"role\":\"assistant\"", "\"role\":\"system\"", "3: message.role is none of: user, assistant")]
    [InlineData(3, "\"type\":\"text\"", "\"kind\":\"text\"", "3: message.content[0].type is missing")]
    [InlineData(3, "\"input\":{}", "\"inputs\":{}", "3: not a line of a transcript: No input")]
    public void A_line_that_breaks_a_rule_is_named_with_what_it_breaks(int line, string from, string to, string says)
    {
        Write(Sample);
        Edit(line, text => text.Replace(from, to, StringComparison.Ordinal));

        var errors = TranscriptCheck.Of(Path).Errors.Select(error => $"{error}").ToList();

        Assert.StartsWith($"{Path}:{says}", errors[0], StringComparison.Ordinal);
        Assert.DoesNotContain("LineNumber", errors[0], StringComparison.Ordinal);
        // The chain says it again on the next line, and nothing else does.
        Assert.Equal(
            $"{Path}:{line + 1}: prev is not the hash of the line before: that line was edited, or lines are missing",
            errors[1]
        );
        Assert.Equal(2, errors.Count);
    }

    [Fact]
    public void Every_edit_of_a_byte_shows()
    {
        Write(Sample);
        var bytes = File.ReadAllBytes(Path);
        var last = bytes.AsSpan(..^1).LastIndexOf((byte)'\n') + 1;
        for (var at = 0; at < last; at++)
        {
            bytes[at] ^= 1;
            File.WriteAllBytes(Path, bytes);
            Assert.True(TranscriptCheck.Of(Path).Errors.Count > 0, $"byte {at}");
            bytes[at] ^= 1;
        }
    }

    [Fact]
    public void A_line_that_is_gone_shows_as_a_gap()
    {
        Write(Sample);
        var lines = File.ReadAllLines(Path).ToList();
        lines.RemoveAt(1);
        File.WriteAllLines(Path, lines);

        Assert.Equal(
            [
                $"{Path}:2: prev is not the hash of the line before: that line was edited, or lines are missing",
                $"{Path}:2: seq is 3 where 2 is due",
            ],
            TranscriptCheck.Of(Path).Errors.Select(error => $"{error}")
        );
    }

    [Fact]
    public void A_cut_transcript_shows_by_the_result_that_names_its_end()
    {
        var run = _directory["run"];
        var task = System.IO.Path.Combine(run, "tasks", SampleRun.TaskId);
        Directory.CreateDirectory(task);
        File.Copy(
            System.IO.Path.Combine(SampleRun.FixtureDirectory(), "result.json"),
            System.IO.Path.Combine(run, "result.json")
        );
        var lines = Encoding.UTF8.GetString(SampleRun.Transcript()).Split('\n');
        var transcript = System.IO.Path.Combine(task, "transcript.jsonl");
        File.WriteAllText(transcript, string.Join('\n', lines[..^2]) + "\n");

        var (path, findings) = Assert.Single(TranscriptValidation.Of([run]));

        Assert.Equal(transcript, path);
        Assert.Contains("result.json", Assert.Single(findings.Errors).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_torn_last_line_and_a_missing_result_are_said_and_are_no_mistakes()
    {
        Write(Sample);
        File.WriteAllBytes(Path, File.ReadAllBytes(Path)[..^5]);

        var findings = TranscriptCheck.Of(Path);

        Assert.Empty(findings.Errors);
        Assert.Equal(3, findings.Lines);
        Assert.StartsWith("line 4 is torn", findings.Notes[0], StringComparison.Ordinal);
        Assert.StartsWith("no result", findings.Notes[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_follows_a_result()
    {
        var end = RunRecord.Read(SampleRun.FixtureDirectory()).Tasks[0].Ended;
        Write([end, new Warned("Later.")]);

        Assert.Equal(
            $"{Path}:2: follows the result, which is the last line",
            $"{Assert.Single(TranscriptCheck.Of(Path).Errors)}"
        );
    }

    [Fact]
    public void A_blob_is_there_and_is_what_its_name_says()
    {
        var name = Convert.ToHexStringLower(SHA256.HashData("all of it"u8));
        Write([new ToolAnswered("t1", "bash", false, 0, 1, 9, true, "exit", name)]);
        Assert.Equal($"{Path}:1: blobs/{name} is not there", $"{Assert.Single(TranscriptCheck.Of(Path).Errors)}");

        var blob = _directory.Write($"blobs/{name}", "all of it");
        Assert.Empty(TranscriptCheck.Of(Path).Errors);

        File.WriteAllText(blob, "all of it!");
        Assert.Contains("was edited", Assert.Single(TranscriptCheck.Of(Path).Errors).Message, StringComparison.Ordinal);

        Write([new ToolAnswered("t1", "bash", false, 0, 1, 9, true, "exit", "../../../etc/passwd")]);
        Assert.Contains(
            "no name of a blob",
            Assert.Single(TranscriptCheck.Of(Path).Errors).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void An_image_in_a_message_is_a_blob_too()
    {
        var name = Convert.ToHexStringLower(SHA256.HashData("pixels"u8));
        var image = new MediaBlock("image/png", "") { Blob = name };
        Write([new MessageAdded(Role.User, [new ToolResultBlock("t1", "An image.", false) { Media = [image] }], 1)]);

        Assert.Equal($"{Path}:1: blobs/{name} is not there", $"{Assert.Single(TranscriptCheck.Of(Path).Errors)}");
        _directory.Write($"blobs/{name}", "pixels");
        Assert.Empty(TranscriptCheck.Of(Path).Errors);
    }

    [Fact]
    public void A_type_of_a_newer_version_is_said_and_is_no_mistake()
    {
        Write(Sample[..1]);
        Edit(1, text => text.Replace("\"warning\"", "\"applause\"", StringComparison.Ordinal));

        var findings = TranscriptCheck.Of(Path);

        Assert.Empty(findings.Errors);
        Assert.Contains("`applause` is a type that this version does not know", findings.Notes);
    }

    [Fact]
    public void No_event_has_a_field_that_every_line_has_already()
    {
        var envelope = TranscriptSchema.Envelope()["properties"]!.AsObject().Select(property => property.Key);
        var events = TranscriptSchema.Event()["anyOf"]!
            .AsArray()
            .SelectMany(type => type!["properties"]!.AsObject().Select(property => property.Key));
        Assert.Empty(envelope.Intersect(events));
    }

    private static readonly RunEvent[] Sample =
    [
        new Warned("Look."),
        new ToolCalled("t1", "bash", JsonElement.Parse("{}"), 1),
        new MessageAdded(
            Role.Assistant,
            [new TextBlock("héllo"), new ToolUseBlock("t1", "bash", JsonElement.Parse("{}"))],
            1
        ),
        new Heartbeat("model", 60_000),
    ];

    public void Dispose() => _directory.Dispose();

    private void Edit(int line, Func<string, string> edit)
    {
        var lines = File.ReadAllLines(Path);
        var edited = edit(lines[line - 1]);
        Assert.NotEqual(lines[line - 1], edited);
        lines[line - 1] = edited;
        File.WriteAllLines(Path, lines);
    }

    private void Write(RunEvent[] events)
    {
        using var writer = new TranscriptWriter(
            File.Create(Path),
            "run",
            "task",
            new SecretMasker(),
            TimeProvider.System
        );
        foreach (var e in events)
            writer.On(e);
    }
}
