using System.Text;

namespace ClawCi.Publishing;

/// <summary>A file that two trees do not have in common.</summary>
/// <param name="OldMode">Six octal digits, as git has them; 000000 for none.</param>
/// <param name="Blob">The new content's hash; zeros for none.</param>
internal sealed record TreeChange(byte[] Path, string OldMode, string NewMode, string Blob)
{
    public const string Gitlink = "160000";
    public const string Symlink = "120000";

    /// <param name="output">Of <c>diff-tree --raw -z</c>: <c>:mode mode hash hash status NUL path NUL</c>.</param>
    public static IReadOnlyList<TreeChange> Parse(byte[] output)
    {
        var fields = Encoding.Latin1.GetString(output).Split('\0', StringSplitOptions.RemoveEmptyEntries);
        var changes = new List<TreeChange>();
        for (var i = 0; i + 1 < fields.Length; i += 2)
        {
            var parts = fields[i].Split(' ');
            changes.Add(new(Encoding.Latin1.GetBytes(fields[i + 1]), parts[0].TrimStart(':'), parts[1], parts[3]));
        }
        return changes;
    }
}
