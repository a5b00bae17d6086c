using System.Buffers;
using System.Globalization;
using System.Text;

namespace ClawCi.ChangeSets;

/// <summary>Paths of a change set: bytes, relative, joined by <c>/</c>.</summary>
internal static class ChangePath
{
    /// <summary>One less than PATH_MAX, which counts the NUL.</summary>
    public const int MaxBytes = 4095;
    public const int MaxComponentBytes = 255;
    public const int MaxDepth = 200;

    /// <summary>What is wrong with the path, or null. A path without fault names something below the root, outside any <c>.git</c>.</summary>
    public static string? Fault(ReadOnlySpan<byte> path)
    {
        if (path.IsEmpty)
            return "empty path";
        if (path.Length > MaxBytes)
            return "path too long";
        if (path.Contains((byte)0))
            return "NUL in a path";
        var depth = 0;
        while (true)
        {
            var end = path.IndexOf((byte)'/');
            var component = end < 0 ? path : path[..end];
            if (component.IsEmpty)
                return "empty path component";
            if (component.SequenceEqual("."u8) || component.SequenceEqual(".."u8))
                return "relative path component";
            if (component.Length > MaxComponentBytes || ++depth > MaxDepth)
                return "path too deep";
            if (GitNames.IsGitDirectory(component))
                return "path in git's own directory";
            if (end < 0)
                return null;
            path = path[(end + 1)..];
        }
    }

    /// <summary>The order of a depth-first walk over sorted names: as bytes, but <c>/</c> before everything.</summary>
    public static int Compare(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        var common = a.CommonPrefixLength(b);
        if (common == a.Length || common == b.Length)
            return a.Length.CompareTo(b.Length);
        return Rank(a[common]).CompareTo(Rank(b[common]));

        static int Rank(byte value) => value == '/' ? 0 : value;
    }

    public static bool IsBelow(ReadOnlySpan<byte> path, ReadOnlySpan<byte> directory) =>
        path.Length > directory.Length && path[directory.Length] == '/' && path.StartsWith(directory);

    /// <summary>The path without its last component; empty at the root.</summary>
    public static ReadOnlySpan<byte> Parent(ReadOnlySpan<byte> path) =>
        path[..Math.Max(path.LastIndexOf((byte)'/'), 0)];

    public static ReadOnlySpan<byte> Name(ReadOnlySpan<byte> path) => path[(path.LastIndexOf((byte)'/') + 1)..];

    public static byte[] Join(ReadOnlySpan<byte> directory, ReadOnlySpan<byte> name) =>
        directory.IsEmpty ? name.ToArray() : [.. directory, (byte)'/', .. name];

    /// <summary>
    /// Printable text stays as it is, a backslash doubles, every other byte is <c>\xHH</c>: lossless, one line, no
    /// terminal escapes and no characters that reorder or hide text.
    /// </summary>
    public static string Display(ReadOnlySpan<byte> path)
    {
        var text = new StringBuilder(path.Length);
        while (!path.IsEmpty)
        {
            var status = Rune.DecodeFromUtf8(path, out var rune, out var used);
            if (rune.Value == '\\' && status == OperationStatus.Done)
                text.Append(@"\\");
            else if (status == OperationStatus.Done && IsPrintable(rune))
                text.Append(rune.ToString());
            else
                foreach (var value in path[..used])
                    text.Append(CultureInfo.InvariantCulture, $@"\x{value:x2}");
            path = path[used..];
        }
        return text.ToString();
    }

    private static bool IsPrintable(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is not (
                UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.OtherNotAssigned
                or UnicodeCategory.PrivateUse
                or UnicodeCategory.Surrogate
            );
}
