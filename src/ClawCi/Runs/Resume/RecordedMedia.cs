using ClawCi.Events;
using ClawCi.Messages;
using ClawCi.Sessions;

namespace ClawCi.Runs.Resume;

/// <summary>Images and documents that a transcript names: a conversation that goes on sends them again.</summary>
internal static class RecordedMedia
{
    /// <returns>The lines, with the bytes of what they name.</returns>
    /// <exception cref="ResumeException">A file is not there.</exception>
    public static IReadOnlyList<TranscriptLine> In(IReadOnlyList<TranscriptLine> lines, TaskDirectory directory) =>
        [
            .. lines.Select(line =>
                line.Event is MessageAdded message && message.Content.Any(HasMedia)
                    ? line with
                    {
                        Event = message with
                        {
                            Content = [.. message.Content.Select(block => Loaded(block, directory))],
                        },
                    }
                    : line
            ),
        ];

    private static bool HasMedia(ContentBlock block) => block is ToolResultBlock { Media.Count: > 0 };

    private static ContentBlock Loaded(ContentBlock block, TaskDirectory directory) =>
        block is ToolResultBlock result
            ? result with
            {
                Media =
                [
                    .. result.Media.Select(media => media.Blob is { } name ? Read(media, name, directory) : media),
                ],
            }
            : block;

    private static MediaBlock Read(MediaBlock media, string name, TaskDirectory directory)
    {
        if (!name.All(char.IsAsciiHexDigitLower))
            throw new ResumeException($"{name} is no name of a blob.");
        try
        {
            return media with { Data = Convert.ToBase64String(File.ReadAllBytes(directory.Blob(name))) };
        }
        catch (IOException e)
        {
            throw new ResumeException($"what the model was shown is gone: {e.Message}");
        }
    }
}
