using System.Text;
using System.Text.Json;
using ClawCi.Events;
using ClawCi.Messages;
using ClawCi.Sessions;
using ClawCi.Sessions.Claude;
using ClawCi.Tests.Artifacts;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Tests.Sessions;

public sealed class ClaudeStreamTests
{
    [Fact]
    public void A_run_is_told_in_the_lines_of_claude() => Golden.Matches(Convert(SampleRun.Transcript()));

    [Fact]
    public void Lines_of_several_tasks_may_come_mixed()
    {
        var one = Lines(SampleRun.Transcript());
        var other = Lines(
            Encoding.UTF8.GetBytes(
                Encoding
                    .UTF8.GetString(SampleRun.Transcript())
                    .Replace($"\"task_id\":\"{SampleRun.TaskId}\"", "\"task_id\":\"other\"", StringComparison.Ordinal)
            )
        );
        var mixed = new StringBuilder();
        var stream = new ClaudeStream(line => mixed.Append(Encoding.UTF8.GetString(line)));
        foreach (var (a, b) in one.Zip(other))
        {
            stream.Add(Encoding.UTF8.GetBytes(a));
            stream.Add(Encoding.UTF8.GetBytes(b));
        }

        var told = $"{mixed}".Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var results = told.Where(line => line.StartsWith("""{"type":"result""", StringComparison.Ordinal))
            .Select(line => JsonElement.Parse(line));
        Assert.Equal([0, 1], results.Select(result => result.GetProperty("result_index").GetInt32()));
        Assert.Equal(
            told.Length,
            told.Select(line => JsonElement.Parse(line).GetProperty("uuid").GetString()).Distinct().Count()
        );
    }

    [Fact]
    public void What_the_model_wrote_instead_of_an_object_and_prices_nobody_knows_still_make_their_types()
    {
        using var file = new MemoryStream();
        using var writer = new TranscriptWriter(file, "run", "task", new SecretMasker(), TimeProvider.System);
        var use = new ToolUseBlock("t1", "bash", JsonElement.Parse("{}"), "{broken");
        writer.On(new MessageAdded(Role.Assistant, [use], 1));
        var end = TranscriptReader.Parse(Encoding.UTF8.GetBytes(Lines(SampleRun.Transcript())[^1].TrimEnd())).Event;
        writer.On(
            ((TaskEnded)end!) with
            {
                Subtype = "error_during_execution",
                IsError = true,
                TotalCostUsd = null,
                ModelUsage = new Dictionary<string, ModelUsage> { ["m"] = new(1, 2, 3, 4, null) },
                PermissionDenials = [new("bash", "t1", JsonElement.Parse("\"{broken\""), null, "No.")],
            }
        );

        var lines = Convert(file.ToArray()).Split('\n');
        var block = JsonElement.Parse(lines[0]).GetProperty("message").GetProperty("content")[0];
        var result = JsonElement.Parse(lines[1]);

        Assert.Equal("""{"type":"tool_use","id":"t1","name":"bash","input":{}}""", block.GetRawText());
        Assert.Equal(0, result.GetProperty("total_cost_usd").GetDecimal());
        Assert.Equal("unknown", result.GetProperty("modelUsage").GetProperty("m").GetProperty("costBasis").GetString());
        Assert.Equal("{}", result.GetProperty("permission_denials")[0].GetProperty("tool_input").GetRawText());
        Assert.Equal(JsonValueKind.Array, result.GetProperty("errors").ValueKind);
        Assert.False(result.TryGetProperty("result", out _));
    }

    [Fact]
    public void Compactions_and_named_images_are_told_in_words_that_consumers_know()
    {
        using var file = new MemoryStream();
        using var writer = new TranscriptWriter(file, "run", "task", new SecretMasker(), TimeProvider.System);
        var image = new MediaBlock("image/png", "") { Blob = "0123" };
        writer.On(new MessageAdded(Role.User, [new ToolResultBlock("t1", "Seen.", false) { Media = [image] }], 1));
        writer.On(new Compacted(Compacted.Threshold, 150_000, 20_000, [], null, null, null, 3_000));

        var lines = Convert(file.ToArray()).Split('\n');

        Assert.Equal(
            """{"type":"tool_result","tool_use_id":"t1","content":"Seen.\n[image/png: blobs/0123]"}""",
            JsonElement.Parse(lines[0]).GetProperty("message").GetProperty("content")[0].GetRawText()
        );
        Assert.StartsWith(
            """{"type":"system","subtype":"compact_boundary","compact_metadata":{"trigger":"auto","pre_tokens":150000,"post_tokens":20000,"duration_ms":3000},""",
            lines[1],
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_run_reads_as_text_from_top_to_bottom()
    {
        var lines = Lines(SampleRun.Transcript())
            .Select(line => TranscriptReader.Parse(Encoding.UTF8.GetBytes(line.TrimEnd())));
        Golden.Matches(string.Concat(ClawCi.Artifacts.TranscriptText.Of(lines).Select(line => line + "\n")));
    }

    private static string Convert(byte[] transcript)
    {
        var text = new StringBuilder();
        var stream = new ClaudeStream(line => text.Append(Encoding.UTF8.GetString(line)));
        foreach (var line in Lines(transcript))
            stream.Add(Encoding.UTF8.GetBytes(line));
        return $"{text}";
    }

    /// <summary>With their line feeds.</summary>
    private static string[] Lines(byte[] transcript) =>
        [.. Encoding.UTF8.GetString(transcript).TrimEnd('\n').Split('\n').Select(line => line + "\n")];
}
