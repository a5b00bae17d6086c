using System.Text;

namespace ClawCi.Shared;

/// <summary>The ignore files from the root down to one directory. Immutable: entering a directory gives new rules.</summary>
internal sealed class IgnoreRules
{
    public static readonly IgnoreRules None = new(null, 0, null);

    private readonly IgnoreRules? _outer;
    private readonly int _prefix;
    private readonly IgnoreFile? _file;

    private IgnoreRules(IgnoreRules? outer, int prefix, IgnoreFile? file) =>
        (_outer, _prefix, _file) = (outer, prefix, file);

    /// <param name="directory">Path from the root, Latin-1, without a trailing slash; empty for the root.</param>
    /// <param name="file">What the ignore file in it says.</param>
    public IgnoreRules Enter(ReadOnlySpan<char> directory, IgnoreFile file) =>
        new(this, directory.Length == 0 ? 0 : directory.Length + 1, file);

    /// <param name="path">
    /// Path from the root, Latin-1, below every directory entered. None of its parents is ignored: what is inside an
    /// ignored directory cannot be taken back.
    /// </param>
    public bool IsIgnored(ReadOnlySpan<char> path, bool isDirectory)
    {
        for (var rules = this; rules._file is not null; rules = rules._outer!)
        {
            if (rules._file.IsIgnored(path[rules._prefix..], isDirectory) is { } ignored)
                return ignored;
        }
        return false;
    }

    /// <param name="path">As bytes.</param>
    public bool IsIgnored(ReadOnlySpan<byte> path, bool isDirectory)
    {
        Span<char> text = path.Length <= 1024 ? stackalloc char[path.Length] : new char[path.Length];
        Encoding.Latin1.GetChars(path, text);
        return IsIgnored(text, isDirectory);
    }
}
