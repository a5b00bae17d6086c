using System.Runtime.CompilerServices;
using System.Text;

namespace ClawCi.Artifacts.HtmlReport;

/// <summary>
/// A piece of HTML. <c>Html row = $"&lt;td&gt;{value}&lt;/td&gt;"</c>: the literal parts are ours, each hole is
/// encoded for text and for double-quoted attributes, unless it is <see cref="Html"/> itself. There is no other way
/// to make one, so nothing that a model or a file said can become markup.
/// </summary>
[InterpolatedStringHandler]
internal sealed class Html(int literalLength, int formattedCount)
{
    /// <summary>What a reader has in view at once is shorter; whoever shows more cuts it into pieces that say so.</summary>
    private const int MostText = 16_000;

    private readonly StringBuilder _text = new(literalLength + (formattedCount * 32));

    public static Html Empty => $"";

    /// <summary>In characters.</summary>
    public int Length => _text.Length;

    public void AppendLiteral(string literal) => _text.Append(literal);

    public void AppendFormatted(Html? inner) => _text.Append(inner?._text);

    public void AppendFormatted(IEnumerable<Html> inner)
    {
        foreach (var html in inner)
            _text.Append(html._text);
    }

    public void AppendFormatted(long number) => _text.Append(number);

    public void AppendFormatted(string? text)
    {
        var all = text ?? "";
        Encode(_text, VisibleText.Of(all.Length <= MostText ? all : all[..MostText]));
        if (all.Length > MostText)
            _text.Append("… ").Append(Amount.Number(all.Length - MostText)).Append(" more characters");
    }

    public override string ToString() => _text.ToString();

    private static void Encode(StringBuilder to, string text)
    {
        var rest = text.AsSpan();
        while (rest.IndexOfAny("&<>\"'") is >= 0 and var at)
        {
            to.Append(rest[..at]);
            to.Append(
                rest[at] switch
                {
                    '&' => "&amp;",
                    '<' => "&lt;",
                    '>' => "&gt;",
                    '"' => "&quot;",
                    _ => "&#39;",
                }
            );
            rest = rest[(at + 1)..];
        }
        to.Append(rest);
    }
}
