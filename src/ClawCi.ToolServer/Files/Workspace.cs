using System.Runtime.InteropServices;
using System.Text;
using ClawCi.ChangeSets.Posix;
using Microsoft.Win32.SafeHandles;

namespace ClawCi.ToolServer.Files;

/// <summary>
/// The directory the file tools may touch. A path is walked one component at a time on open directories, symbolic links by
/// hand: whoever swaps a component for a link meanwhile gets an error, not a way out.
/// </summary>
internal sealed class Workspace(string root)
{
    private const int MaxLinks = 40;
    private readonly string _root = root.Length > 1 ? root.TrimEnd('/') : root;

    public SafeFileHandle Root { get; } = Tree.OpenRoot(root);

    public string RootPath => _root;

    /// <summary>Where a path leads, once all links are resolved.</summary>
    /// <param name="path">As the model gives it: relative to the workspace, or absolute inside it.</param>
    /// <param name="createParents">Whether missing directories on the way are made.</param>
    /// <exception cref="ToolException">It leads outside, or through something that is no directory, or is not there.</exception>
    public Location Locate(string path, bool createParents = false)
    {
        var walk = new PathWalk(this, path);
        try
        {
            return walk.Run(createParents);
        }
        catch (PosixException e)
        {
            throw new ToolException(e.Message);
        }
        finally
        {
            walk.Close();
        }
    }

    /// <summary>A text without its part that names the workspace; null when it leads elsewhere.</summary>
    public string? Relative(string path)
    {
        if (!path.StartsWith('/'))
            return path;
        if (path == _root)
            return "";
        var prefix = _root == "/" ? "/" : _root + "/";
        return path.StartsWith(prefix, StringComparison.Ordinal) ? path[prefix.Length..] : null;
    }

    private sealed class PathWalk(Workspace workspace, string path)
    {
        private readonly Stack<byte[]> _pending = new();
        private readonly List<(byte[] Name, SafeFileHandle Handle)> _above = [];
        private int _links;

        private SafeFileHandle Current => _above.Count == 0 ? workspace.Root : _above[^1].Handle;

        public Location Run(bool createParents)
        {
            if (path.Contains('\0', StringComparison.Ordinal))
                throw new ToolException("The path holds a NUL character.");
            Push(workspace.Relative(path) ?? throw Outside());
            while (_pending.TryPop(out var name))
            {
                if (name.AsSpan().SequenceEqual(".."u8))
                    Leave();
                else if (Enter(name, createParents) is { } location)
                    return location;
            }
            // The path ended in a directory that is open already.
            if (_above.Count == 0)
                return new Location(
                    workspace.Root,
                    ownsDirectory: false,
                    "."u8.ToArray(),
                    [],
                    Tree.Status(workspace.Root)
                );
            var last = _above[^1].Name;
            Leave();
            return At(last, Tree.Status(Current, last));
        }

        public void Close()
        {
            foreach (var (_, handle) in _above)
                handle.Dispose();
        }

        private Location? Enter(byte[] name, bool createParents)
        {
            var status = Tree.Status(Current, name);
            if (status is { IsSymlink: true })
            {
                Follow(name);
                return null;
            }
            var isLast = _pending.Count == 0;
            if (isLast && status is not { IsDirectory: true })
                return At(name, status);
            if (status is null && !createParents)
                throw new ToolException(Suggestion.Missing(path, Names(), Encoding.UTF8.GetString(name)));
            if (status is null)
                MakeDirectory(name);
            else if (!status.Value.IsDirectory)
                throw new ToolException($"{Display(name)} is not a directory, so {path} cannot be inside it.");
            var next =
                Tree.Open(Current, name, OpenFlags.Directory, out var error) ?? throw new PosixException(error, name);
            _above.Add((name, next));
            return null;
        }

        private Location At(byte[] name, FileStatus? status)
        {
            var parents = _above.ConvertAll(a => a.Name);
            if (_above.Count == 0)
                return new Location(workspace.Root, ownsDirectory: false, name, parents, status);
            var directory = _above[^1].Handle;
            // From here on the location's to close.
            _above.RemoveAt(_above.Count - 1);
            return new Location(directory, ownsDirectory: true, name, parents, status);
        }

        private void Follow(byte[] name)
        {
            if (++_links > MaxLinks)
                throw new ToolException($"{path} goes through too many symbolic links.");
            var target = Encoding.UTF8.GetString(Tree.ReadLink(Current, name));
            if (target.StartsWith('/'))
            {
                Close();
                _above.Clear();
            }
            Push(workspace.Relative(target) ?? throw Outside());
        }

        private void Leave()
        {
            if (_above.Count == 0)
                throw Outside();
            _above[^1].Handle.Dispose();
            _above.RemoveAt(_above.Count - 1);
        }

        /// <summary>With the mode that mkdir gives.</summary>
        private void MakeDirectory(byte[] name)
        {
            if (Libc.MkDirAt(Current, [.. name, 0], 0x1FF) != 0)
                throw new PosixException(Marshal.GetLastPInvokeError(), name);
        }

        private void Push(string relative)
        {
            var components = relative.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(c => c != ".");
            foreach (var component in components.Reverse())
                _pending.Push(Encoding.UTF8.GetBytes(component));
        }

        private IEnumerable<string> Names() => Tree.List(Current, int.MaxValue).Select(n => Encoding.UTF8.GetString(n));

        private string Display(byte[] name) =>
            string.Join('/', _above.Select(a => a.Name).Append(name).Select(n => Encoding.UTF8.GetString(n)));

        private ToolException Outside() =>
            new(
                $"{path} is outside the workspace. File tools work inside {workspace.RootPath} only: "
                    + "use a path relative to it, or bash for files elsewhere."
            );
    }
}
