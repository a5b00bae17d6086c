using System.Text;
using ClawCi.ChangeSets;
using ClawCi.ChangeSets.Posix;
using ClawCi.Sandboxes.Workspaces;
using Microsoft.Win32.SafeHandles;

#pragma warning disable CA2000 // Handles belong to the stack that the walk empties.

namespace ClawCi.Sandboxes.Docker;

/// <summary>
/// A checkout as a tar stream for a daemon that cannot see it: names as bytes, owners, modes, links as they stand.
/// Git's configuration goes without its credentials; the output directory goes empty.
/// </summary>
/// <param name="directory">Where in the archive: relative, without a slash at its end.</param>
internal sealed class CheckoutArchive(CheckoutLocation checkout, SanitizedGitConfig git, string directory)
{
    private const int MaxNames = 1_000_000;

    private readonly byte[] _prefix = Encoding.UTF8.GetBytes(directory + "/");
    private readonly Dictionary<string, byte[]> _replaced = git.Files.ToDictionary(
        file => file.Path,
        file => file.Content
    );
    private readonly List<string> _leftOut = [];
    private readonly byte[] _buffer = new byte[1 << 17];

    /// <summary>Pipes, sockets and devices: they mean nothing elsewhere.</summary>
    public IReadOnlyList<string> LeftOut => _leftOut;

    /// <exception cref="SandboxException">Something cannot be read, or was changed while it was.</exception>
    public async Task WriteAsync(Stream output, CancellationToken ct)
    {
        var open = new Stack<(SafeFileHandle Handle, byte[] Path, Queue<byte[]> Names)>();
        try
        {
            open.Push(Enter(Tree.OpenRoot(checkout.Path), []));
            await output.WriteAsync(RawTar.Header(_prefix, '5', checkout.Root, 0, []), ct);
            while (open.TryPeek(out var current))
            {
                if (!current.Names.TryDequeue(out var name))
                {
                    open.Pop().Handle.Dispose();
                    continue;
                }
                var path = ChangePath.Join(current.Path, name);
                if (await EntryAsync(output, current.Handle, name, path, ct) is { } below)
                    open.Push(Enter(below, path));
            }
            await output.WriteAsync(RawTar.End, ct);
        }
        catch (Exception e) when (e is PosixException or ChangeSetException)
        {
            throw CheckoutLocation.Unreachable($"The workspace cannot be sent to the Docker daemon: {e.Message}");
        }
        finally
        {
            while (open.TryPop(out var left))
                left.Handle.Dispose();
        }
    }

    private static (SafeFileHandle Handle, byte[] Path, Queue<byte[]> Names) Enter(
        SafeFileHandle handle,
        byte[] path
    ) => (handle, path, new Queue<byte[]>(Tree.List(handle, MaxNames)));

    /// <returns>The directory to go on in; null for anything else.</returns>
    private async Task<SafeFileHandle?> EntryAsync(
        Stream output,
        SafeFileHandle parent,
        byte[] name,
        byte[] path,
        CancellationToken ct
    )
    {
        // Gone since it was listed: as if it had never been there.
        if (Tree.Status(parent, name) is not { } status)
            return null;
        byte[] Header(char type, long size, byte[] link) =>
            RawTar.Header([.. _prefix, .. path, .. type == '5' ? "/"u8 : []], type, status, size, link);
        if (status.IsDirectory)
        {
            await output.WriteAsync(Header('5', 0, []), ct);
            return Encoding.UTF8.GetString(path) == checkout.HiddenDirectory
                ? null
                : Open(parent, name, path, OpenFlags.Directory);
        }
        if (status.IsSymlink)
            await output.WriteAsync(Header('2', 0, Tree.ReadLink(parent, name)), ct);
        else if (_replaced.TryGetValue(Encoding.UTF8.GetString(path), out var content))
            await ContentAsync(
                output,
                Header('0', content.Length, []),
                new MemoryStream(content),
                content.Length,
                path,
                ct
            );
        else if (status.IsFile)
            await ContentAsync(
                output,
                Header('0', status.Size, []),
                new FileStream(Open(parent, name, path, OpenFlags.Read), FileAccess.Read, bufferSize: 0),
                status.Size,
                path,
                ct
            );
        else
            _leftOut.Add(ChangePath.Display(path));
        return null;
    }

    private static SafeFileHandle Open(SafeFileHandle parent, byte[] name, byte[] path, int flags) =>
        Tree.Open(parent, name, flags, out var error) ?? throw new PosixException(error, path);

    private async Task ContentAsync(
        Stream output,
        byte[] header,
        Stream content,
        long size,
        byte[] path,
        CancellationToken ct
    )
    {
        await using var _ = content;
        await output.WriteAsync(header, ct);
        for (var left = size; left > 0; )
        {
            var read = await content.ReadAsync(_buffer.AsMemory(0, (int)Math.Min(left, _buffer.Length)), ct);
            if (read == 0)
                throw new ChangeSetException($"{ChangePath.Display(path)} was cut while it was read");
            await output.WriteAsync(_buffer.AsMemory(0, read), ct);
            left -= read;
        }
        await output.WriteAsync(new byte[RawTar.Padding(size)], ct);
    }
}
