using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace ClawCi.ToolServer.Tests.Tools;

public sealed class ToolCatalogTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    private static readonly JsonSerializerOptions Layout = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The engine embeds the file, because it asks the model before the container is up.</summary>
    [Fact]
    public async Task The_committed_definitions_are_what_the_server_lists()
    {
        await using var server = await Server.StartAsync(Ct);
        var tools = await server.Client.ListToolsAsync(cancellationToken: Ct);
        var listed = new JsonArray([
            .. tools.Select(t => new JsonObject
            {
                ["name"] = t.Name,
                ["description"] = t.Description,
                ["inputSchema"] = JsonNode.Parse(t.JsonSchema.GetRawText()),
            }),
        ]);
        Matches(listed.ToJsonString(Layout) + "\n");
    }

    [Theory]
    [InlineData(
        """{"command":"true","cwd":"/"}""",
        "There is no input \"cwd\". bash takes command (string), timeout_seconds (integer, optional), run_in_background (boolean, optional)."
    )]
    [InlineData("""{"timeout_seconds":3}""", "The input \"command\" is missing.")]
    [InlineData(
        """{"command":"true","timeout_seconds":"long"}""",
        "The input \"timeout_seconds\" must be integer, not \"long\"."
    )]
    [InlineData("""{"command":null}""", "The input \"command\" must be string, not null.")]
    [InlineData("""{"command":["true"]}""", "The input \"command\" must be string, not [\"true\"].")]
    public async Task An_input_that_does_not_fit_is_answered_with_what_does(string input, string answer)
    {
        await using var server = await Server.StartAsync(Ct);
        var arguments = JsonNode.Parse(input)!.AsObject().ToDictionary(p => p.Key, p => (object?)p.Value);
        var result = new Answer(await server.Client.CallToolAsync("bash", arguments, cancellationToken: Ct));
        Assert.True(result.IsError);
        Assert.StartsWith(answer, result.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_word_is_answered_with_the_right_ones()
    {
        await using var server = await Server.StartAsync(Ct);
        var answer = await server.CallAsync("grep_search", Ct, ("pattern", "a"), ("output_mode", "lines"));
        Assert.Contains(
            "must be one of content files_with_matches count, not \"lines\"",
            answer.Text,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task An_unknown_tool_is_answered_with_the_known_ones()
    {
        await using var server = await Server.StartAsync(Ct);
        var answer = await server.CallAsync("python", Ct);
        Assert.True(answer.IsError);
        Assert.Equal(
            "There is no tool python. There are bash, bash_output, bash_kill, read_file, write_file, edit_file, glob_search, grep_search.",
            answer.Text
        );
    }

    private static void Matches(string actual, [CallerFilePath] string file = "")
    {
        var path = Path.Combine(Path.GetDirectoryName(file)!, "../../../src/Shared/tools.json");
        if (
            Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1"
            && Environment.GetEnvironmentVariable("CI") is null or ""
        )
            File.WriteAllText(path, actual);
        Assert.Equal(File.ReadAllText(path), actual);
    }
}
