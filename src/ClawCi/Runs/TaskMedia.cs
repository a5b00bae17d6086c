using ClawCi.Messages;
using ClawCi.Sandboxes;
using ClawCi.Tools;

namespace ClawCi.Runs;

/// <summary>
/// The images and documents that tools show to the model. Each is kept as a file of its own, which the transcript names, and
/// goes with every request from then on: so there is a bound on all of them together.
/// </summary>
internal sealed class TaskMedia(OutputBlobs blobs)
{
    /// <summary>From the next one on providers take smaller images only, and refuse the request otherwise.</summary>
    private const int Most = 20;

    /// <summary>A third more in base64; a request may have thirty-two megabytes.</summary>
    private const int MostBytes = 16_000_000;

    /// <summary>Where they are kept, with the outputs that were cut.</summary>
    public OutputBlobs Blobs => blobs;

    private int _count;
    private int _bytes;

    /// <returns>What is shown, and the answer's text, with a word about what is not.</returns>
    public (string Text, IReadOnlyList<MediaBlock> Shown) Of(SandboxAnswer answer) =>
        Of(answer.Text, answer.Media.Select(media => (media.Type, media.Bytes)));

    /// <summary>The same of what an MCP server answered.</summary>
    public ToolOutput Keep(ToolOutput output)
    {
        if (output.Media.Count == 0)
            return output;
        var decoded = output
            .Media.Select(media => (media.MediaType, Bytes: new byte[media.Data.Length], media.Data))
            .Where(media => Convert.TryFromBase64String(media.Data, media.Bytes, out _))
            .Select(media => (media.MediaType, Convert.FromBase64String(media.Data)));
        var (text, shown) = Of(output.Text, decoded);
        return output with { Text = text, Media = shown };
    }

    private (string Text, IReadOnlyList<MediaBlock> Shown) Of(string text, IEnumerable<(string, byte[])> media)
    {
        List<MediaBlock> shown = [];
        // Subagents ask at the same time.
        lock (blobs)
            foreach (var (type, bytes) in media)
            {
                if (_count == Most || _bytes + bytes.Length > MostBytes)
                {
                    text +=
                        $"\n[{type}: not shown; in all {Most} images and documents can be, of {MostBytes / 1_000_000} MB]";
                }
                else if (blobs.KeepWhole(bytes) is { } name)
                {
                    (_count, _bytes) = (_count + 1, _bytes + bytes.Length);
                    shown.Add(new MediaBlock(type, Convert.ToBase64String(bytes)) { Blob = name });
                }
                else
                {
                    text += $"\n[{type}: not shown; it holds a secret, or could not be kept]";
                }
            }
        return (text, shown);
    }
}
