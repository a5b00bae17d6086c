using System.Net;
using System.Text;

namespace ClawCi.Web;

/// <summary>
/// The readable text of an HTML page, with headings, lists and links in Markdown. Takes whatever there is for HTML, and looks at
/// every character once: a page is hostile.
/// </summary>
internal sealed class HtmlText
{
    /// <summary>Of the text; a page's worth is shown at a time.</summary>
    private const int Longest = 1_000_000;

    private static readonly HashSet<string> Unseen = [.. "script style noscript template svg iframe object".Split(' ')];

    private static readonly HashSet<string> Blocks =
    [
        .. "address article aside blockquote body dd details div dl dt fieldset figcaption figure footer form header".Split(
            ' '
        ),
        .. "hr html main nav ol p section summary table tbody thead tr ul".Split(' '),
    ];

    private readonly string _html;
    private readonly Uri _url;
    private readonly StringBuilder _text = new();
    private int _at;
    private int _verbatim;
    private (string Target, int Start)? _link;

    private HtmlText(string html, Uri url) => (_html, _url) = (html, url);

    /// <param name="url">What links are relative to.</param>
    public static string Of(string html, Uri url)
    {
        var text = new HtmlText(html, url);
        text.Read();
        return text._text.ToString().Trim();
    }

    private void Read()
    {
        while (_at < _html.Length && _text.Length < Longest)
        {
            var tag = _html.IndexOf('<', _at);
            var end = tag < 0 ? _html.Length : tag;
            if (end > _at)
                Say(WebUtility.HtmlDecode(_html[_at..end]));
            _at = end;
            if (_at < _html.Length)
                ReadMarkup();
        }
        CloseLink();
    }

    private void ReadMarkup()
    {
        var next = _at + 1 < _html.Length ? _html[_at + 1] : '\0';
        if (Starts("<!--"))
            SkipPast("-->", _at + 4);
        else if (next is '!' or '?')
            SkipPast(">", _at);
        else if (next == '/' || char.IsAsciiLetter(next))
            ReadTag();
        else
        {
            Say("<");
            _at++;
        }
    }

    private void ReadTag()
    {
        var isEnd = _html[++_at] == '/';
        _at += isEnd ? 1 : 0;
        var name = Take(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-').ToLowerInvariant();
        string? href = null;
        string? alt = null;
        while (true)
        {
            Take(letter => char.IsWhiteSpace(letter) || letter == '/');
            if (_at >= _html.Length)
                return;
            if (_html[_at] == '>')
                break;
            var start = _at;
            var attribute = Take(letter => !char.IsWhiteSpace(letter) && letter is not ('=' or '>' or '/'));
            Take(char.IsWhiteSpace);
            var value = "";
            if (_at < _html.Length && _html[_at] == '=')
            {
                _at++;
                value = ReadValue();
            }
            if (attribute.Equals("href", StringComparison.OrdinalIgnoreCase))
                href ??= WebUtility.HtmlDecode(value);
            else if (attribute.Equals("alt", StringComparison.OrdinalIgnoreCase))
                alt ??= WebUtility.HtmlDecode(value);
            if (_at == start)
                _at++;
        }
        _at++;
        if (!isEnd && Unseen.Contains(name))
            SkipPast("</" + name, _at);
        else if (isEnd)
            End(name);
        else
            Begin(name, href, alt);
    }

    private string ReadValue()
    {
        Take(char.IsWhiteSpace);
        if (_at >= _html.Length || _html[_at] is not ('"' or '\''))
            return Take(letter => !char.IsWhiteSpace(letter) && letter != '>');
        var quote = _html[_at++];
        var value = Take(letter => letter != quote);
        _at = Math.Min(_at + 1, _html.Length);
        return value;
    }

    private void Begin(string name, string? href, string? alt)
    {
        switch (name)
        {
            case "br":
                _text.Append('\n');
                break;
            case "li":
                Break(1);
                _text.Append("- ");
                break;
            case "td" or "th":
                Say(" | ");
                break;
            case "pre":
                Break(2);
                _verbatim++;
                break;
            case "img" when alt is { Length: > 0 }:
                Say($"[{alt}]");
                break;
            case "a":
                OpenLink(href);
                break;
            case ['h', >= '1' and <= '6']:
                Break(2);
                _text.Append('#', name[1] - '0').Append(' ');
                break;
            case "title":
                Break(2);
                _text.Append("Title: ");
                break;
            default:
                BreakAround(name);
                break;
        }
    }

    private void End(string name)
    {
        switch (name)
        {
            case "pre":
                _verbatim = Math.Max(_verbatim - 1, 0);
                Break(2);
                break;
            case "a":
                CloseLink();
                break;
            case ['h', >= '1' and <= '6'] or "title":
                Break(2);
                break;
            default:
                BreakAround(name);
                break;
        }
    }

    private void BreakAround(string name)
    {
        if (Blocks.Contains(name))
            Break(name is "p" or "table" or "blockquote" or "ul" or "ol" or "section" or "article" ? 2 : 1);
    }

    private void OpenLink(string? href)
    {
        CloseLink();
        if (
            href is null or ['#', ..]
            || !Uri.TryCreate(_url, href, out var target)
            || target.Scheme is not ("http" or "https")
        )
            return;
        _text.Append('[');
        _link = (target.AbsoluteUri, _text.Length);
    }

    private void CloseLink()
    {
        if (_link is not var (target, start))
            return;
        _link = null;
        if (_text.Length == start)
            _text.Length--;
        else
            _text.Append("](").Append(target).Append(')');
    }

    private void Say(string words)
    {
        if (_verbatim > 0)
        {
            _text.Append(words);
            return;
        }
        foreach (var letter in words)
        {
            if (!char.IsWhiteSpace(letter))
                _text.Append(letter);
            else if (_text.Length > 0 && _text[^1] is not (' ' or '\n'))
                _text.Append(' ');
        }
    }

    /// <summary>Ends the line, and leaves so many breaks behind it.</summary>
    private void Break(int lines)
    {
        while (_text.Length > 0 && _text[^1] is ' ' && _verbatim == 0)
            _text.Length--;
        var there = 0;
        while (there < lines && there < _text.Length && _text[_text.Length - 1 - there] == '\n')
            there++;
        if (_text.Length > 0)
            _text.Append('\n', lines - there);
    }

    private string Take(Func<char, bool> belongs)
    {
        var start = _at;
        while (_at < _html.Length && belongs(_html[_at]))
            _at++;
        return _html[start.._at];
    }

    private bool Starts(string text) => string.CompareOrdinal(_html, _at, text, 0, text.Length) == 0;

    /// <summary>What is never ended reaches to the end of the page.</summary>
    private void SkipPast(string text, int from)
    {
        var found = _html.IndexOf(text, Math.Min(from, _html.Length), StringComparison.OrdinalIgnoreCase);
        _at = found < 0 ? _html.Length : found + text.Length;
        if (found < 0 || text[^1] == '>')
            return;
        Take(letter => letter != '>');
        _at = Math.Min(_at + 1, _html.Length);
    }
}
