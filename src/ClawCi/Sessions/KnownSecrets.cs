using System.Buffers;
using System.Collections.Frozen;

namespace ClawCi.Sessions;

/// <summary>Secret values in all the ways in which they may be written. Immutable.</summary>
internal sealed class KnownSecrets
{
    public static readonly KnownSecrets None = new(new Dictionary<string, string>());

    /// <summary>A shorter value would mask ordinary words.</summary>
    private const int Shortest = 8;

    /// <summary>Long enough, and still words of everyday.</summary>
    private static readonly FrozenSet<string> Everyday = FrozenSet.ToFrozenSet(
        [
            "anonymous",
            "changeit",
            "changeme",
            "development",
            "disabled",
            "localhost",
            "password",
            "postgres",
            "production",
            "undefined",
            "username",
            "x-access-token",
            "x-oauth-basic",
        ],
        StringComparer.OrdinalIgnoreCase
    );

    /// <summary>From a way of writing a value to the value's kind.</summary>
    private readonly IReadOnlyDictionary<string, string> _kinds;

    /// <summary>The same by first character, longest first.</summary>
    private readonly FrozenDictionary<char, string[]> _byStart;
    private readonly SearchValues<string>? _any;

    private KnownSecrets(IReadOnlyDictionary<string, string> kinds)
    {
        _kinds = kinds;
        _byStart = kinds
            .Keys.GroupBy(text => text[0])
            .ToFrozenDictionary(group => group.Key, group => group.OrderByDescending(text => text.Length).ToArray());
        _any = kinds.Count == 0 ? null : SearchValues.Create([.. kinds.Keys], StringComparison.Ordinal);
    }

    public static bool CanBeMasked(string value) =>
        UnbrokenText.Of(value).Text is { Length: >= Shortest } text
        && text.Distinct().Skip(3).Any()
        && !Everyday.Contains(text);

    public KnownSecrets With(string value, string kind)
    {
        var kinds = new Dictionary<string, string>(_kinds);
        foreach (var text in SecretEncodings.Of(value).Where(CanBeMasked))
            kinds.TryAdd(text, kind);
        return kinds.Count == _kinds.Count ? this : new(kinds);
    }

    public void Find(string text, List<FoundSecret> found)
    {
        if (_any is null)
            return;
        var unbroken = UnbrokenText.Of(text);
        Find(unbroken, _any, found);
        // What looks like a line break may be the end of a path and the beginning of a secret.
        if (unbroken.Text.Length != text.Length)
            Find(UnbrokenText.AsItIs(text), _any, found);
    }

    private void Find(UnbrokenText unbroken, SearchValues<string> any, List<FoundSecret> found)
    {
        var span = unbroken.Text.AsSpan();
        for (var at = 0; span[at..].IndexOfAny(any) is >= 0 and var distance; at++)
        {
            at += distance;
            // The next one may begin inside this one, so the search goes on behind its first character.
            var rest = span[at..];
            foreach (var candidate in _byStart[rest[0]])
            {
                if (!rest.StartsWith(candidate, StringComparison.Ordinal))
                    continue;
                found.Add(unbroken.Original(at, candidate.Length, _kinds[candidate]));
                break;
            }
        }
    }
}
