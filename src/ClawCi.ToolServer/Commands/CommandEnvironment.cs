using System.Collections;

namespace ClawCi.ToolServer.Commands;

/// <summary>What commands find in their environment: the server's own, and defaults that keep programs from asking.</summary>
internal sealed class CommandEnvironment
{
    private static readonly (string Name, string Value)[] Defaults =
    [
        ("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),
        ("HOME", "/tmp"),
        ("CI", "true"),
        ("TERM", "dumb"),
        ("NO_COLOR", "1"),
        ("PAGER", "cat"),
        ("MANPAGER", "cat"),
        ("GIT_PAGER", "cat"),
        ("EDITOR", "true"),
        ("VISUAL", "true"),
        ("GIT_EDITOR", "true"),
        ("GIT_TERMINAL_PROMPT", "0"),
        ("DEBIAN_FRONTEND", "noninteractive"),
        ("PIP_NO_INPUT", "1"),
        // The checkout may belong to another user than ours.
        ("GIT_CONFIG_COUNT", "1"),
        ("GIT_CONFIG_KEY_0", "safe.directory"),
        ("GIT_CONFIG_VALUE_0", "*"),
    ];

    private readonly List<string> _entries;

    /// <param name="inherited">Names to values, as the runtime gives them.</param>
    public CommandEnvironment(IDictionary inherited)
    {
        var all = Defaults.ToDictionary(d => d.Name, d => d.Value);
        // Somebody else's count would make our keys theirs.
        if (inherited.Contains("GIT_CONFIG_COUNT"))
        {
            all.Remove("GIT_CONFIG_KEY_0");
            all.Remove("GIT_CONFIG_VALUE_0");
        }
        foreach (DictionaryEntry entry in inherited)
            all[(string)entry.Key] = (string?)entry.Value ?? "";
        // What started us, which is no command's business.
        all.Remove("_");
        SearchPath = all["PATH"];
        _entries = [.. all.Select(e => $"{e.Key}={e.Value}")];
    }

    public string SearchPath { get; }

    public bool Has(string name) => _entries.Any(entry => entry.StartsWith(name + '=', StringComparison.Ordinal));

    /// <summary><c>NAME=value</c> each; the mark is the last.</summary>
    /// <param name="over">Entries that win over those of the same name.</param>
    public IReadOnlyList<string> With(IReadOnlyList<string> over, string mark)
    {
        var names = over.Select(Name).ToHashSet();
        return [.. _entries.Where(entry => !names.Contains(Name(entry))), .. over, mark];
    }

    private static string Name(string entry) => entry[..entry.IndexOf('=', StringComparison.Ordinal)];
}
