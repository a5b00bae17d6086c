using System.Text;
using ClawCi.ChangeSets;
using ClawCi.ChangeSets.Posix;
using ClawCi.Shared;
using ClawCi.ToolServer.Files;
using Microsoft.Win32.SafeHandles;

namespace ClawCi.ToolServer.Searching;

/// <summary>
/// All files below a directory, without what git ignores unless that is asked for, in the order of their names, without following a link. Names are
/// Latin-1 strings of their bytes here, so that every name survives.
/// </summary>
internal sealed class FileWalk : IDisposable
{
    private const int MaxEntries = 500_000;
    private const int MaxIgnoreFileBytes = 1024 * 1024;

    private readonly SafeFileHandle _root;
    private readonly Location _start;
    private readonly string _startPath;
    private readonly bool _withIgnored;
    private readonly Stack<(string Path, IgnoreRules Rules)> _pending = new();
    private int _entries;

    private FileWalk(SafeFileHandle root, Location start, bool withIgnored)
    {
        (_root, _start, _withIgnored) = (root, start, withIgnored);
        _startPath = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(start.Path));
    }

    /// <summary>Empty, or a line that says what was not searched.</summary>
    public string Notice { get; private set; } = "";

    /// <exception cref="ToolException">There is no such directory, or it is a file.</exception>
    public static FileWalk Start(Workspace workspace, string directory, bool withIgnored = false)
    {
        var location = workspace.Locate(directory);
        if (location.Status is { IsDirectory: true })
            return new(workspace.Root, location, withIgnored);
        using (location)
        {
            location.RequirePresence(directory);
            throw new ToolException($"{directory} is not a directory.");
        }
    }

    public IEnumerable<WalkedFile> Files(CancellationToken ct)
    {
        _pending.Push((_startPath, _withIgnored ? IgnoreRules.None : RulesAbove()));
        while (_pending.TryPop(out var next))
        {
            ct.ThrowIfCancellationRequested();
            using var directory = Beneath.Open(_root, Bytes(next.Path), OpenFlags.Directory, out _);
            if (directory is null)
                continue;
            foreach (var file in Enter(directory, next.Path, next.Rules))
                yield return file;
            if (_entries <= MaxEntries)
                continue;
            Notice = $"\n[stopped after {MaxEntries} entries; search in a smaller directory]";
            yield break;
        }
    }

    public void Dispose() => _start.Dispose();

    private IEnumerable<WalkedFile> Enter(SafeFileHandle directory, string path, IgnoreRules outer)
    {
        if (Names(directory) is not { } names)
            yield break;
        var rules = !_withIgnored && ReadRules(directory, ".gitignore"u8) is { } own ? outer.Enter(path, own) : outer;
        var directories = new Stack<string>();
        foreach (var name in names)
        {
            if (name.AsSpan().SequenceEqual(".git"u8) || StatusOf(directory, name) is not { } status)
                continue;
            _entries++;
            var entry = Join(path, Encoding.Latin1.GetString(name));
            if (rules.IsIgnored(entry, status.IsDirectory))
                continue;
            if (status.IsDirectory)
                directories.Push(entry);
            else if (status.IsFile || status.IsSymlink)
                yield return new(Text(entry), Text(FromStart(entry)), status, directory, name);
        }
        // Pushed backwards, so that the first is the next.
        foreach (var entry in directories)
            _pending.Push((entry, rules));
    }

    /// <summary>What ignore files above the start say: nothing, when they ignore the start itself, since it was asked for.</summary>
    private IgnoreRules RulesAbove()
    {
        var rules = IgnoreRules.None;
        using (var info = Beneath.Open(_root, ".git/info"u8, OpenFlags.Directory, out _))
        {
            if (info is not null && ReadRules(info, "exclude"u8) is { } exclude)
                rules = rules.Enter("", exclude);
        }
        for (var end = 0; end < _startPath.Length; )
        {
            var above = _startPath[..end];
            using var directory = Beneath.Open(_root, Bytes(above), OpenFlags.Directory, out _);
            if (directory is not null && ReadRules(directory, ".gitignore"u8) is { } own)
                rules = rules.Enter(above, own);
            end = _startPath.IndexOf('/', end + 1) is > 0 and var slash ? slash : _startPath.Length;
            if (rules.IsIgnored(_startPath.AsSpan(0, end), isDirectory: true))
                return IgnoreRules.None;
        }
        return rules;
    }

    private static IgnoreFile? ReadRules(SafeFileHandle directory, ReadOnlySpan<byte> name)
    {
        using var file = Tree.Open(directory, name, OpenFlags.Read, out _);
        if (file is null || Tree.Status(file) is not { IsFile: true, Size: <= MaxIgnoreFileBytes } status)
            return null;
        return IgnoreFile.Parse(FileContent.ReadAll(file, ".gitignore", status.Size));
    }

    private List<byte[]>? Names(SafeFileHandle directory)
    {
        try
        {
            return Tree.List(directory, MaxEntries);
        }
        catch (Exception e) when (e is PosixException or ChangeSetException)
        {
            Notice = "\n[a directory could not be read]";
            return null;
        }
    }

    private static FileStatus? StatusOf(SafeFileHandle directory, byte[] name)
    {
        try
        {
            return Tree.Status(directory, name);
        }
        catch (PosixException)
        {
            return null;
        }
    }

    private string FromStart(string path) => _startPath.Length == 0 ? path : path[(_startPath.Length + 1)..];

    private static string Join(string directory, string name) => directory.Length == 0 ? name : $"{directory}/{name}";

    private static byte[] Bytes(string path) => Encoding.Latin1.GetBytes(path);

    private static string Text(string path) => Ascii.IsValid(path) ? path : Encoding.UTF8.GetString(Bytes(path));
}
