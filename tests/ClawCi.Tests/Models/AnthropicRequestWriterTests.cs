using System.Text;
using System.Text.Json;
using ClawCi.Messages;
using ClawCi.Models;
using ClawCi.Models.Anthropic;
using ClawCi.Models.Wire;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Tests.Models;

public sealed class AnthropicRequestWriterTests
{
    private const string Breakpoint = ""","cache_control":{"type":"ephemeral"}""";

    [Fact]
    public void The_first_request_carries_tools_system_and_prompt() =>
        Golden.Matches(Pretty(Samples.Request()), "json");

    [Fact]
    public void A_later_request_carries_every_kind_of_block()
    {
        var request = Samples.Request(turns: 1);
        Message[] messages =
        [
            .. request.Messages,
            new(
                Role.Assistant,
                [
                    new UnknownBlock(Samples.Json("""{"type":"redacted_thinking","data":"b64=="}""")),
                    new ToolUseBlock("toolu_a", "bash", ToolInput.Empty, MalformedInput: """{"command": "ec"""),
                    new ToolUseBlock("toolu_b", "read_file", Samples.Json("""{"path":"a.txt"}""")),
                ]
            ),
            new(
                Role.User,
                [
                    new ToolResultBlock("toolu_a", "The input is not valid JSON.", IsError: true),
                    new ToolResultBlock("toolu_b", "", IsError: false),
                ]
            ),
        ];
        Golden.Matches(Pretty(request with { Messages = messages }), "json");
    }

    [Fact]
    public void Tools_and_system_come_out_byte_for_byte_the_same_in_every_turn()
    {
        var heads = Enumerable.Range(0, 6).Select(turns => Head(Write(Samples.Request(turns)))).Distinct();
        Assert.Single(heads);
        static string Head(string body) => body[..body.IndexOf("\"messages\"", StringComparison.Ordinal)];
    }

    [Fact]
    public void Each_request_begins_with_the_whole_one_before_it()
    {
        for (var turns = 0; turns < 5; turns++)
        {
            var earlier = Write(Samples.Request(turns)).Replace(Breakpoint, "");
            var later = Write(Samples.Request(turns + 1)).Replace(Breakpoint, "");
            Assert.StartsWith(earlier[..^"]}".Length], later);
        }
    }

    [Fact]
    public void The_tail_is_marked_where_this_request_ends_and_where_the_one_before_it_ended()
    {
        using var body = JsonDocument.Parse(Write(Samples.Request(turns: 3)));
        var marked = body
            .RootElement.GetProperty("messages")
            .EnumerateArray()
            .Select(
                (message, index) => (index, last: message.GetProperty("content").EnumerateArray().Last().GetRawText())
            )
            .Where(message => message.last.Contains("cache_control"))
            .Select(message => message.index);
        Assert.Equal([4, 6], marked);
    }

    [Fact]
    public void There_are_never_more_than_the_four_breakpoints_that_the_provider_allows()
    {
        foreach (var turns in Enumerable.Range(0, 8))
            Assert.InRange(Write(Samples.Request(turns)).Split(Breakpoint).Length - 1, 3, 4);
    }

    [Fact]
    public void A_block_that_cannot_be_marked_leaves_the_mark_to_the_one_before_it()
    {
        var unknown = new UnknownBlock(Samples.Json("""{"type":"image","source":{}}"""));
        var request = Samples.Request() with { Messages = [new(Role.User, [new TextBlock("look"), unknown])] };
        Assert.Contains(
            "{\"type\":\"text\",\"text\":\"look\"" + Breakpoint + "},{\"type\":\"image\",\"source\":{}}",
            Write(request)
        );
    }

    [Fact]
    public void Without_tools_and_system_neither_is_sent()
    {
        var body = Write(new ModelRequest("", [], [Message.User("hi")], 10));
        Assert.DoesNotContain("\"tools\"", body);
        Assert.DoesNotContain("\"system\"", body);
    }

    [Fact]
    public void Half_a_surrogate_pair_does_not_stop_the_request()
    {
        var body = Write(Samples.Request() with { Messages = [Message.User("cut \ud83e here, 🦀 whole")] });
        using var json = JsonDocument.Parse(body);
        var text = json.RootElement.GetProperty("messages")[0].GetProperty("content")[0].GetProperty("text");
        Assert.Equal("cut \ufffd here, 🦀 whole", text.GetString());
    }

    private static string Write(ModelRequest request)
    {
        using var body = new AnthropicRequestWriter(
            Samples.ModelId,
            Thinking.Budget,
            MediaSupport.ImagesAndDocuments
        ).Write(request);
        return body.ReadAsStringAsync().Result;
    }

    private static string Pretty(ModelRequest request)
    {
        using var document = JsonDocument.Parse(Write(request));
        using var stream = new MemoryStream();
        using (
            var writer = new Utf8JsonWriter(
                stream,
                new()
                {
                    Indented = true,
                    Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
                }
            )
        )
            document.WriteTo(writer);
        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }
}
