using ClawCi.ChangeSets.Posix;
using Microsoft.Win32.SafeHandles;

namespace ClawCi.ChangeSets;

/// <summary>The owner of a tree's root, who gets what root writes there.</summary>
internal sealed class TreeOwner(SafeFileHandle root)
{
    private readonly FileStatus _root = Tree.Status(root);
    private readonly bool _isSuperuser = Libc.GetEUid() == 0;

    public void Give(SafeFileHandle directory, ReadOnlySpan<byte> name) => Give(directory, name, _root);

    /// <summary>Gives to the owner that <paramref name="like"/> has.</summary>
    public void Give(SafeFileHandle directory, ReadOnlySpan<byte> name, FileStatus like)
    {
        if (!_isSuperuser || Tree.Status(directory, name) is not { } status)
            return;
        // In a container even uid 0 may lack the capability, and then owns everything already.
        if (status.User != like.User || status.Group != like.Group)
            Tree.SetOwner(directory, name, like.User, like.Group);
    }
}
