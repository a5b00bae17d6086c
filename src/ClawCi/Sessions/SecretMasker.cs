using System.Text;

namespace ClawCi.Sessions;

/// <summary>
/// Every secret that a run knows, and what well-known tokens look like: finds them in text, and replaces them in
/// everything that leaves the runner. Values are also found base64-, URL-, JSON- and hex-encoded, and broken over lines.
/// </summary>
internal sealed class SecretMasker
{
    public const string Mask = "***";

    private readonly Lock _lock = new();
    private volatile KnownSecrets _known = KnownSecrets.None;

    /// <summary>From now on the value is masked.</summary>
    /// <param name="kind">What findings call it, such as <c>credential</c>.</param>
    /// <returns>False when the value is too short or too plain: masking it would make every log unreadable.</returns>
    public bool Add(string secret, string kind = "secret")
    {
        var value = secret.Trim();
        if (!KnownSecrets.CanBeMasked(value))
            return false;
        lock (_lock)
            _known = _known.With(value, kind);
        return true;
    }

    /// <summary>The text with every secret replaced.</summary>
    public MaskedText Apply(string text)
    {
        var found = Find(text);
        if (found.Count == 0)
            return new(text, found);
        var masked = new StringBuilder(text.Length);
        var from = 0;
        foreach (var secret in found)
        {
            masked.Append(text, from, secret.Start - from).Append(Mask);
            from = secret.End;
        }
        return new(masked.Append(text, from, text.Length - from).ToString(), found);
    }

    /// <summary>The secrets in a text: in order, apart from each other.</summary>
    public IReadOnlyList<FoundSecret> Find(string text)
    {
        var found = FindKnown(text);
        TokenShapes.Find(text, found);
        return found.Count > 1 ? Merge(found) : found;
    }

    /// <summary>Only values that somebody named, not what merely looks like a token.</summary>
    public List<FoundSecret> FindKnown(string text)
    {
        List<FoundSecret> found = [];
        _known.Find(text, found);
        return found;
    }

    /// <summary>Secrets may overlap, a token in a longer value: together they are one.</summary>
    private static List<FoundSecret> Merge(List<FoundSecret> found)
    {
        found.Sort((a, b) => a.Start != b.Start ? a.Start.CompareTo(b.Start) : b.End.CompareTo(a.End));
        List<FoundSecret> merged = [found[0]];
        foreach (var next in found.Skip(1))
        {
            if (next.Start >= merged[^1].End)
                merged.Add(next);
            else if (next.End > merged[^1].End)
                merged[^1] = merged[^1] with { End = next.End };
        }
        return merged;
    }
}
