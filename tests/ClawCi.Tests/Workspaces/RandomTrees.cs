using ClawCi.ChangeSets;
using CsCheck;

namespace ClawCi.Tests.Workspaces;

/// <summary>Pairs of trees that share much, with every kind of name, content and change of type.</summary>
internal static class RandomTrees
{
    private static readonly string[] Names =
    [
        "a",
        "a.b",
        "b",
        "-x",
        "new\nline",
        "q\"'uote",
        "sp ace",
        "\u00c3\u00bc",
        "\u00ff\u00fe",
        "tab\t",
        "back\\slash",
        "dir",
        "#!",
        "trail ",
        "\u0001",
        ".gitmodules",
    ];

    private static readonly string[] Contents =
    [
        "",
        "x",
        "x\n",
        "y\n",
        "one\ntwo\nthree\n",
        "one\r\ntwo\r\n",
        "one\n2\nthree",
        "\0\u0001\u00ff",
        "  trailing \n\t\n",
        "\\ No newline\n",
        "diff --git a/x b/x\n",
        "\u00ff\u00fe\n",
    ];

    private static readonly Gen<string> Path = OneOf(Names).Array[1, 3].Select(names => string.Join('/', names));

    // No target is a name beside it: git apply gives up at links that lead in a circle, which has a test of its own.
    private static readonly Gen<TestFile> File = Gen.Select(
        OneOf(FileKind.File, FileKind.File, FileKind.Executable, FileKind.Symlink),
        OneOf(Contents),
        OneOf("../a", "../../outside", "/etc/passwd", "dangling", "new\nline there", "\u00ff there"),
        (kind, content, target) => new TestFile(kind, kind == FileKind.Symlink ? target : content)
    );

    public static Gen<(TestTree Base, TestTree Changed)> Pair { get; } =
        Gen.Select(Gen.Select(Path, File).Array[0, 12], Gen.Select(Path, File, Gen.Int[0, 2]).Array[0, 12])
            .Select(
                (files, edits) =>
                {
                    var before = new TestTree();
                    foreach (var (path, file) in files)
                        Put(before, path, file);
                    var after = new TestTree(before);
                    foreach (var (path, file, edit) in edits)
                    {
                        if (edit == 0)
                            after.Remove(path, tree: true);
                        else
                            Put(after, path, file);
                    }
                    return (before, after);
                }
            );

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);

    // Git refuses .gitmodules as a symlink; it has a test of its own.
    private static void Put(TestTree tree, string path, TestFile file)
    {
        if (file.Kind != FileKind.Symlink || !path.Contains(".gitmodules", StringComparison.Ordinal))
            tree.Put(path, file);
    }
}
