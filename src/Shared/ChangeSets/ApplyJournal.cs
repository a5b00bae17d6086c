using System.Text;
using ClawCi.ChangeSets.Posix;
using Microsoft.Win32.SafeHandles;

namespace ClawCi.ChangeSets;

/// <summary>
/// A directory beside the files, where new ones are made and old ones wait, and the list of what is done, which is on disk
/// before it is done: whoever finds it after a kill can undo it.
/// </summary>
internal sealed class ApplyJournal : IDisposable
{
    private static readonly byte[] LogName = "journal"u8.ToArray();

    private readonly SafeFileHandle _root;
    private readonly SafeFileHandle _log;
    private readonly TreeOwner _owner;
    private readonly List<ApplyStep> _steps = [];
    private long _logged;

    /// <param name="name">Of the directory, as <see cref="NewDirectory"/> gives one.</param>
    public ApplyJournal(SafeFileHandle root, string name)
    {
        (_root, _owner) = (root, new TreeOwner(root));
        Name = Encoding.ASCII.GetBytes(name);
        Tree.MakeDirectory(root, Name);
        Aside = Tree.Open(root, Name, OpenFlags.Directory, out var error) ?? throw new PosixException(error, Name);
        _log = Tree.Open(Aside, LogName, OpenFlags.Create, out error) ?? throw new PosixException(error, Name);
    }

    /// <summary>Of the directory, below the root.</summary>
    public byte[] Name { get; }

    public SafeFileHandle Aside { get; }

    /// <summary>A name that nothing in a checkout has.</summary>
    public static string NewDirectory() => $".claw-ci-apply-{Path.GetRandomFileName()}";

    /// <summary>Writes the step down and does it.</summary>
    public void Do(ApplyStep step, Action action)
    {
        var line = Encoding.UTF8.GetBytes($"{step}\n");
        RandomAccess.Write(_log, line, _logged);
        _logged += line.Length;
        _steps.Add(step);
        action();
    }

    /// <returns>Whether everything is as it was.</returns>
    public bool RollBack() => Undo(_root, Aside, _owner, _steps).Count == 0;

    /// <summary>Removes the directory with all that waits in it.</summary>
    public void Clear()
    {
        // A network file system keeps a file that is open, under another name, and with it the directory.
        _log.Dispose();
        Clear(_root, Aside, Name);
    }

    /// <summary>Undoes what a killed process had done of an apply. Nothing is left of it when that succeeds.</summary>
    /// <returns>What could not be undone, and why.</returns>
    public static IReadOnlyList<string> Recover(SafeFileHandle root, string name)
    {
        var bytes = Encoding.ASCII.GetBytes(name);
        using var aside = Tree.Open(root, bytes, OpenFlags.Directory, out _);
        if (aside is null)
            return [];
        var problems = Undo(root, aside, new TreeOwner(root), Read(aside));
        if (problems.Count == 0)
            Clear(root, aside, bytes);
        return problems;
    }

    /// <summary>The paths of what a killed process had touched.</summary>
    public static IReadOnlyList<byte[]> Touched(SafeFileHandle root, string name)
    {
        using var aside = Tree.Open(root, Encoding.ASCII.GetBytes(name), OpenFlags.Directory, out _);
        return aside is null ? [] : [.. Read(aside).Select(step => step.Path)];
    }

    /// <summary>Removes what a killed process left of an apply that was done.</summary>
    public static void Clear(SafeFileHandle root, string name)
    {
        var bytes = Encoding.ASCII.GetBytes(name);
        using var aside = Tree.Open(root, bytes, OpenFlags.Directory, out _);
        if (aside is not null)
            Clear(root, aside, bytes);
    }

    public void Dispose()
    {
        _log.Dispose();
        Aside.Dispose();
    }

    private static List<string> Undo(
        SafeFileHandle root,
        SafeFileHandle aside,
        TreeOwner owner,
        IReadOnlyList<ApplyStep> steps
    )
    {
        List<string> problems = [];
        foreach (var step in steps.Reverse())
        {
            try
            {
                step.Undo(root, aside, owner);
            }
            catch (IOException e)
            {
                problems.Add(e.Message);
            }
        }
        return problems;
    }

    private static List<ApplyStep> Read(SafeFileHandle aside)
    {
        using var log = Tree.Open(aside, LogName, OpenFlags.Read, out _);
        if (log is null)
            return [];
        using var stream = new FileStream(log, FileAccess.Read);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var text = reader.ReadToEnd();
        // What is torn was not begun.
        return
        [
            .. text[..(text.LastIndexOf('\n') + 1)]
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(ApplyStep.Parse),
        ];
    }

    /// <summary>The list goes first: without it there is nothing to undo.</summary>
    private static void Clear(SafeFileHandle root, SafeFileHandle aside, byte[] name)
    {
        if (Tree.Status(aside, LogName) is not null)
            Tree.Delete(aside, LogName);
        foreach (var each in Tree.List(aside, int.MaxValue))
            Tree.Delete(aside, each);
        Tree.TryDeleteDirectory(root, name);
    }
}
