using System.Text;
using ClawCi.Shared;
using ClawCi.TestSupport;
using CsCheck;
using Xunit;

namespace ClawCi.ToolServer.Tests.Shared;

public sealed class IgnoreRulesTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    // Latin-1: one character a byte, so that \xff is a name that is no UTF-8.
    private static readonly Gen<string> Name = Gen.OneOf(
        "a",
        "b",
        "c",
        "aa",
        "ab",
        "abc",
        "foo",
        "foobar",
        "a.c",
        ".c",
        "#a",
        "!a",
        "a ",
        "a\\",
        "[a]",
        "a*",
        "\xff",
        "\xc3\xa9"
    );

    private static readonly Gen<string> Piece = Gen.Frequency(
        (6, Name),
        (2, Gen.OneOf("*", "?", "**", "***")),
        (
            3,
            Gen.OneOf(
                "*a",
                "a*",
                "*.c",
                "foo**",
                "**bar",
                "a?",
                "?b",
                "[ab]",
                "[!a]",
                "[^b]*",
                "[a-c]b",
                "[]a]",
                "[a\\]]"
            )
        ),
        (
            1,
            Gen.OneOf(
                "[[:alpha:]]",
                "[[:punct:]a]*",
                "[[:nope:]]",
                "[a",
                "[[:a]",
                "[a-]",
                "[!]",
                "\\a",
                "\\*",
                "\\ ",
                "a\\ ",
                "\\"
            )
        ),
        (1, Gen.OneOf("[\x80-\xff]", "[b-a]", "[[-a]", "[\\a-\\c]", "[!\\a]?"))
    );

    private static readonly Gen<string> Line =
        from negated in Gen.Frequency((4, Gen.Const("")), (1, Gen.Const("!")))
        from start in Gen.Frequency((4, Gen.Const("")), (1, Gen.Const("/")))
        from pieces in Piece.Array[1, 3]
        from end in Gen.Frequency(
            (5, Gen.Const("")),
            (2, Gen.Const("/")),
            (1, Gen.OneOf(" ", "  ", "\r", "/**", "//", "\t", "\0a"))
        )
        select negated + start + string.Join('/', pieces) + end;

    private static readonly Gen<string> File =
        from bom in Gen.Frequency((9, Gen.Const("")), (1, Gen.Const("\xef\xbb\xbf")))
        from lines in Gen.Frequency((9, Line), (1, Gen.OneOf("", "#a", " ", "/", "!", "\r"))).Array[1, 5]
        from end in Gen.OneOf("", "\n")
        select bom + string.Join('\n', lines) + end;

    private static readonly Gen<(string[] Paths, (string Directory, string Content)[] Files)> Tree =
        from paths in Name.Array[1, 4].Select(p => string.Join('/', p)).Array[4, 25]
        from files in Gen.Select(Gen.Int[-1, 24], File).Array[1, 4]
        select (
            paths,
            files
                .Select(f => (f.Item1 < 0 ? "" : Parent(paths[f.Item1 % paths.Length]), f.Item2))
                .DistinctBy(f => f.Item1)
                .ToArray()
        );

    [Fact]
    public void Random_trees_are_ignored_as_git_check_ignore_says()
    {
        using var directory = new TempDirectory();
        var count = 0;
        Tree.Sample(
            tree =>
            {
                var root = directory[Interlocked.Increment(ref count).ToString()];
                Directory.CreateDirectory(root);
                var all = Grow(root, tree.Paths, tree.Files);
                var rules = tree.Files.ToDictionary(
                    f => f.Directory,
                    f => IgnoreFile.Parse(Encoding.Latin1.GetBytes(f.Content))
                );
                Assert.Equal(
                    AskGit(root, all.Keys),
                    all.Keys.Where(p => IsIgnored(p, all, rules)).Order(StringComparer.Ordinal)
                );
            },
            iter: 150,
            threads: 2,
            print: t =>
                $"{string.Join(" | ", t.Paths)}\n{string.Join("\n", t.Files.Select(f => $"{f.Directory}: {f.Content}"))}"
        );
    }

    [Theory]
    [InlineData("foo**/bar", "foo/x/bar", true)]
    [InlineData("foo**/bar", "foobar", true)]
    [InlineData("a/**", "a", false)]
    [InlineData("a/**/b", "a/b", true)]
    [InlineData("*.c", "x/y.c", true)]
    [InlineData("/*.c", "x/y.c", false)]
    [InlineData("a//", "a", false)]
    [InlineData("a\\ ", "a ", true)]
    [InlineData("a ", "a", true)]
    [InlineData("[Z-\\]]", "]", true)]
    [InlineData("[[:upper:]]", "A", true)]
    [InlineData("[[:upper", "[", false)]
    public void A_line_reads_as_in_git(string line, string path, bool ignored)
    {
        var rules = IgnoreRules.None.Enter("", IgnoreFile.Parse(Encoding.Latin1.GetBytes(line)));
        Assert.Equal(ignored, rules.IsIgnored(path, isDirectory: true));
        Assert.Equal(ignored, rules.IsIgnored(Encoding.Latin1.GetBytes(path), isDirectory: true));
    }

    [Fact]
    public void A_pattern_of_many_stars_does_not_explode()
    {
        var line =
            string.Concat(Enumerable.Repeat("*a", 200))
            + "/**/"
            + string.Concat(Enumerable.Repeat("**/*a*/", 50))
            + "b";
        var rules = IgnoreRules.None.Enter("", IgnoreFile.Parse(Encoding.Latin1.GetBytes(line)));
        Assert.False(rules.IsIgnored(string.Concat(Enumerable.Repeat("aaaaaaaa/", 400)), isDirectory: false));
    }

    private static string Parent(string path) => path.LastIndexOf('/') is >= 0 and var at ? path[..at] : "";

    /// <summary>Makes every path a file, or a directory when another lies below it, and says which.</summary>
    private static Dictionary<string, bool> Grow(
        string root,
        string[] paths,
        (string Directory, string Content)[] files
    )
    {
        var directories = new HashSet<string>();
        foreach (var path in paths.Concat(files.Select(f => f.Directory + "/x")))
        {
            for (var parent = Parent(path); parent.Length > 0; parent = Parent(parent))
                directories.Add(parent);
        }
        var leaves = paths.Where(p => !directories.Contains(p)).Distinct().ToArray();
        Run(root, directories, "xargs", "-0", "-r", "mkdir", "-p", "--");
        Run(root, leaves, "xargs", "-0", "-r", "touch", "--");
        foreach (var (directory, content) in files)
        {
            var quoted = Convert.ToHexString(
                Encoding.Latin1.GetBytes((directory.Length == 0 ? "" : directory + "/") + ".gitignore")
            );
            Run(root, [content], "sh", "-c", $"head -c -1 > \"$(printf '{Escape(quoted)}')\"");
        }
        Run(root, [], "git", "init", "-q");
        return directories
            .Select(d => (d, true))
            .Concat(leaves.Select(l => (l, false)))
            .ToDictionary(p => p.Item1, p => p.Item2);
    }

    private static string Escape(string hex) =>
        string.Concat(
            hex.Chunk(2)
                .Select(pair => "\\" + Convert.ToString(Convert.ToByte(new string(pair), 16), 8).PadLeft(3, '0'))
        );

    private static IEnumerable<string> AskGit(string root, IEnumerable<string> paths) =>
        Run(root, paths, "git", "check-ignore", "--no-index", "-z", "--stdin")
            .Split('\0', StringSplitOptions.RemoveEmptyEntries)
            .Order(StringComparer.Ordinal);

    private static bool IsIgnored(string path, Dictionary<string, bool> all, Dictionary<string, IgnoreFile> files)
    {
        var rules = IgnoreRules.None;
        for (var end = -1; ; )
        {
            var directory = end < 0 ? "" : path[..end];
            if (files.TryGetValue(directory, out var file))
                rules = rules.Enter(directory, file);
            end = path.IndexOf('/', end + 1);
            var entry = end < 0 ? path : path[..end];
            if (rules.IsIgnored(entry, all[entry]))
                return true;
            if (end < 0)
                return false;
        }
    }

    private static string Run(string directory, IEnumerable<string> input, string program, params string[] arguments)
    {
        var bytes = Encoding.Latin1.GetBytes(string.Concat(input.Select(i => i + "\0")));
        var request = new ProcessRequest(program, arguments)
        {
            WorkingDirectory = directory,
            Environment = new Dictionary<string, string>
            {
                ["PATH"] = "/usr/bin:/bin",
                ["GIT_CONFIG_NOSYSTEM"] = "1",
                ["GIT_CONFIG_GLOBAL"] = "/dev/null",
            },
            WriteInput = async (stdin, ct) => await stdin.WriteAsync(bytes, ct),
        };
        var result = ProcessRunner.RunAsync(request, Ct).GetAwaiter().GetResult();
        // check-ignore says 1 when nothing is ignored.
        Assert.True(result.ExitCode <= 1, $"{program} {string.Join(' ', arguments)}: {result.ErrorText}");
        return Encoding.Latin1.GetString(result.Output);
    }
}
