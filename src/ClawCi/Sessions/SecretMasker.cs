using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.RegularExpressions;

namespace ClawCi.Sessions;

/// <summary>
/// Replaces secrets in everything that leaves the runner: known values, also base64-, URL- and JSON-encoded, and
/// well-known shapes of tokens.
/// </summary>
internal sealed partial class SecretMasker
{
    /// <summary>A shorter value would mask ordinary words.</summary>
    private const int ShortestSecret = 6;

    private const string Mask = "***";

    private ImmutableArray<string> _needles = [];

    /// <summary>From now on the value is masked. Values under six characters are not secrets that can be masked.</summary>
    public void Add(string secret)
    {
        var value = secret.Trim();
        if (value.Length < ShortestSecret)
            return;
        // Longest first, so that no needle is broken by a shorter one inside it.
        var needles = _needles.Concat(Encodings(value)).Distinct().OrderByDescending(needle => needle.Length);
        ImmutableInterlocked.InterlockedExchange(ref _needles, [.. needles]);
    }

    /// <summary>The text with every secret replaced, and how many there were.</summary>
    public (string Text, int Count) Apply(string text)
    {
        var count = 0;
        foreach (var needle in _needles)
        {
            for (
                var at = text.IndexOf(needle, StringComparison.Ordinal);
                at >= 0;
                at = text.IndexOf(needle, at + Mask.Length, StringComparison.Ordinal)
            )
            {
                text = string.Concat(text.AsSpan(0, at), Mask, text.AsSpan(at + needle.Length));
                count++;
            }
        }
        var masked = TokenShapes()
            .Replace(
                text,
                _ =>
                {
                    count++;
                    return Mask;
                }
            );
        return (masked, count);
    }

    private static IEnumerable<string> Encodings(string value)
    {
        yield return value;
        yield return Uri.EscapeDataString(value);
        yield return JavaScriptEncoder.Default.Encode(value);
        yield return JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(value);
        var bytes = Encoding.UTF8.GetBytes(value);
        // Inside a longer text base64 depends on the position modulo three; the ends mix with what is around them.
        for (var shift = 0; shift < 3; shift++)
        {
            var encoded = Convert.ToBase64String([.. new byte[shift], .. bytes]).TrimEnd('=');
            var from = shift == 0 ? 0 : shift + 1;
            var until = encoded.Length - ((bytes.Length + shift) % 3 == 0 ? 0 : 1);
            if (until - from >= ShortestSecret)
                yield return encoded[from..until];
        }
    }

    [GeneratedRegex(
        @"sk-ant-[A-Za-z0-9_-]{20,}|sk-(?:proj-)?[A-Za-z0-9]{32,}|gh[pousr]_[A-Za-z0-9]{30,}"
            + @"|github_pat_[A-Za-z0-9_]{30,}|glpat-[A-Za-z0-9_-]{20,}|AKIA[0-9A-Z]{16}|xox[abpr]-[A-Za-z0-9-]{20,}"
            + @"|npm_[A-Za-z0-9]{30,}|eyJ[A-Za-z0-9_-]{15,}\.eyJ[A-Za-z0-9_-]{15,}\.[A-Za-z0-9_-]{15,}"
            + @"|-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]{20,4000}?-----END [A-Z ]*PRIVATE KEY-----"
    )]
    private static partial Regex TokenShapes();
}
