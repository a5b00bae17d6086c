using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Cli.Tests.BadDays;

/// <summary>A model that looks at a file which is an image.</summary>
public sealed class ImageReadingTests
{
    [Fact]
    public async Task An_image_of_the_workspace_reaches_the_model_as_one_and_the_transcript_by_its_name()
    {
        byte[] png = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 1, 2, 3];
        using var day = new BadDay().Task("expect-changes: false");
        await File.WriteAllBytesAsync(day.At("a.png"), png, TestContext.Current.CancellationToken);
        await using var server = new ChaosServer(
            ChaosAnswers.Stream(ProviderEvents.ToolUse("toolu_1", "read_file", """{"path":"a.png"}""")),
            ChaosAnswers.Stream(ProviderEvents.Text("I saw it."))
        );
        day.Environment["ANTHROPIC_BASE_URL"] = server.Url.ToString();
        day.Environment["ANTHROPIC_API_KEY"] = "sk-test";
        await (await day.RunAsync("--model=anthropic/claude-sonnet-4-5")).IsAsync(0, "success");

        var data = Convert.ToBase64String(png);
        Assert.Contains(
            $$$"""{"type":"image","source":{"type":"base64","media_type":"image/png","data":"{{{data}}}"}}""",
            server.Requests[1].Body,
            StringComparison.Ordinal
        );
        var blob = Assert.Single(Directory.GetFiles(Path.Combine(day.TaskDirectory, "blobs")));
        Assert.Equal(png, await File.ReadAllBytesAsync(blob, TestContext.Current.CancellationToken));
        var transcript = await File.ReadAllTextAsync(day.Transcript, TestContext.Current.CancellationToken);
        Assert.DoesNotContain(data, transcript, StringComparison.Ordinal);
        Assert.Contains(
            $$"""{"type":"blob","media_type":"image/png","blob":"{{Path.GetFileName(blob)}}"}""",
            transcript,
            StringComparison.Ordinal
        );
    }
}
