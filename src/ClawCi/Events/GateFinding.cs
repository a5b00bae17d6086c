namespace ClawCi.Events;

/// <summary>What a gate says of one file of a patch.</summary>
/// <param name="Gate"><c>protected-path</c>, <c>secret</c>, <c>symlink</c>, <c>submodule</c>, <c>executable</c>, <c>max-files</c> or <c>max-patch</c>.</param>
/// <param name="Path">Display form; empty when it is about the whole patch.</param>
/// <param name="Action"><c>block</c>, <c>restore</c> or <c>review</c>.</param>
/// <param name="Line">Of a secret: where, from 1.</param>
/// <param name="Kind">Of a secret: which kind. The value itself is nowhere.</param>
internal sealed record GateFinding(
    string Gate,
    string Path,
    string Action,
    string Message,
    int? Line = null,
    string? Kind = null
)
{
    public const string Secret = "secret";
    public const string Block = "block";
    public const string Restore = "restore";
    public const string Review = "review";

    /// <summary><c>src/a.cs:12: holds a secret: github-token</c>.</summary>
    public override string ToString() =>
        Path.Length == 0 ? Message
        : Line is null ? $"{Path}: {Message}"
        : $"{Path}:{Line}: {Message}";
}
