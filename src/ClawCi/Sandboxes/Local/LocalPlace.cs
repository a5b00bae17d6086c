using System.Text;
using ClawCi.ChangeSets.Posix;
using Microsoft.Win32.SafeHandles;

namespace ClawCi.Sandboxes.Local;

/// <summary>The directory of a task without a container: workspaces that the agent may write to, and a base that it may not.</summary>
internal sealed class LocalPlace : IDisposable
{
    private const int DeepestDirectory = 4096;
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode Passable = Private | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    private const UnixFileMode Executable = Passable | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Locked as long as a process works here: the kernel lets go of it, however that ends.</summary>
    private const string Held = "held";

    private FileStream? _held;

    private LocalPlace(string root)
    {
        Root = root;
    }

    public string Root { get; }

    /// <summary>Behind a directory that is closed to the agent: what in it is open to everyone is not open to it.</summary>
    public string Base => Path.Combine(Root, "base", "tree");

    /// <summary>A copy of our own: another user's file may lie where that user cannot look.</summary>
    public string ToolServer => Path.Combine(Root, "claw-toolserver");

    /// <summary>Whoever this process is: what it keeps is nobody else's.</summary>
    public LocalUser Keeper { get; } = new(default(uint?));

    /// <exception cref="SandboxException">There is something at its place already, or there is no room.</exception>
    public static LocalPlace Create(string workspace, ToolServerBinary toolServer)
    {
        var root = Path.GetDirectoryName(workspace)!;
        if (Path.Exists(root) && !WasLeft(root))
            throw new SandboxException(SandboxFailure.WorkspaceUnreachable, $"{root} is there already.");
        var place = new LocalPlace(root);
        try
        {
            Directory.CreateDirectory(root, Private);
            File.SetUnixFileMode(root, Passable);
            place._held = Hold(root);
            File.Copy(toolServer.Path, place.ToolServer);
            File.SetUnixFileMode(place.ToolServer, Executable);
            Directory.CreateDirectory(workspace, Private);
            return place;
        }
        catch (IOException e)
        {
            throw new SandboxException(SandboxFailure.NoSpace, $"{root} cannot be made: {e.Message}", e);
        }
    }

    /// <summary>Of a run that was killed and goes on under its id: it is removed. Whatever somebody works in, or somebody else made, stays.</summary>
    private static bool WasLeft(string root)
    {
        try
        {
            using var parent = Tree.OpenRoot(Path.GetDirectoryName(root)!);
            var status = Tree.Status(parent, Encoding.UTF8.GetBytes(Path.GetFileName(root)));
            if (status is not { IsDirectory: true } || status.Value.User != Libc.GetEUid())
                return false;
            using (Hold(root))
                new LocalPlace(root).Dispose();
            return !Path.Exists(root);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ChangeSets.ChangeSetException)
        {
            return false;
        }
    }

    private static FileStream Hold(string root) =>
        new(Path.Combine(root, Held), FileMode.OpenOrCreate, FileAccess.Write, FileShare.None);

    public string MakeBase()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Base)!, Private);
        Directory.CreateDirectory(Base, Private);
        return Base;
    }

    /// <summary>An empty workspace, and a home directory beside it.</summary>
    public string MakeWorkspace(string name, LocalUser owner)
    {
        var workspace = Path.Combine(Root, name);
        Directory.CreateDirectory(workspace, Private);
        MakeHome(workspace, owner);
        return workspace;
    }

    public static void MakeHome(string workspace, LocalUser owner)
    {
        using var home = Tree.OpenRoot(Directory.CreateDirectory(HomeOf(workspace), Private).FullName);
        if (owner.Id is { } id)
            Tree.SetOwner(home, "."u8, id, id);
    }

    public static string HomeOf(string workspace) => workspace + "-home";

    /// <summary>Removes it with everything in it, whatever its names. What cannot be removed stays, in a directory of the runner's own.</summary>
    public void Dispose()
    {
        try
        {
            _held?.Dispose();
            using (var root = Tree.OpenRoot(Root))
                Empty(root, 0);
            Directory.Delete(Root);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ChangeSets.ChangeSetException)
        {
            // The machine is thrown away after the run; nobody is served by an error now.
        }
    }

    private static void Empty(SafeFileHandle directory, int depth)
    {
        if (depth > DeepestDirectory)
            return;
        foreach (var name in Tree.List(directory, int.MaxValue))
        {
            if (Tree.Status(directory, name) is not { IsDirectory: true })
            {
                Tree.Delete(directory, name);
                continue;
            }
            using (var inner = Tree.Open(directory, name, OpenFlags.Directory, out _))
            {
                if (inner is not null)
                    Empty(inner, depth + 1);
            }
            Tree.TryDeleteDirectory(directory, name);
        }
    }
}
