using System.Globalization;
using ClawCi.Configuration;

namespace ClawCi.Runs.Planning;

/// <summary>What is wrong with a request before any of its files is read.</summary>
internal static class RequestCheck
{
    public static IEnumerable<UserError> Errors(RunRequest request)
    {
        if (request.TaskFiles.Count == 0)
            yield return Error("claw-ci", "no task file was given: there is nothing to run");
        if (WorkspaceProblem(request.Workspace) is { } problem)
            yield return Error(request.Workspace, problem);
        var environment = request.Environment;
        if (Control.Given(environment.PermissionMode) is { } mode && Control.Mode(mode) is null)
            yield return Error(
                Control.PermissionMode,
                $"{SourceNode.Quote(mode)} is no permission mode; it is one of {string.Join(", ", Control.Modes)}{DidYouMean.Suffix(mode, Control.Modes)}"
            );
        if (
            Control.Given(environment.AutoCompactTokens) is { } tokens
            && !(
                int.TryParse(tokens, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
                && count is >= CompactionSection.Least and <= CompactionSection.Most
            )
        )
            yield return Error(
                Control.AutoCompactTokens,
                $"{SourceNode.Quote(tokens)} is no whole number from {CompactionSection.Least} to {CompactionSection.Most}"
            );
        if (Control.Given(environment.McpTimeout) is { } timeout && Duration.Parse(timeout) is null)
            yield return Error(Control.McpTimeout, $"{SourceNode.Quote(timeout)} is not {Duration.Expected}");
        foreach (
            var (name, value) in new[]
            {
                (Control.Sandbox, environment.Sandbox),
                ("--sandbox", request.CommandLine.Sandbox),
            }
        )
        {
            if (Control.Given(value) is { } sandbox && sandbox is not (SandboxChoice.Docker or SandboxChoice.None))
                yield return Error(name, $"there is no sandbox {SourceNode.Quote(sandbox)}; it is `docker` or `none`");
        }
    }

    /// <summary>Why no task can work in the directory; null when one can.</summary>
    public static string? WorkspaceProblem(string workspace)
    {
        var path = Path.GetFullPath(workspace);
        if (path == "/")
            return "the root directory cannot be the workspace; name the project's directory with --workspace";
        if (File.Exists(path))
            return "the workspace is a file, a directory is needed";
        if (!Directory.Exists(path))
            return "there is no such directory to be the workspace";
        try
        {
            using var entries = Directory.EnumerateFileSystemEntries(path).GetEnumerator();
            entries.MoveNext();
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"the workspace cannot be read: {e.Message}";
        }
    }

    private static UserError Error(string file, string message) => new(file, null, null, message);
}
