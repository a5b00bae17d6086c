using Xunit;

namespace ClawCi.Tests.Mcp;

/// <summary>What is not as the protocol has it is the server's fault, and nobody else's trouble.</summary>
public sealed class LyingServerTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("""{"tools":null}""")]
    [InlineData("""{"tools":[null]}""")]
    [InlineData("""{"tools":[{"name":null}]}""")]
    [InlineData("""{"tools":7}""")]
    [InlineData("[]")]
    [InlineData("null")]
    public async Task A_list_of_tools_that_is_none_offers_none(string list)
    {
        await using var far = new HttpServerFixture(new McpHttpServer { Tools = list });
        await far.Server.StartAsync(Ct);
        Assert.Empty(far.Server.Tools);
    }

    [Fact]
    public async Task A_tool_with_a_schema_that_a_provider_would_refuse_is_left_out()
    {
        await using var far = new HttpServerFixture(
            new McpHttpServer
            {
                Tools = """
                {"tools":[{"name":"twice","inputSchema":{"type":"object","properties":{},"properties":{"a":{}}}},
                {"name":"deep-twice","inputSchema":{"type":"object","properties":{"a":{"type":"string","type":"number"}}}},
                {"name":"seven","inputSchema":{"type":"object","properties":7}},
                {"name":"list","inputSchema":{"type":"object","required":"a"}},
                {"name":"away","inputSchema":{"type":"object","properties":{"a":{"$ref":"https://elsewhere.example/s.json"}}}},
                {"name":"gone","inputSchema":{"type":"object","properties":{"a":{"$ref":"#/$defs/b"}}}},
                {"name":"well","inputSchema":{"$schema":"http://json-schema.org/draft-07/schema#","type":"object",
                  "properties":{"a":{"$ref":"#/$defs/b"},"n":{"type":["integer","null"],"minimum":1}},"required":["a"],"$defs":{"b":{"enum":["x"]}}}}]}
                """,
            }
        );
        await far.Server.StartAsync(Ct);
        Assert.Equal(["well"], far.Server.Tools.Select(tool => tool.Name.Tool));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("7")]
    [InlineData("{}")]
    [InlineData("""{"content":null}""")]
    [InlineData("""{"content":[null]}""")]
    [InlineData("""{"content":[{"type":"text"}]}""")]
    [InlineData("""{"content":[{"type":"text","text":"\ud800"}]}""")]
    [InlineData("""{"content":[{"type":"resource","resource":null}]}""")]
    [InlineData("""{"content":[{"type":"no-such-kind"}]}""")]
    [InlineData("""{"content":[{"type":"image","mimeType":"image/png","data":"!!!"}]}""")]
    [InlineData("""{"content":[{"type":"image","mimeType":"image/png","data":""}]}""")]
    [InlineData("""{"content":[{"type":"image","mimeType":"image/png","data":"bm8gaW1hZ2U="}]}""")]
    public async Task An_answer_that_is_none_costs_its_call_and_no_more(string answer)
    {
        await using var far = new HttpServerFixture(new McpHttpServer { Lie = answer });
        await far.Server.StartAsync(Ct);
        Assert.Empty((await far.CallAsync("lies")).Media);
        Assert.Equal("hello from afar", (await far.CallAsync("hello")).Text);
    }
}
