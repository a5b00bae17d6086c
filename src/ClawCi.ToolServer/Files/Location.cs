using System.Text;
using ClawCi.ChangeSets.Posix;
using Microsoft.Win32.SafeHandles;

namespace ClawCi.ToolServer.Files;

/// <summary>A name in an open directory: where a path leads, whether or not something is there.</summary>
/// <param name="status">Null when nothing is there. Never a symbolic link.</param>
internal sealed class Location(
    SafeFileHandle directory,
    bool ownsDirectory,
    byte[] name,
    IEnumerable<byte[]> parents,
    FileStatus? status
) : IDisposable
{
    public SafeFileHandle Directory => directory;

    public byte[] Name => name;

    public FileStatus? Status => status;

    /// <summary>Relative to the workspace, links resolved; empty for the workspace itself.</summary>
    public string Path { get; } =
        name.AsSpan().SequenceEqual("."u8)
            ? ""
            : string.Join('/', parents.Append(name).Select(n => Encoding.UTF8.GetString(n)));

    /// <summary>Opens a regular file for reading. Never waits for the far end of a fifo.</summary>
    /// <param name="asked">The path for messages.</param>
    /// <param name="found">Of the file that was opened.</param>
    public SafeFileHandle OpenFile(string asked, out FileStatus found)
    {
        RequirePresence(asked);
        RequireFile(asked, status!.Value);
        var file = Tree.Open(directory, name, OpenFlags.Read, out var error);
        if (file is null)
            throw new ToolException(new PosixException(error, name).Message);
        found = Tree.Status(file);
        if (found.IsFile)
            return file;
        file.Dispose();
        throw new ToolException($"{asked} changed into something that is not a file.");
    }

    /// <exception cref="ToolException">Nothing is there; it says what is nearby.</exception>
    public void RequirePresence(string asked)
    {
        if (status is not null)
            return;
        var names = Tree.List(directory, int.MaxValue).Select(n => Encoding.UTF8.GetString(n));
        throw new ToolException(Suggestion.Missing(asked, names, Encoding.UTF8.GetString(name)));
    }

    public void Dispose()
    {
        if (ownsDirectory)
            directory.Dispose();
    }

    public static void RequireFile(string asked, FileStatus status)
    {
        if (status.IsDirectory)
            throw new ToolException($"{asked} is a directory. List it with glob_search, or with ls in bash.");
        if (!status.IsFile)
            throw new ToolException($"{asked} is a fifo, socket or device, not a file.");
    }
}
