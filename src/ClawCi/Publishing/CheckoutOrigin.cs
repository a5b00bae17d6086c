using ClawCi.Configuration;
using ClawCi.Sandboxes.Workspaces;

namespace ClawCi.Publishing;

/// <summary>Where a checkout of this machine came from, read from its repository's configuration; git is not asked.</summary>
/// <param name="Url">The remote <c>origin</c>, without user and password.</param>
/// <param name="Directory">Where the workspace lies in the repository; empty for its root.</param>
internal sealed record CheckoutOrigin(string? Url, string Directory)
{
    /// <returns>Null when there is no such directory here, or it is in no repository.</returns>
    public static CheckoutOrigin? Read(string workspace) =>
        System.IO.Directory.Exists(workspace) && BaseCommit.RootOf(workspace) is { } root
            ? new(Origin(root), root == Path.GetFullPath(workspace) ? "" : Path.GetRelativePath(root, workspace))
            : null;

    private static string? Origin(string root)
    {
        try
        {
            // The objects lie beside the configuration, also for a linked work tree.
            if (BaseCommit.ObjectsOf(root) is not { } objects)
                return null;
            var config = Path.Combine(Path.GetDirectoryName(objects)!, "config");
            if (new FileInfo(config).Length > SourceFile.MaxBytes)
                return null;
            return
                GitConfigReader
                    .Read(File.ReadAllText(config))
                    .LastOrDefault(entry => entry is { Section: "remote", Subsection: "origin", Key: "url" })
                    ?.Value
                    is { } url
                ? WithoutUser(url)
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string WithoutUser(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme is "https" or "http"
            ? new UriBuilder(address) { UserName = "", Password = "" }
                .Uri
                .AbsoluteUri
            : url;
}
