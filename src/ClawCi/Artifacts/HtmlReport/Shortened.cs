namespace ClawCi.Artifacts.HtmlReport;

/// <summary>Long text with its middle left out, and said so.</summary>
internal static class Shortened
{
    /// <summary>Text in a <c>pre</c>; two thirds of what is kept from its start, one from its end.</summary>
    /// <param name="most">In characters.</param>
    public static Html Pre(string text, int most, string kind = "text")
    {
        text = text.TrimEnd('\n');
        if (text.Length <= most)
            return $"""<pre class="{kind}">{text}</pre>""";
        var tail = most / 3;
        var left = text.Length - most;
        return $"""<pre class="{kind}">{text[..(most - tail)]}<span class="cut">… {Amount.Number(left)} characters left out …</span>{text[^tail..]}</pre>""";
    }

    /// <summary>Its start, with all its lines.</summary>
    public static string Whole(string text, int most) => text.Length <= most ? text : $"{text[..most]}…";

    /// <summary>The start of its first line.</summary>
    public static string Line(string text, int most)
    {
        var trimmed = text.AsSpan().TrimStart();
        var end = trimmed.IndexOf('\n');
        var line = end < 0 ? trimmed : trimmed[..end];
        return line.Length <= most ? line.TrimEnd().ToString() : $"{line[..most]}…";
    }
}
