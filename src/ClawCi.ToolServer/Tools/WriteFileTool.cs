using System.Text;
using ClawCi.ToolServer.Files;

namespace ClawCi.ToolServer.Tools;

/// <summary>Creates or replaces a file as a whole.</summary>
internal static class WriteFileTool
{
    public static Task<ToolAnswer> RunAsync(ToolCall<WriteFileInput> call, CancellationToken ct)
    {
        var path = call.Input.Path;
        if (path.EndsWith('/'))
            throw new ToolException($"{path} names a directory. Give the path of a file.");
        using var location = call.Session.Workspace.Locate(path, createParents: true);
        var isNew = location.Status is null;
        if (location.Status is { } status)
        {
            Location.RequireFile(path, status);
            Guard(path, call.Session.Seen.IsUnchanged(location.Path, status));
        }
        var content = Encoding.UTF8.GetBytes(call.Input.Content);
        call.Session.Seen.Remember(location.Path, FileContent.Replace(location, content));
        var lines = content.AsSpan().Count((byte)'\n') + (content is [.., not (byte)'\n'] ? 1 : 0);
        return Task.FromResult(
            new ToolAnswer(
                $"{(isNew ? "Created" : "Replaced")} {location.Path}: {lines} lines, {content.Length} bytes.",
                content.Length
            )
            {
                FileHash = FileContent.Hash(content),
            }
        );
    }

    private static void Guard(string path, bool? isUnchanged)
    {
        if (isUnchanged is null)
            throw new ToolException(
                $"{path} exists and has not been read. Read it with read_file before replacing it."
            );
        if (isUnchanged is false)
            throw new ToolException($"{path} has changed since it was read. Read it again before replacing it.");
    }
}
