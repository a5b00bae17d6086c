using ClawCi.Artifacts.HtmlReport;
using CsCheck;
using Xunit;

namespace ClawCi.Tests.Artifacts.HtmlReport;

public sealed class HtmlTests
{
    [Fact]
    public void Literal_parts_are_markup_and_holes_are_text()
    {
        var hostile = "<b a=\"1\" c='2'>&amp;";

        Html html = $"<p title=\"{hostile}\">{hostile} {7}</p>";

        Assert.Equal(
            "<p title=\"&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;amp;\">&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;amp; 7</p>",
            html.ToString()
        );
    }

    [Fact]
    public void A_piece_in_a_piece_is_encoded_once()
    {
        Html inner = $"<i>{"<"}</i>";
        Html[] several = [inner, inner];

        Html outer = $"<p>{inner}{several}{(Html?)null}</p>";

        Assert.Equal("<p><i>&lt;</i><i>&lt;</i><i>&lt;</i></p>", outer.ToString());
    }

    [Theory]
    [InlineData("a\u202Eb\u2066c", "a⟨U+202E⟩b⟨U+2066⟩c")]
    [InlineData("\u001b]0;x\u0007\0", "⟨ESC⟩]0;x⟨BEL⟩⟨NUL⟩")]
    [InlineData("\u001b[1;31mred\u001b[0m\r\nnext\rlast", "red\nnext⟨CR⟩last")]
    [InlineData("pass\u200bword \u00ad \ufeff \udb40\udc41", "pass⟨U+200B⟩word ⟨U+00AD⟩ ⟨U+FEFF⟩ ⟨U+E0041⟩")]
    [InlineData("\u009b2J \u0085 \u2028", "⟨U+009B⟩2J ⟨U+0085⟩ ⟨U+2028⟩")]
    [InlineData("👩\u200d💻 می\u200cخواهم grün\tok", "👩\u200d💻 می\u200cخواهم grün\tok")]
    public void Nothing_is_hidden_in_text(string text, string expected)
    {
        Html html = $"{text}";

        Assert.Equal(expected, html.ToString());
    }

    [Fact]
    public void Half_a_surrogate_pair_is_no_character()
    {
        Html html = $"{"lone \ud800 end"}";

        Assert.Equal("lone \ufffd end", html.ToString());
    }

    [Fact]
    public void No_text_ever_becomes_markup() =>
        Gen.String.Sample(text =>
        {
            Html html = $"{text}";
            var written = html.ToString();
            return !written.AsSpan().ContainsAny("<>\"'")
                && !written.Any(c => char.IsControl(c) && c is not ('\n' or '\t'));
        });
}
