using System.Text;
using System.Text.Json;
using ClawCi.Events;
using ClawCi.Messages;
using ClawCi.Models;
using ClawCi.Models.Wire;
using ClawCi.Runs;
using ClawCi.Sandboxes;
using ClawCi.Sandboxes.Docker;
using ClawCi.Sessions;
using ClawCi.TestSupport;
using ModelContextProtocol.Protocol;
using Xunit;

namespace ClawCi.Tests.Runs;

/// <summary>Images from the container: hostile, kept beside the transcript, bounded.</summary>
public sealed class TaskMediaTests : IDisposable
{
    private static readonly byte[] Png = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];
    private readonly TempDirectory _directory = new();
    private readonly SecretMasker _masker = new();
    private readonly TaskMedia _media;

    public TaskMediaTests() =>
        _media = new(new OutputBlobs(new TaskDirectory(_directory.Path, "t"), _masker, new RecordingObserver()));

    [Fact]
    public void An_image_is_shown_whole_and_recorded_by_the_name_of_its_file()
    {
        var (text, shown) = _media.Of(Answer([.. Png, 1]));
        var image = Assert.Single(shown);
        Assert.Equal("a.png", text);
        Assert.Equal([.. Png, 1], Convert.FromBase64String(image.Data));
        Assert.Equal([.. Png, 1], File.ReadAllBytes(_directory[$"tasks/t/blobs/{image.Blob}"]));

        var result = new ToolResultBlock("1", text, IsError: false) { Media = shown };
        var line = JsonSerializer.Serialize(result, EventJson.Line.ContentBlock);
        Assert.DoesNotContain(image.Data, line, StringComparison.Ordinal);
        var back = Assert.IsType<ToolResultBlock>(JsonSerializer.Deserialize(line, EventJson.Line.ContentBlock));
        Assert.Equal(new MediaBlock("image/png", "") { Blob = image.Blob }, Assert.Single(back.Media));
        Assert.Equal(
            "a.png\n[image/png: shown before, and no longer here]",
            ShownMedia.Of(back, MediaSupport.ImagesAndDocuments).Text
        );
    }

    [Fact]
    public void Twenty_are_the_most_and_what_holds_a_secret_is_none()
    {
        const string Secret = "canary-5b1e9fa0c7d24e";
        _masker.Add(Secret, "test");
        Assert.Empty(_media.Of(Answer([.. Png, .. Encoding.UTF8.GetBytes(Secret)])).Shown);
        Assert.False(Directory.Exists(_directory["tasks/t/blobs"]));
        for (byte i = 0; i < 20; i++)
            Assert.Single(_media.Of(Answer([.. Png, i])).Shown);
        var (text, shown) = _media.Of(Answer([.. Png, 20]));
        Assert.Empty(shown);
        Assert.Contains("[image/png: not shown; in all 20 images", text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_container_calls_an_image_is_believed_by_its_first_bytes_alone()
    {
        var answer = SandboxAnswers.From(
            new CallToolResult
            {
                Content =
                [
                    new TextContentBlock { Text = "three" },
                    ImageContentBlock.FromBytes(Encoding.UTF8.GetBytes("<script>"), "image/png"),
                    ImageContentBlock.FromBytes(Png, "text/html"),
                    new ImageContentBlock { Data = Encoding.UTF8.GetBytes("no base64!"), MimeType = "image/png" },
                    ImageContentBlock.FromBytes((byte[])[.. Png, .. new byte[3_750_000]], "image/png"),
                ],
            }
        );
        var (type, bytes) = Assert.Single(answer.Media);
        Assert.Equal("image/png", type);
        Assert.Equal(Png, bytes);
    }

    private static SandboxAnswer Answer(byte[] image) =>
        new("a.png", IsError: false, null, TimedOut: false, 0, Truncated: false) { Media = [("image/png", image)] };

    public void Dispose() => _directory.Dispose();
}
