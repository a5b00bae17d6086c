using System.Text;
using ClawCi.Web;
using Xunit;

namespace ClawCi.Tests.Web;

public sealed class HtmlTextTests
{
    [Fact]
    public void A_page_becomes_what_a_reader_sees() =>
        Assert.Equal(
            """
            Title: How to & why

            # Titles

            Use f(), as [the guide](https://docs.test/a/guide?x=1&y=2) says: "a > b".

            - one
            - two

            ```
            """.Replace("```", "if a < b:\n    go()", StringComparison.Ordinal),
            HtmlText.Of(
                """
                <!DOCTYPE html><html><head><title>How to &amp; why</title><style>p { color: red }</style>
                <script>if (a < b) alert("<p>no</p>")</script></head>
                <body><!-- hidden > --><h1 class="a>b">Titles</h1>
                <p>Use <code>f()</code>,
                   as <a href='guide?x=1&amp;y=2'>the guide</a> says: &quot;a &gt; b&quot;.</p>
                <ul><li>one<li>two</ul><noscript>no</noscript><a href="javascript:x()"></a>
                <pre>if a &lt; b:
                    go()</pre></body></html>
                """,
                new Uri("https://docs.test/a/b")
            )
        );

    /// <summary>Each of them takes a careless reader the square of its length.</summary>
    [Theory]
    [InlineData("<a \"")]
    [InlineData("<a href='")]
    [InlineData("<!--")]
    [InlineData("<script>")]
    [InlineData("<a href=x>")]
    [InlineData("<")]
    [InlineData("</")]
    [InlineData("&")]
    [InlineData("<p> ")]
    public void A_hostile_page_is_read_once(string part)
    {
        var page = new StringBuilder().Insert(0, part, 1_000_000).ToString();

        Assert.InRange(HtmlText.Of(page, new Uri("https://site.test/")).Length, 0, 5_000_000);
    }
}
