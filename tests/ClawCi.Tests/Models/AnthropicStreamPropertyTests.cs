using System.Text;
using ClawCi.Auth;
using ClawCi.Models;
using ClawCi.Models.Anthropic;
using ClawCi.Models.Wire;
using ClawCi.TestSupport;
using CsCheck;
using Xunit;
using static ClawCi.TestSupport.ProviderEvents;

namespace ClawCi.Tests.Models;

/// <summary>What must hold for the bytes of every reply, however a network hands them on.</summary>
public sealed class AnthropicStreamPropertyTests
{
    private static readonly string Events =
        Ping
        + Start()
        + Block(
            0,
            """{"type":"thinking","thinking":"","signature":""}""",
            """{"type":"thinking_delta","thinking":"hmm 🦀"}""",
            """{"type":"signature_delta","signature":"c2ln"}"""
        )
        + Block(1, """{"type":"text","text":""}""", """{"type":"text_delta","text":"Grüße, 世界 🦀"}""")
        + ToolUseBlock(2, "toolu_1", "bash", """{"command":"printf 'ü🦀'"}""")
        + End("tool_use");

    [Theory]
    [InlineData("\n", 1)]
    [InlineData("\r\n", 1)]
    [InlineData("\r\n", 7)]
    [InlineData("\r", 3)]
    public async Task One_byte_at_a_time_over_a_socket_gives_the_same_reply(string lineEnd, int pieceBytes)
    {
        var answer = ChaosAnswers.Stream(Events.Replace("\n", lineEnd), pieceBytes);
        AssertWhole(await Samples.ReplyOfAsync(answer));
    }

    [Fact]
    public async Task Line_ends_may_be_mixed()
    {
        var lines = Events.Split('\n');
        var mixed = string.Concat(lines.Select((line, i) => line + (i % 3 == 0 ? "\r\n" : "\n")));
        AssertWhole(await Samples.ReplyOfAsync(ChaosAnswers.Stream(mixed, 11)));
    }

    [Fact]
    public async Task Any_chunking_of_the_bytes_gives_the_same_reply()
    {
        var bytes = Encoding.UTF8.GetBytes(Events);
        await Gen.Int[1, 60]
            .Array[1, 40]
            .SampleAsync(async sizes => AssertWhole(await ReadAsync(bytes, sizes)), iter: 300);
    }

    [Fact]
    public async Task Any_truncation_is_an_interruption()
    {
        var bytes = Encoding.UTF8.GetBytes(Events);
        await Gen.Int[0, bytes.Length - 1]
            .SampleAsync(
                async length =>
                {
                    var failure = await Assert.ThrowsAsync<ModelException>(() => ReadAsync(bytes[..length], [17]));
                    Assert.Equal(ModelFailure.Interrupted, failure.Failure);
                },
                iter: 600
            );
    }

    [Fact]
    public async Task Any_corruption_of_a_byte_is_a_reply_or_a_failure_and_nothing_else()
    {
        var bytes = Encoding.UTF8.GetBytes(Events);
        await Gen.Select(Gen.Int[0, bytes.Length - 1], Gen.Byte)
            .SampleAsync(
                async (at, value) =>
                {
                    var corrupt = bytes.ToArray();
                    corrupt[at] = value;
                    try
                    {
                        Assert.NotEmpty((await ReadAsync(corrupt, [23])).Message.Content);
                    }
                    catch (ModelException) { }
                },
                iter: 2000
            );
    }

    private static void AssertWhole(ModelReply reply)
    {
        Assert.Equal(3, reply.Message.Content.Count);
        Assert.Equal("Grüße, 世界 🦀", reply.Message.Text);
        Assert.Equal("printf 'ü🦀'", reply.Message.ToolUses.Single().Input.GetProperty("command").GetString());
        Assert.Equal("tool_use", reply.StopReason);
    }

    /// <summary>Reads the bytes in pieces of the given sizes, over and over, below the real client.</summary>
    private static async Task<ModelReply> ReadAsync(byte[] bytes, int[] sizes)
    {
        var endpoint = new ModelEndpoint(new Uri("http://test"), new ApiKey("k"), null, Samples.Patient);
        using var client = new ModelClient(
            Samples.Api,
            endpoint,
            TimeProvider.System,
            new PiecewiseHandler(bytes, sizes)
        );
        return await client.SendAsync(Samples.Request(), CancellationToken.None);
    }
}
