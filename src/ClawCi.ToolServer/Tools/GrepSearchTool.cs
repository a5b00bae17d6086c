using ClawCi.ToolServer.Searching;

namespace ClawCi.ToolServer.Tools;

/// <summary>Searches files line by line.</summary>
internal static class GrepSearchTool
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1000;
    private const int MaxContext = 20;

    /// <summary>Half of what the runner waits for an answer before it takes the sandbox for dead.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static Task<ToolAnswer> RunAsync(ToolCall<GrepSearchInput> call, CancellationToken ct)
    {
        var input = call.Input;
        var (limit, context) = (input.HeadLimit ?? DefaultLimit, input.Context ?? 0);
        if (limit is < 1 or > MaxLimit)
            throw new ToolException($"head_limit must be between 1 and {MaxLimit}.");
        if (context is < 0 or > MaxContext)
            throw new ToolException($"context must be between 0 and {MaxContext}.");
        if (input.Pattern.Length == 0)
            throw new ToolException("The pattern is empty: it would match every line.");
        var output = input.OutputMode ?? GrepOutput.Content;
        var result = new GrepResult(output, limit, context);
        var search = new FileSearch(new LinePattern(input.Pattern, input.IgnoreCase is true), result, Patience);
        var filter = input.Glob is { } glob ? PathFilter.Parse(glob) : null;
        var notice = search.Run(call.Session.Workspace, input.Path ?? "", filter, ct);
        return Task.FromResult(Answer(result, output, notice));
    }

    private static ToolAnswer Answer(GrepResult result, GrepOutput output, string notice)
    {
        if (result.MatchingFiles == 0)
            return ToolAnswer.Of($"No line matches.{notice}");
        var total = $"{result.MatchingLines} matching lines in {result.MatchingFiles} files";
        var shown = output == GrepOutput.Content ? $"{result.ShownLines} lines" : $"{result.ShownFiles} files";
        var last = result.IsCut
            ? $"[the first {shown} of {total}; narrow the pattern, path or glob, or raise head_limit]"
            : $"[{total}]";
        return ToolAnswer.Of(result.Text + last + notice, result.IsCut || notice.Length > 0);
    }
}
