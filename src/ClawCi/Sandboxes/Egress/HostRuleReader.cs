using System.Globalization;

namespace ClawCi.Sandboxes.Egress;

/// <summary>Reads <c>example.com</c>, <c>*.example.com</c>, <c>example.com:8443</c>, <c>10.1.2.3:80</c> and the names of bundles.</summary>
internal static class HostRuleReader
{
    /// <summary>Null, and what is wrong with it, when the text is no rule.</summary>
    public static IReadOnlyList<HostRule>? Read(string text, out string? problem)
    {
        problem = null;
        if (Bundles.All.TryGetValue(text, out var hosts))
            return [.. hosts.Select(host => new HostRule(text, host, IsSuffix: false, HostRule.DefaultPorts))];
        problem = Problem(text, out var rule);
        return rule is null ? null : [rule];
    }

    private static string? Problem(string text, out HostRule? rule)
    {
        rule = null;
        var colon = text.LastIndexOf(':');
        var (name, digits) = colon < 0 ? (text, null) : (text[..colon], text[(colon + 1)..]);
        if (text.Contains("://", StringComparison.Ordinal) || text.Contains('/', StringComparison.Ordinal))
            return "write the host alone, without scheme and path";
        if (text == "*")
            return "`*` would be every host: name those that are needed";
        if (name.Contains(':', StringComparison.Ordinal) || name.StartsWith('['))
            return "IPv6 addresses cannot be named; name the host";
        var port = 0;
        if (
            digits is not null
            && !(
                int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out port)
                && port is >= 1 and <= 65535
            )
        )
            return $"`{digits}` is no port";
        var isSuffix = name.StartsWith("*.", StringComparison.Ordinal);
        if (isSuffix)
            name = name[2..];
        if (!name.All(char.IsAscii))
            return "write the host's ASCII form, which begins with `xn--`";
        if (name.Contains('*', StringComparison.Ordinal))
            return "`*.` can stand only at the beginning, for all hosts below a domain";
        if (HostName.Canonical(name) is not { } host)
            return "this is neither a host, such as `example.com`, nor a bundle";
        if (isSuffix && (HostName.IsAddress(host) || !host.Contains('.', StringComparison.Ordinal)))
            return $"`*.{host}` is more than one domain's hosts";
        if (HostName.IsAddress(host) && digits is null)
            return "an address needs its port, such as `10.1.2.3:8081`";
        if (digits is null && !host.Contains('.', StringComparison.Ordinal))
            return $"there is no bundle `{text}`{Nearest(host)} A host without a dot needs its port, such as `{host}:443`";
        rule = new HostRule(text, host, isSuffix, digits is null ? HostRule.DefaultPorts : [port]);
        return null;
    }

    /// <summary>Said here and not by the reader of files, which knows keys and no bundles.</summary>
    private static string Nearest(string word)
    {
        var near = Bundles.All.Keys.FirstOrDefault(name =>
            name.StartsWith(word, StringComparison.Ordinal)
            || word.StartsWith(name, StringComparison.Ordinal)
            || (
                Math.Abs(name.Length - word.Length) <= 1
                && name[0] == word[0]
                && (name[^1] == word[^1] || name.Zip(word).Count(pair => pair.First != pair.Second) <= 1)
            )
        );
        return near is null ? $"; there are {string.Join(", ", Bundles.All.Keys)}." : $". Did you mean `{near}`?";
    }
}
