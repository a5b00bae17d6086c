using System.Text.Json;
using ClawCi.Events;
using ClawCi.Messages;
using ClawCi.Models;
using ClawCi.Models.Anthropic;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Tests.Models;

/// <summary>What a provider signed or encrypted goes back as it came, also through a transcript.</summary>
public sealed class ThinkingRoundTripTests
{
    private const string Redacted = """{"type":"redacted_thinking","data":"EmwKAhgB\u002b\/=="}""";
    private const string ServerTool =
        """{"type":"web_search_tool_result","tool_use_id":"srv_1","content":[{"type":"web_search_result","encrypted_content":"Eq=="}]}""";

    [Fact]
    public async Task Thinking_its_signature_redacted_thinking_and_server_tools_go_back_byte_for_byte()
    {
        var body = await SecondRequestAsync(message => message);
        Assert.Contains("""{"type":"thinking","thinking":"Let me see","signature":"EqQB+/=="}""", body);
        Assert.Contains(Redacted, body);
        Assert.Contains(ServerTool, body);
        Assert.Contains("""{"type":"server_tool_use","id":"srv_1","name":"web_search","input":{"query":"x"}}""", body);
    }

    [Fact]
    public async Task They_do_so_when_the_session_was_read_back_from_its_transcript()
    {
        var body = await SecondRequestAsync(Recorded);
        var messages = JsonElement.Parse(body).GetProperty("messages");
        Assert.True(
            JsonElement.DeepEquals(
                messages,
                JsonElement.Parse(await SecondRequestAsync(message => message)).GetProperty("messages")
            )
        );
    }

    [Fact]
    public void Images_and_documents_of_tool_results_are_recorded_and_read_back()
    {
        var result = new ToolResultBlock("t1", "2 pages", IsError: false)
        {
            Media = [new("image/png", "cGFnZQ=="), new("application/pdf", "cGRm")],
        };
        var read = Assert.IsType<ToolResultBlock>(Recorded(new(Role.User, [result])).Content.Single());
        Assert.Equal(("t1", "2 pages"), (read.ToolUseId, read.Text));
        Assert.Equal(result.Media, read.Media);
        var body = Write([Message.User("hi"), new(Role.User, [result])]);
        Assert.Contains(
            """{"type":"tool_result","tool_use_id":"t1","content":[{"type":"text","text":"2 pages"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"cGFnZQ=="}},{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"cGRm"}}]""",
            body
        );
    }

    private static async Task<string> SecondRequestAsync(Func<Message, Message> keep)
    {
        var reply = await Samples.ReplyOfAsync(
            ChaosAnswers.Stream(
                ProviderEvents.Start()
                    + ProviderEvents.Block(
                        0,
                        """{"type":"thinking","thinking":"","signature":""}""",
                        """{"type":"thinking_delta","thinking":"Let me "}""",
                        """{"type":"thinking_delta","thinking":"see"}""",
                        """{"type":"signature_delta","signature":"EqQB+/=="}"""
                    )
                    + ProviderEvents.Block(1, Redacted)
                    + ProviderEvents.Block(
                        2,
                        """{"type":"server_tool_use","id":"srv_1","name":"web_search","input":{}}""",
                        """{"type":"input_json_delta","partial_json":"{\"query\":\"x\"}"}"""
                    )
                    + ProviderEvents.Block(3, ServerTool)
                    + ProviderEvents.ToolUseBlock(4, "toolu_1", "bash", """{"command":"ls"}""")
                    + ProviderEvents.End("tool_use")
            )
        );
        return Write([
            Message.User("hi"),
            keep(reply.Message),
            new(Role.User, [new ToolResultBlock("toolu_1", "a", IsError: false)]),
        ]);
    }

    private static string Write(IReadOnlyList<Message> messages)
    {
        var request = Samples.Request() with { Messages = messages };
        using var body = new AnthropicRequestWriter(
            Samples.ModelId,
            Thinking.Budget,
            MediaSupport.ImagesAndDocuments
        ).Write(request);
        return body.ReadAsStringAsync().Result;
    }

    /// <summary>The message as a transcript holds it, read back.</summary>
    private static Message Recorded(Message message)
    {
        RunEvent added = new MessageAdded(message.Role, message.Content, Turn: 1);
        var line = JsonSerializer.Serialize(added, EventJson.Line.RunEvent);
        var read = (MessageAdded)JsonSerializer.Deserialize(line, EventJson.Line.RunEvent)!;
        return new(read.Role, read.Content);
    }
}
