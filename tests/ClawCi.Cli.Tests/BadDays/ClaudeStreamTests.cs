using System.Diagnostics;
using System.Text.Json;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Cli.Tests.BadDays;

/// <summary>
/// <c>--stream-format claude</c> against the types that its consumers are written with, as npm has them: our lines are
/// compiled as values of these types, and read by a program that knows nothing else.
/// </summary>
public sealed class ClaudeStreamTests
{
    private static readonly string Sources = Path.Combine(ClawCiProgram.Root, "tests/ClawCi.Cli.Tests/ClaudeStream");
    private static readonly string Packages = Path.Combine(ClawCiProgram.Root, "artifacts/claude-stream/node_modules");

    [Fact]
    public async Task A_stream_in_the_format_of_claude_compiles_as_its_published_types_and_is_read_by_them()
    {
        using var day = Day();
        var ending = await day.RunAsync("--output-format=stream-json", "--stream-format=claude");
        await ending.IsAsync(10, "task-failed", "check-failed");

        var read = await ReadAsTypeScriptAsync(ending.End.Output, await ConvertAsync(SampleRun));

        Assert.Equal(2, Strings(read, "toolUses").Length);
        Assert.Equal(Strings(read, "toolUses"), Strings(read, "toolResults"));
        Assert.Equal(Strings(read, "toolUses")[1..], Strings(read, "denied"));
        Assert.Equal(1, read.GetProperty("retries").GetInt32());
        Assert.Equal(1, read.GetProperty("synthetic").GetInt32());
        Assert.Equal(["Looking.", "Done.", "Still red."], Strings(read, "texts"));
        Assert.Equal(read.GetProperty("lines").GetInt32(), Strings(read, "uuids").Length);
        var result = Assert.Single(read.GetProperty("results").EnumerateArray());
        Assert.Equal("task-failed", result.GetProperty("outcome").GetString());
        Assert.Equal(ending.Result.GetProperty("message").GetString(), result.GetProperty("text").GetString());
        Assert.Equal(ending.Result.GetProperty("session_id").GetString(), Assert.Single(Strings(read, "sessions")));
        Assert.Equal(ending.Result.GetProperty("num_turns").GetInt32(), result.GetProperty("turns").GetInt32());
        Assert.Equal(ending.End.Output, await ConvertAsync(day.Transcript));
    }

    private static string SampleRun { get; } =
        Path.Combine(ClawCiProgram.Root, "tests/Fixtures/sample-run/tasks/fix-invoice-totals/transcript.jsonl");

    /// <summary>A retry, a denial, a round of red checks.</summary>
    private static BadDay Day() =>
        new BadDay()
            .Task("verify: { rounds: 2, checks: [{ id: red, run: exit 1 }] }")
            .Policy("rules: [{ id: no-push, deny: bash, command: [git, push] }]\n")
            .Script(
                "status: 529",
                $"text: Looking., {BadDay.Bash("echo two >> a.txt")}",
                BadDay.Bash("git push"),
                "text: Done.",
                "text: Still red."
            );

    private static async Task<string> ConvertAsync(string transcript)
    {
        var end = await ClawCiProgram.RunAsync("/", ["transcript", "convert", transcript, "--to=claude"]);
        Assert.True(end.ExitCode == 0, end.Error);
        return end.Output;
    }

    /// <returns>What the consumer made of the first.</returns>
    private static async Task<JsonElement> ReadAsTypeScriptAsync(params string[] streams)
    {
        Assert.True(Directory.Exists(Packages), $"{Packages} is not there: run eng/setup --tests");
        using var directory = new TempDirectory();
        foreach (var file in new[] { "consumer.ts", "tsconfig.json", "package.json" })
            File.Copy(Path.Combine(Sources, file), directory[file]);
        Directory.CreateSymbolicLink(directory["node_modules"], Packages);
        // A JSON value is a TypeScript expression: each line is held against its type, as if somebody had written it.
        directory.Write(
            "streams.ts",
            "import type { Line } from \"./consumer.js\";\nexport const lines: Line[] = [\n"
                + string.Concat(streams.Select(stream => stream.Replace("\n", ",\n", StringComparison.Ordinal)))
                + "];\n"
        );
        await NodeAsync(directory, "node_modules/typescript/bin/tsc", "--project", ".");
        return JsonElement.Parse(
            await NodeAsync(directory, "compiled/consumer.js", directory.Write("stream.jsonl", streams[0]))
        );
    }

    private static async Task<string> NodeAsync(TempDirectory directory, params string[] arguments)
    {
        using var node = Process.Start(
            new ProcessStartInfo("node", arguments)
            {
                WorkingDirectory = directory.Path,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var end = await ClawCiProgram.EndAsync(node);
        Assert.True(end.ExitCode == 0, $"{arguments[0]}: exit {end.ExitCode}\n{end.Output}{end.Error}");
        return end.Output;
    }

    private static string[] Strings(JsonElement element, string name) =>
        [.. element.GetProperty(name).EnumerateArray().Select(item => item.GetString()!)];
}
