using ClawCi.Artifacts.HtmlReport;
using CsCheck;
using Xunit;

namespace ClawCi.Tests.Artifacts.HtmlReport;

public sealed class FittingTests
{
    private static readonly Gen<Html[]> Pieces = Gen.Int[1, 40]
        .Select(Html (length) => $"{new string('ü', length)}")
        .Array;

    [Fact]
    public void What_is_kept_of_a_list_fits_and_every_piece_is_shown_or_counted() =>
        Pieces
            .Select(Gen.Int[0, 500])
            .Sample(
                (pieces, most) =>
                {
                    var left = 0;
                    var kept = Fitting.Of(pieces, most, count => Note(left = count)).ToList();
                    var shown = kept.Count - (left > 0 ? 1 : 0);
                    Assert.True(kept.Take(shown).Sum(piece => piece.Bytes) <= most);
                    Assert.Equal(pieces.Length, shown + left);
                }
            );

    [Fact]
    public void Of_a_long_story_start_and_end_are_kept_and_every_piece_is_shown_or_counted() =>
        Pieces
            .Select(Gen.Int[0, 500])
            .Sample(
                (pieces, most) =>
                {
                    var left = 0;
                    var kept = Fitting.Ends(pieces, most, count => Note(left = count)).ToList();
                    var shown = kept.Where(piece => piece.ToString() != "note").ToList();
                    Assert.True(shown.Sum(piece => piece.Bytes) <= most);
                    Assert.Equal(pieces.Length, shown.Count + left);
                    Assert.Equal(left > 0, kept.Count > shown.Count);
                    Assert.Equal(pieces[^(shown.Count - Head(kept))..], shown[Head(kept)..]);
                }
            );

    [Fact]
    public void A_piece_knows_how_long_it_is_as_UTF_8() =>
        Gen.String.Sample(text =>
        {
            Html html = $"<ü>{text}<b>{text}</b>{(Html)$"…{text}"}{7}";
            Assert.Equal(System.Text.Encoding.UTF8.GetByteCount(html.ToString()), html.Bytes);
        });

    private static int Head(List<Html> kept) => Math.Max(kept.FindIndex(piece => piece.ToString() == "note"), 0);

    private static Html Note(int _) => $"note";
}
