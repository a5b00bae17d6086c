using ClawCi.Permissions;

namespace ClawCi.Runs.Planning;

/// <summary>Which images the policies let tasks use.</summary>
internal static class ImageCeiling
{
    /// <exception cref="UserErrorException">A policy lists images and this is none of them.</exception>
    public static void Check(TaskSource task, IReadOnlyList<Policy> policies, Origins origins)
    {
        var image = task.File.Sandbox.Image;
        foreach (var policy in policies)
        {
            if (policy.Document.Value.Images is not { } images)
                continue;
            var source = policy.Document.SourceOf("images");
            if (!new PathPattern(images).Matches(image))
            {
                var place = task.Document.PlaceOf("sandbox", "image");
                throw new UserErrorException([
                    new(
                        task.Document.File.Name,
                        place.Line,
                        place.Column,
                        $"the image `{image}` is not allowed by {source}: {string.Join(", ", images)}"
                    ),
                ]);
            }
            origins.Add("sandbox.images", string.Join(", ", images), source);
        }
    }
}
