using System.Text;
using System.Text.RegularExpressions;

namespace ClawCi.Sandboxes.Workspaces;

/// <summary>Takes credentials out of settings and remembers them.</summary>
internal sealed partial class GitSecrets
{
    /// <summary>A user name without a password is a token when it is this long.</summary>
    private const int TokenLength = 16;

    /// <summary>Masking anything shorter would make logs unreadable and protect nothing.</summary>
    private const int SecretLength = 4;

    private static readonly string[] SecretKeys =
    [
        "token",
        "password",
        "passwd",
        "pass",
        "secret",
        "apikey",
        "api-key",
    ];

    private readonly SortedSet<string> _values = new(StringComparer.Ordinal);

    public IReadOnlyList<string> Values => [.. _values];

    /// <summary>The setting without credentials; null when nothing of it may stay.</summary>
    public GitConfigEntry? Strip(GitConfigEntry entry)
    {
        if (entry.Section is "credential" or "include" or "includeif")
        {
            foreach (Match match in Assignment().Matches(entry.Value ?? ""))
                Add(match.Groups[1].Value);
            return null;
        }
        if (entry.Key == "extraheader")
        {
            AddHeader(entry.Value ?? "");
            return null;
        }
        if (entry.Key is { } key && SecretKeys.Any(name => key.EndsWith(name, StringComparison.Ordinal)))
        {
            Add(entry.Value ?? "");
            return null;
        }
        return entry with { Subsection = StripUrls(entry.Subsection), Value = StripUrls(entry.Value) };
    }

    /// <summary>"Authorization: basic dXNlcjpwYXNz": the last word, and what it says in base64.</summary>
    private void AddHeader(string header)
    {
        var value = header[(header.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
        var token = value[(value.LastIndexOf(' ') + 1)..];
        Add(token);
        var decoded = new byte[token.Length];
        if (Convert.TryFromBase64String(token, decoded, out var length))
        {
            var text = Encoding.Latin1.GetString(decoded, 0, length);
            Add(text[(text.IndexOf(':', StringComparison.Ordinal) + 1)..]);
        }
    }

    private string? StripUrls(string? text) => text is null ? null : UserInfo().Replace(text, StripUserInfo);

    private string StripUserInfo(Match match)
    {
        var (scheme, info) = (match.Groups[1].Value, match.Groups[2].Value);
        var colon = info.IndexOf(':', StringComparison.Ordinal);
        var (user, password) = colon < 0 ? (info, "") : (info[..colon], info[(colon + 1)..]);
        AddDecoded(password);
        if (user.Length >= TokenLength)
            AddDecoded(user);
        // git@ in an ssh address is a name that everybody knows, and part of where it leads.
        var keepsUser = scheme.Contains("ssh", StringComparison.OrdinalIgnoreCase) && user.Length < TokenLength;
        return keepsUser ? $"{scheme}{user}@" : scheme;
    }

    private void AddDecoded(string value)
    {
        Add(value);
        Add(Uri.UnescapeDataString(value));
    }

    private void Add(string value)
    {
        if (value.Length >= SecretLength)
            _values.Add(value);
    }

    // No scheme is longer. Without a bound, a long line of letters would be gone through once for each of them.
    [GeneratedRegex(@"([a-zA-Z][a-zA-Z0-9+.-]{0,63}://)([^/?#\s]*)@", RegexOptions.CultureInvariant)]
    private static partial Regex UserInfo();

    [GeneratedRegex(@"password=([^\s""';&|]+)", RegexOptions.CultureInvariant)]
    private static partial Regex Assignment();
}
