using ClawCi.Messages;

namespace ClawCi.Models.Wire;

/// <summary>What of a tool's answer a model is shown, and in its place a word where it cannot look at it.</summary>
internal static class ShownMedia
{
    public static ToolResultBlock Of(ToolResultBlock result, MediaSupport support)
    {
        if (result.Media.All(media => IsShown(media, support)))
            return result;
        var unseen = result
            .Media.Where(media => !IsShown(media, support))
            .Select(media =>
                media.Data.Length == 0
                    ? $"[{media.MediaType}: shown before, and no longer here]"
                    : $"[{media.MediaType}: this model cannot be shown it]"
            );
        return result with
        {
            Text = string.Join('\n', unseen.Prepend(result.Text)),
            Media = [.. result.Media.Where(media => IsShown(media, support))],
        };
    }

    private static bool IsShown(MediaBlock media, MediaSupport support) =>
        media.Data.Length > 0
        && (support is MediaSupport.ImagesAndDocuments || (support is MediaSupport.Images && media.IsImage));
}
