namespace ClawCi.Sandboxes.Docker;

/// <summary>A name as the pull call wants it: without the tag, and the tag or digest apart. Without either it would fetch every tag.</summary>
internal sealed record ImageName(string Repository, string Tag)
{
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
