using System.Text.Json;
using ClawCi.ChangeSets.Posix;
using ClawCi.Shared;
using ClawCi.ToolServer.Commands;
using ClawCi.ToolServer.Files;
using ClawCi.ToolServer.Searching;
using ClawCi.ToolServer.Tools;

namespace ClawCi.ToolServer.Reports;

/// <summary>
/// Files that a command has written, as calls of the runner's that are listed nowhere: the time before the command, then
/// what was written since, then each file. Ignored files count, and a link is no file.
/// </summary>
internal static class ReportCall
{
    public const string Name = "claw-ci/reports";
    private const int MostFiles = 5000;

    /// <param name="rawBytes">What the answer may hold of a file.</param>
    public static async Task<ToolAnswer> RunAsync(
        JsonElement arguments,
        int rawBytes,
        Session session,
        CancellationToken ct
    )
    {
        try
        {
            return arguments.Deserialize(ReportJson.Default.ReportInput) switch
            {
                { Path: { } path, Since: { } since } => Read(path, since, rawBytes, session.Workspace),
                { Globs: { } globs, Since: { } since } => List(globs, since, session.Workspace, ct),
                _ => ToolAnswer.Of($"{await FileTime.NextAsync(ct)}"),
            };
        }
        catch (Exception e) when (e is JsonException or ToolException or PosixException)
        {
            return ToolAnswer.Error(e.Message);
        }
    }

    private static ToolAnswer List(
        IReadOnlyList<string> patterns,
        long since,
        Workspace workspace,
        CancellationToken ct
    )
    {
        var globs = patterns.Select(pattern =>
            Glob.TryParse(pattern, out var glob, out var problem) ? glob : throw new ToolException(problem)
        );
        Glob[] wanted = [.. globs];
        using var walk = FileWalk.Start(workspace, "", withIgnored: true);
        var found = new List<string>();
        foreach (var file in walk.Files(ct))
        {
            if (!file.Status.IsFile || file.Status.Changed <= since || !wanted.Any(glob => glob.IsMatch(file.Path)))
                continue;
            found.Add(file.Path);
            if (found.Count > MostFiles)
                throw new ToolException($"more than {MostFiles} files were written that match");
        }
        if (walk.Notice.Length > 0)
            throw new ToolException($"not all of the workspace was searched: {walk.Notice.Trim()}");
        return ToolAnswer.Of(JsonSerializer.Serialize(found, ReportJson.Default.ListString));
    }

    private static ToolAnswer Read(string path, long since, int rawBytes, Workspace workspace)
    {
        using var location = workspace.Locate(path);
        using var file = location.OpenFile(path, out var status);
        if (!status.IsFile || status.Changed <= since)
            throw new ToolException($"{path} is no file that was written");
        if (status.Size > rawBytes)
            throw new ToolException($"{path} has {status.Size} bytes, more than {rawBytes}");
        return new ToolAnswer("", status.Size, Raw: FileContent.ReadAll(file, path, status.Size));
    }
}
