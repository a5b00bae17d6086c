using System.Text;
using System.Text.Json;
using ClawCi.Messages;
using ClawCi.Models;
using ClawCi.Models.OpenAi;
using ClawCi.Models.Wire;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Tests.Models;

/// <summary>The bodies of requests to OpenAI's APIs.</summary>
public sealed class OpenAiRequestTests
{
    [Fact]
    public void A_responses_request_carries_every_kind_of_block() =>
        Golden.Matches(Pretty(Responses().Write(Every)), "json");

    [Fact]
    public void A_chat_request_carries_every_kind_of_block() =>
        Golden.Matches(
            Pretty(
                new ChatRequestWriter(
                    "qwen3",
                    Thinking.Adaptive,
                    MediaSupport.ImagesAndDocuments,
                    isOpenAis: false
                ).Write(Every)
            ),
            "json"
        );

    [Theory]
    [InlineData(MediaSupport.None, "[image/png: this model cannot be shown it]", "cGFnZQ==")]
    [InlineData(MediaSupport.Images, "[application/pdf: this model cannot be shown it]", "cGRm")]
    internal void What_a_model_cannot_look_at_is_a_word_in_its_place(MediaSupport support, string word, string unseen)
    {
        foreach (
            var body in new[]
            {
                new ResponsesRequestWriter("gpt-4", Thinking.None, support).Write(Every),
                new ChatRequestWriter("qwen3", Thinking.None, support, isOpenAis: false).Write(Every),
                new ClawCi.Models.Anthropic.AnthropicRequestWriter("m", Thinking.None, support).Write(Every),
            }
        )
        {
            var text = Read(body);
            Assert.Contains(word, text);
            Assert.DoesNotContain(unseen, text);
            Assert.Equal(support is MediaSupport.Images, text.Contains("cGFnZQ=="));
        }
    }

    [Fact]
    public void Reasoning_goes_back_byte_for_byte()
    {
        const string raw = """{"type":"reasoning","id":"rs_1","summary":[ ],"encrypted_content":"gAAA\u002b=="}""";
        Assert.Contains(raw, Read(Responses().Write(With(new UnknownBlock(Samples.Json(raw))))));
    }

    [Fact]
    public void The_reasoning_of_another_model_is_not_sent()
    {
        var request = With(
            new UnknownBlock(Samples.Json("""{"type":"reasoning","encrypted_content":"secret"}""")),
            new ThinkingBlock("secret", "sig")
        );
        foreach (
            var body in new[]
            {
                Responses().Write(request with { Foreign = 2 }),
                new ChatRequestWriter("m", Thinking.None, MediaSupport.ImagesAndDocuments, isOpenAis: true).Write(
                    request with
                    {
                        Foreign = 2,
                    }
                ),
                new ClawCi.Models.Anthropic.AnthropicRequestWriter(
                    "m",
                    Thinking.None,
                    MediaSupport.ImagesAndDocuments
                ).Write(request with { Foreign = 2 }),
            }
        )
            Assert.DoesNotContain("secret", Read(body));
    }

    [Fact]
    public void Only_a_model_that_reasons_is_asked_for_its_reasoning()
    {
        Assert.Contains("\"include\":[\"reasoning.encrypted_content\"]", Read(Responses().Write(Samples.Request())));
        var plain = Read(
            new ResponsesRequestWriter("gpt-4.1", Thinking.None, MediaSupport.ImagesAndDocuments).Write(Every)
        );
        Assert.DoesNotContain("\"include\"", plain);
        Assert.DoesNotContain("\"reasoning\":{", plain);
    }

    [Fact]
    public void The_cap_on_a_reply_is_spelled_as_the_server_knows_it()
    {
        Assert.Contains("\"max_completion_tokens\":4096", Chat("https://api.openai.com/v1"));
        Assert.Contains("\"max_completion_tokens\":4096", Chat("https://x.openai.azure.com/openai/v1"));
        Assert.Contains("\"max_tokens\":4096", Chat("http://localhost:11434/v1"));

        static string Chat(string url)
        {
            var endpoint = new ModelEndpoint(new Uri(url), null, null, Samples.Patient);
            return Read(
                new ChatApi("m", Thinking.None, MediaSupport.ImagesAndDocuments, endpoint).Write(Samples.Request())
            );
        }
    }

    /// <summary>Two turns with everything that a message may hold.</summary>
    private static ModelRequest Every =>
        Samples.Request() with
        {
            Effort = Effort.Low,
            Messages =
            [
                new(Role.User, [new TextBlock("Look."), new MediaBlock("image/png", "aW1n")]),
                new(
                    Role.Assistant,
                    [
                        new UnknownBlock(
                            Samples.Json("""{"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"gAAA"}""")
                        ),
                        new ThinkingBlock("Hm.", ""),
                        new TextBlock("I run it."),
                        new ToolUseBlock("call_1", "bash", Samples.Json("""{"command":"ls"}""")),
                        new ToolUseBlock("call_2", "bash", ToolInput.Empty, MalformedInput: "{\"comm"),
                        new ToolUseBlock("call_3", "read_file", Samples.Json("""{"path":"a.pdf"}""")),
                    ]
                ),
                new(
                    Role.User,
                    [
                        new ToolResultBlock("call_1", "", IsError: false),
                        new ToolResultBlock("call_2", "The input is not valid JSON.", IsError: true),
                        new ToolResultBlock("call_3", "2 pages", IsError: false)
                        {
                            Media = [new("image/png", "cGFnZQ=="), new("application/pdf", "cGRm")],
                        },
                        new TextBlock("Go on. \ud83e"),
                    ]
                ),
            ],
        };

    private static ResponsesRequestWriter Responses() =>
        new("gpt-5", Thinking.Adaptive, MediaSupport.ImagesAndDocuments);

    private static ModelRequest With(params ContentBlock[] reply) =>
        Samples.Request() with
        {
            Messages =
            [
                Message.User("hi"),
                new(Role.Assistant, [.. reply, new TextBlock("ok")]),
                Message.User("go on"),
            ],
        };

    private static string Read(HttpContent body)
    {
        using (body)
            return body.ReadAsStringAsync().Result;
    }

    private static string Pretty(HttpContent body)
    {
        using var document = JsonDocument.Parse(Read(body));
        using var stream = new MemoryStream();
        var encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        using (var writer = new Utf8JsonWriter(stream, new() { Indented = true, Encoder = encoder }))
            document.WriteTo(writer);
        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }
}
