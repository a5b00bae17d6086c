using System.Text;
using ClawCi.ChangeSets;
using ClawCi.ChangeSets.Posix;
using Microsoft.Win32.SafeHandles;

namespace ClawCi.Tests.Workspaces;

/// <summary>Files by path; written to and read from real directories, whatever bytes the names have.</summary>
internal sealed class TestTree : SortedDictionary<string, TestFile>
{
    public TestTree()
        : base(StringComparer.Ordinal) { }

    public TestTree(TestTree other)
        : base(other, StringComparer.Ordinal) { }

    /// <summary>Puts a file, in place of whatever is there or above.</summary>
    public void Put(string path, TestFile file)
    {
        Remove(path, tree: true);
        for (var end = path.IndexOf('/', StringComparison.Ordinal); end >= 0; end = path.IndexOf('/', end + 1))
            Remove(path[..end]);
        this[path] = file;
    }

    public void Remove(string path, bool tree)
    {
        Remove(path);
        foreach (var below in Keys.Where(key => tree && key.StartsWith(path + "/", StringComparison.Ordinal)).ToList())
            Remove(below);
    }

    /// <summary>Makes the tree in a directory that may exist.</summary>
    public string WriteTo(string directory)
    {
        Directory.CreateDirectory(directory);
        using var root = Tree.OpenRoot(directory);
        foreach (var (path, file) in this)
            WriteFile(root, path, file);
        return directory;
    }

    public static void WriteFile(SafeFileHandle root, string path, TestFile file)
    {
        for (var end = path.IndexOf('/', StringComparison.Ordinal); end >= 0; end = path.IndexOf('/', end + 1))
        {
            using var above = Open(root, Parent(path[..end]));
            if (Tree.Status(above, Name(path[..end])) is null)
            {
                Tree.MakeDirectory(above, Name(path[..end]));
                using var made = Open(root, TestFile.Bytes(path[..end]));
                Tree.SetMode(made, 0x1ED);
            }
        }
        using var parent = Open(root, Parent(path));
        if (file.Kind == FileKind.Symlink)
        {
            Tree.MakeSymlink(TestFile.Bytes(file.Content), parent, Name(path));
            return;
        }
        using var handle = Tree.Open(parent, Name(path), OpenFlags.Create, out var error);
        RandomAccess.Write(handle ?? throw new PosixException(error, Name(path)), TestFile.Bytes(file.Content), 0);
        Tree.SetMode(handle, file.Kind == FileKind.Executable ? 0x1EDu : 0x1A4u);
    }

    /// <summary>All but <c>.git</c> at the root and directories that hold nothing.</summary>
    public static TestTree ReadFrom(string directory)
    {
        var tree = new TestTree();
        using var root = Tree.OpenRoot(directory);
        Read(root, "", tree);
        tree.Remove(".git", tree: true);
        return tree;
    }

    public string Show() =>
        string.Join('\n', this.Select(file => $"{ChangePath.Display(TestFile.Bytes(file.Key))}: {file.Value}"));

    private static void Read(SafeFileHandle directory, string prefix, TestTree into)
    {
        foreach (var name in Tree.List(directory, int.MaxValue))
        {
            var path = prefix + Encoding.Latin1.GetString(name);
            var status = Tree.Status(directory, name)!.Value;
            using var handle = status.IsDirectory || status.IsFile ? Tree.Open(directory, name, 0, out _) : null;
            if (status.IsDirectory)
            {
                Read(handle!, path + "/", into);
            }
            else if (status.IsFile)
            {
                var content = new byte[status.Size];
                _ = RandomAccess.Read(handle!, content, 0);
                into[path] = new TestFile(status.Kind!.Value, Encoding.Latin1.GetString(content));
            }
            else if (status.IsSymlink)
            {
                into[path] = TestFile.Link(Encoding.Latin1.GetString(Tree.ReadLink(directory, name)));
            }
            else
            {
                into[path] = TestFile.Text("special file");
            }
        }
    }

    private static SafeFileHandle Open(SafeFileHandle root, byte[] path) =>
        Beneath.Open(root, path, OpenFlags.Directory, out var error) ?? throw new PosixException(error, path);

    private static byte[] Parent(string path) => ChangePath.Parent(TestFile.Bytes(path)).ToArray();

    private static byte[] Name(string path) => ChangePath.Name(TestFile.Bytes(path)).ToArray();
}
