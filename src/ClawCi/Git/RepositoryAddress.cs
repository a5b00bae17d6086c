namespace ClawCi.Git;

/// <summary>Where a repository is: over https, or a path of this machine. Plain http is for this machine's own ports.</summary>
internal sealed record RepositoryAddress(Uri Url)
{
    /// <summary><c>owner/name</c>, or more parts; without <c>.git</c>.</summary>
    public string Project
    {
        get
        {
            var path = Uri.UnescapeDataString(Url.AbsolutePath).Trim('/');
            return path.EndsWith(".git", StringComparison.Ordinal) ? path[..^4] : path;
        }
    }

    /// <summary>Scheme, host and port.</summary>
    public string Origin => Url.GetLeftPart(UriPartial.Authority);

    /// <param name="text">An address, or a path.</param>
    /// <param name="source">Who says so, for messages.</param>
    /// <param name="directory">What a path is relative to.</param>
    /// <exception cref="UserErrorException">It is none that patches can be delivered to.</exception>
    public static RepositoryAddress Parse(string text, string source, string directory)
    {
        if (IsPath(text))
            return new(new Uri(Path.GetFullPath(text, directory)));
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url))
            throw Wrong(source, $"needs https or a path. Try {Https(text)}.");
        if (url.UserInfo.Length > 0 && url.Scheme is "http" or "https")
            throw Wrong(source, "has a user or a password in it. Leave them out; tokens come from the environment.");
        if (url.Query.Length > 0 || url.Fragment.Length > 0)
            throw Wrong(source, "is no repository: there is a `?` or a `#` in it.");
        return url.Scheme switch
        {
            "https" or "file" => new(url),
            "http" when url.IsLoopback => new(url),
            "http" => throw Wrong(source, "is plain http, over which no patch and no token goes. Use https."),
            "ssh" => throw Wrong(source, $"needs https or a path. Try https://{url.Host}{url.AbsolutePath}."),
            _ => throw Wrong(source, "needs https or a path."),
        };
    }

    /// <summary>Whether it names a directory of this machine, and not an address.</summary>
    public static bool IsPath(string text) => !text.Contains("://", StringComparison.Ordinal) && !IsScpLike(text);

    public override string ToString() => Url.IsFile ? Url.LocalPath : Url.AbsoluteUri;

    /// <summary><c>git@host:owner/name.git</c>.</summary>
    private static bool IsScpLike(string text) =>
        text.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon
        && !text.AsSpan(0, colon).Contains('/')
        && text.AsSpan(0, colon).Contains('@');

    private static string Https(string text)
    {
        var host = text[(text.IndexOf('@', StringComparison.Ordinal) + 1)..];
        var colon = host.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? "https://…" : $"https://{host[..colon]}/{host[(colon + 1)..].TrimStart('/')}";
    }

    private static UserErrorException Wrong(string source, string why) =>
        new(source, $"the repository's address {why}");
}
