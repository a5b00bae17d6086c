using System.Globalization;
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

    /// <summary>Length as UTF-8.</summary>
    public int Bytes { get; private set; }

    public void AppendLiteral(string literal)
    {
        _text.Append(literal);
        Bytes += Encoding.UTF8.GetByteCount(literal);
    }

    public void AppendFormatted(Html? inner)
    {
        _text.Append(inner?._text);
        Bytes += inner?.Bytes ?? 0;
    }

    public void AppendFormatted(IEnumerable<Html> inner)
    {
        foreach (var html in inner)
            AppendFormatted(html);
    }

    public void AppendFormatted(long number) => AppendLiteral(number.ToString(CultureInfo.InvariantCulture));

    public void AppendFormatted(string? text)
    {
        var all = text ?? "";
        Encode(VisibleText.Of(all.Length <= MostText ? all : all[..MostText]));
        if (all.Length > MostText)
            AppendLiteral($"… {Amount.Number(all.Length - MostText)} more characters");
    }

    public override string ToString() => _text.ToString();

    /// <summary>As UTF-8, piece by piece.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Utf8()
    {
        // Knows of the half of a character with which a piece may end.
        var encoder = Encoding.UTF8.GetEncoder();
        foreach (var chunk in _text.GetChunks())
        {
            var bytes = new byte[Encoding.UTF8.GetMaxByteCount(chunk.Length)];
            yield return bytes.AsMemory(0, encoder.GetBytes(chunk.Span, bytes, flush: false));
        }
        var last = new byte[Encoding.UTF8.GetMaxByteCount(1)];
        yield return last.AsMemory(0, encoder.GetBytes([], last, flush: true));
    }

    private void Encode(string text)
    {
        Bytes += Encoding.UTF8.GetByteCount(text);
        var rest = text.AsSpan();
        while (rest.IndexOfAny("&<>\"'") is >= 0 and var at)
        {
            var reference = rest[at] switch
            {
                '&' => "&amp;",
                '<' => "&lt;",
                '>' => "&gt;",
                '"' => "&quot;",
                _ => "&#39;",
            };
            _text.Append(rest[..at]).Append(reference);
            Bytes += reference.Length - 1;
            rest = rest[(at + 1)..];
        }
        _text.Append(rest);
    }
}
