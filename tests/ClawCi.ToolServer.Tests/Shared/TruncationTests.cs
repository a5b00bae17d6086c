using System.Text;
using System.Text.RegularExpressions;
using ClawCi.Shared;
using CsCheck;
using Xunit;

namespace ClawCi.ToolServer.Tests.Shared;

public sealed partial class TruncationTests
{
    [Fact]
    public void Head_and_tail_are_kept_and_the_gap_is_exact_however_the_bytes_come()
    {
        Gen.Select(Gen.Int[1, 40], Gen.Int[1, 40], Gen.Char["aé€😀\n"].Select(c => c).Array[0, 60], Gen.Int[1, 9])
            .Sample(
                (head, tail, characters, chunk) =>
                {
                    var bytes = Encoding.UTF8.GetBytes(characters.Where(c => !char.IsSurrogate(c)).ToArray());
                    var output = new Truncation(head, tail);
                    foreach (var part in bytes.Chunk(chunk))
                        output.Append(part);
                    var text = output.ToText("see the file");
                    Assert.Equal(bytes.Length, output.TotalBytes);
                    Assert.Equal(bytes.Length > head + tail, output.IsTruncated);
                    var whole = Encoding.UTF8.GetString(bytes);
                    var gap = Gap().Match(text);
                    Assert.Equal(output.IsTruncated, gap.Success);
                    if (!gap.Success)
                    {
                        Assert.Equal(whole, text);
                        return;
                    }
                    var last = text[(gap.Index + gap.Length)..];
                    Assert.EndsWith(last, whole, StringComparison.Ordinal);
                    // A break may have been put between head and notice.
                    var first = text[..gap.Index];
                    var isWhole = whole.StartsWith(first, StringComparison.Ordinal);
                    if (!isWhole || Kept(first) + Kept(last) + Left(gap) != bytes.Length)
                        first = first[..^1];
                    Assert.StartsWith(first, whole, StringComparison.Ordinal);
                    Assert.Equal(bytes.Length, Kept(first) + Kept(last) + Left(gap));
                },
                iter: 3000
            );
    }

    private static int Kept(string text) => Encoding.UTF8.GetByteCount(text);

    private static int Left(Match gap) => int.Parse(gap.Groups[1].Value);

    [GeneratedRegex(@"\[… ([0-9]+) bytes left out; see the file …\]\n")]
    private static partial Regex Gap();
}
