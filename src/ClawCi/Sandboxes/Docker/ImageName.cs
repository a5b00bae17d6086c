namespace ClawCi.Sandboxes.Docker;

/// <summary>A name as the pull call wants it: without the tag, and the tag or digest apart. Without either it would fetch every tag.</summary>
internal sealed record ImageName(string Repository, string Tag)
{
    /// <summary>What Docker Hub's logins are kept under.</summary>
    private const string Hub = "https://index.docker.io/v1/";

    /// <summary>Key of the registry's login. The first part is a host when it looks like one, as Docker decides it.</summary>
    public string Registry =>
        Repository.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash
        && Repository[..slash] is var first
        && (
            first.Contains('.', StringComparison.Ordinal)
            || first.Contains(':', StringComparison.Ordinal)
            || first == "localhost"
        )
        && first is not ("docker.io" or "index.docker.io")
            ? first
            : Hub;

    public static ImageName Parse(string name)
    {
        if (name.IndexOf('@', StringComparison.Ordinal) is > 0 and var at)
            return new ImageName(name[..at], name[(at + 1)..]);
        var colon = name.LastIndexOf(':');
        return colon > name.LastIndexOf('/')
            ? new ImageName(name[..colon], name[(colon + 1)..])
            : new ImageName(name, "latest");
    }
}
