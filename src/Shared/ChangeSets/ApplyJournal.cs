using System.Globalization;
using System.Text;
using ClawCi.ChangeSets.Posix;
using Microsoft.Win32.SafeHandles;

namespace ClawCi.ChangeSets;

/// <summary>
/// A directory beside the files, where new ones are made and old ones wait, and the list of what was done. The list is
/// also on disk, for the person who finds it after a power cut.
/// </summary>
internal sealed class ApplyJournal : IDisposable
{
    private readonly SafeFileHandle _root;
    private readonly SafeFileHandle _log;
    private readonly Stack<(byte[] Path, Action Undo)> _done = new();
    private long _logged;

    public ApplyJournal(SafeFileHandle root)
    {
        _root = root;
        Name = Encoding.ASCII.GetBytes($".claw-ci-apply-{Path.GetRandomFileName()}");
        Tree.MakeDirectory(root, Name);
        Aside = Tree.Open(root, Name, OpenFlags.Directory, out var error) ?? throw new PosixException(error, Name);
        _log = Tree.Open(Aside, "journal"u8, OpenFlags.Create, out error) ?? throw new PosixException(error, Name);
    }

    /// <summary>Of the directory, below the root.</summary>
    public byte[] Name { get; }

    public SafeFileHandle Aside { get; }

    public static byte[] NewName(int index) =>
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"new-{index}"));

    public static byte[] OldName(int index) =>
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"old-{index}"));

    /// <summary>Writes the step down, does it, and remembers how to undo it.</summary>
    public void Do(string step, byte[] path, Action action, Action undo)
    {
        var line = Encoding.UTF8.GetBytes($"{step} {ChangePath.Display(path)}\n");
        RandomAccess.Write(_log, line, _logged);
        _logged += line.Length;
        action();
        _done.Push((path, undo));
    }

    /// <returns>Whether everything is as it was.</returns>
    public bool RollBack()
    {
        var isWhole = true;
        while (_done.TryPop(out var step))
        {
            try
            {
                step.Undo();
            }
            catch (IOException)
            {
                isWhole = false;
            }
        }
        return isWhole;
    }

    /// <summary>Removes the directory with all that waits in it.</summary>
    public void Clear()
    {
        foreach (var name in Tree.List(Aside, int.MaxValue))
            Tree.Delete(Aside, name);
        Tree.TryDeleteDirectory(_root, Name);
    }

    public void Dispose()
    {
        _log.Dispose();
        Aside.Dispose();
    }
}
