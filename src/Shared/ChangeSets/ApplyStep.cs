using System.Globalization;
using System.Text;
using ClawCi.ChangeSets.Posix;
using Microsoft.Win32.SafeHandles;

namespace ClawCi.ChangeSets;

/// <summary>
/// One step of an apply, written down before it is done. Undoing it is right whether it was done or not, and as often as one
/// likes: a kill leaves no other trace of which it was.
/// </summary>
/// <param name="Verb"><see cref="MakeDirectory"/> and the others.</param>
/// <param name="Index">Of the file that waits aside; 0 for directories.</param>
/// <param name="Status">Of the directory that goes, or of the file that comes.</param>
internal sealed record ApplyStep(string Verb, byte[] Path, int Index, FileStatus Status)
{
    public const string MakeDirectory = "mkdir";
    public const string RemoveDirectory = "rmdir";
    public const string SetAside = "old";
    public const string Place = "new";
    private const int Fields = 9;

    public static byte[] NewName(int index) =>
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"new-{index}"));

    public static byte[] OldName(int index) =>
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"old-{index}"));

    /// <summary>One line; its last word is for people.</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Verb} {Index} {Status.Mode} {Status.User} {Status.Group} {Status.Size} {Status.Modified} {Convert.ToHexStringLower(Path)} {ChangePath.Display(Path)}"
        );

    /// <exception cref="IOException">It is no step.</exception>
    public static ApplyStep Parse(string line)
    {
        try
        {
            return
                line.Split(' ', Fields)
                    is [var verb, var index, var mode, var user, var group, var size, var time, var path, _]
                ? new ApplyStep(
                    verb,
                    Convert.FromHexString(path),
                    int.Parse(index, CultureInfo.InvariantCulture),
                    new FileStatus(
                        uint.Parse(mode, CultureInfo.InvariantCulture),
                        uint.Parse(user, CultureInfo.InvariantCulture),
                        uint.Parse(group, CultureInfo.InvariantCulture),
                        long.Parse(size, CultureInfo.InvariantCulture),
                        0,
                        0,
                        long.Parse(time, CultureInfo.InvariantCulture)
                    )
                )
                : throw new FormatException("too few words");
        }
        catch (FormatException e)
        {
            throw new IOException($"no step of an apply: {line}", e);
        }
    }

    /// <exception cref="IOException">Somebody changed what the step had made.</exception>
    public void Undo(SafeFileHandle root, SafeFileHandle aside, TreeOwner owner)
    {
        using var parent = Beneath.Open(root, ChangePath.Parent(Path), OpenFlags.Directory, out var error);
        if (parent is null)
        {
            // Not even its directory was made, or that was undone already.
            if (error == Errno.NoEntry && !Waits(aside, OldName(Index)))
                return;
            throw new PosixException(error, Path);
        }
        var name = ChangePath.Name(Path).ToArray();
        switch (Verb)
        {
            case MakeDirectory:
                Tree.TryDeleteDirectory(parent, name);
                break;
            case RemoveDirectory when Tree.Status(parent, name) is null:
                Tree.MakeDirectory(parent, name);
                owner.Give(parent, name, Status);
                using (var made = Beneath.Open(root, Path, OpenFlags.Directory, out error))
                    Tree.SetMode(made ?? throw new PosixException(error, Path), Status.Mode & 0xFFF);
                break;
            case SetAside when Waits(aside, OldName(Index)):
                Tree.Move(aside, OldName(Index), parent, name);
                break;
            case Place when !Waits(aside, NewName(Index)) && Tree.Status(parent, name) is { } now:
                if ((now.Mode, now.Size, now.Modified) != (Status.Mode, Status.Size, Status.Modified))
                    throw new IOException($"{ChangePath.Display(Path)} was changed since it was applied");
                Tree.Move(parent, name, aside, NewName(Index));
                break;
        }
    }

    private static bool Waits(SafeFileHandle aside, byte[] name) => Tree.Status(aside, name) is not null;
}
