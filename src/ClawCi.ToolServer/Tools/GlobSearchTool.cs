using ClawCi.ToolServer.Searching;

namespace ClawCi.ToolServer.Tools;

/// <summary>Lists files by name, newest first.</summary>
internal static class GlobSearchTool
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1000;

    public static Task<ToolAnswer> RunAsync(ToolCall<GlobSearchInput> call, CancellationToken ct)
    {
        var limit = call.Input.Limit ?? DefaultLimit;
        if (limit is < 1 or > MaxLimit)
            throw new ToolException($"limit must be between 1 and {MaxLimit}.");
        var pattern =
            call.Session.Workspace.Relative(call.Input.Pattern)
            ?? throw new ToolException($"{call.Input.Pattern} is outside the workspace. Give a relative pattern.");
        var filter = PathFilter.Parse(pattern);
        using var walk = FileWalk.Start(call.Session.Workspace, call.Input.Path ?? "");
        var found = new List<(string Path, long Modified)>();
        foreach (var file in walk.Files(ct))
        {
            if (filter.Accepts(file.PathFromStart))
                found.Add((file.Path, file.Status.Modified));
        }
        if (found.Count == 0)
            return Task.FromResult(ToolAnswer.Of($"No file matches.{walk.Notice}"));
        var shown = found.OrderByDescending(f => f.Modified).ThenBy(f => f.Path, StringComparer.Ordinal).Take(limit);
        var text = string.Join('\n', shown.Select(f => f.Path));
        var isCut = found.Count > limit;
        if (isCut)
            text += $"\n[the {limit} newest of {found.Count} files; narrow the pattern, or raise limit]";
        return Task.FromResult(ToolAnswer.Of(text + walk.Notice, isCut || walk.Notice.Length > 0));
    }
}
