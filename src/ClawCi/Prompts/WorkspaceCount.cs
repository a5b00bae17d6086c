using System.Text;

namespace ClawCi.Prompts;

/// <summary>Counts the files of a workspace as they are named, one after the other.</summary>
/// <param name="contextFiles">Names of files that tell a model about a part of the project.</param>
internal sealed class WorkspaceCount(IReadOnlyList<string> contextFiles)
{
    private const int LongestPath = 4096;
    private const int MostNoted = 1_000;

    private readonly Dictionary<string, int> _languages = [];
    private readonly Dictionary<string, int> _extensions = [];
    private readonly Dictionary<string, int> _roots = [];
    private readonly Dictionary<string, int> _tests = [];
    private readonly HashSet<string> _context = [.. contextFiles];
    private readonly List<string> _buildFiles = [];
    private readonly List<string> _rootFiles = [];
    private readonly List<string> _nested = [];

    public int Files { get; private set; }

    public IReadOnlyDictionary<string, int> Roots => _roots;

    public IReadOnlyDictionary<string, int> Tests => _tests;

    public IReadOnlyList<string> RootFiles => _rootFiles;

    public IReadOnlyList<string> BuildFiles => _buildFiles;

    /// <summary>Files for models that are not at the top.</summary>
    public IReadOnlyList<string> Nested => _nested;

    public IReadOnlyDictionary<string, int> Languages
    {
        get
        {
            foreach (var (extension, count) in _extensions)
            {
                if (Prompts.Languages.Of(extension) is { } language)
                    _languages[language] = _languages.GetValueOrDefault(language) + count;
            }
            _extensions.Clear();
            return _languages;
        }
    }

    /// <param name="path">Relative, as bytes.</param>
    public void Add(ReadOnlySpan<byte> path)
    {
        if (path.Length > LongestPath)
            return;
        Span<char> text = stackalloc char[path.Length];
        text = text[..Encoding.UTF8.GetChars(path, text)];
        Files++;
        var slash = text.LastIndexOf('/');
        var name = text[(slash + 1)..];
        if (name.LastIndexOf('.') is > 0 and var dot)
            Count(_extensions, name[(dot + 1)..]);
        if (slash < 0)
            Note(_rootFiles, text);
        else
            Count(_roots, text[..text.IndexOf('/')]);
        if (Prompts.Languages.IsBuildFile(name))
            Note(_buildFiles, text);
        if (slash > 0 && _context.GetAlternateLookup<ReadOnlySpan<char>>().Contains(name))
            Note(_nested, text);
        CountTests(text, slash);
    }

    /// <summary>By the outermost directory of tests.</summary>
    private void CountTests(ReadOnlySpan<char> path, int end)
    {
        for (var start = 0; start < end; )
        {
            var next = start + path[start..].IndexOf('/');
            if (Prompts.Languages.IsTestDirectory(path[start..next]))
            {
                Count(_tests, path[..next]);
                return;
            }
            start = next + 1;
        }
    }

    private static void Count(Dictionary<string, int> counts, ReadOnlySpan<char> key)
    {
        var lookup = counts.GetAlternateLookup<ReadOnlySpan<char>>();
        if (lookup.TryGetValue(key, out var count) || counts.Count < MostNoted)
            lookup[key] = count + 1;
    }

    private static void Note(List<string> list, ReadOnlySpan<char> path)
    {
        if (list.Count < MostNoted)
            list.Add(path.ToString());
    }
}
