using ClawCi.ChangeSets;

namespace ClawCi.ToolServer.Walk;

/// <summary><c>serve --replay</c>: takes a change set from stdin into the workspace before anything else happens there.</summary>
internal static class ReplayVerb
{
    /// <summary>
    /// Reads one change set and not one byte beyond, so <paramref name="input"/> must not read ahead. Writes one line of
    /// JSON, <see cref="ReplayAnswer"/>.
    /// </summary>
    /// <returns>Whether the workspace now holds the changes. If not, nothing more can be expected of the input.</returns>
    public static async Task<bool> RunAsync(Stream input, Stream output, string workspace, CancellationToken ct)
    {
        var result = await ReplayAsync(input, workspace, ct);
        await output.WriteAsync(ReplayAnswer.ToLine(result), ct);
        await output.FlushAsync(ct);
        return result is ApplyResult.Applied;
    }

    private static async Task<ApplyResult> ReplayAsync(Stream input, string workspace, CancellationToken ct)
    {
        try
        {
            using var changes = await ChangeSetReader.ReadAsync(input, workspace, ChangeSetCaps.Default, ct);
            return await ChangeSetApplier.ApplyAsync(changes, workspace, ct);
        }
        catch (Exception e) when (e is ChangeSetException or IOException or UnauthorizedAccessException)
        {
            return new ApplyResult.Failed(e.Message, null);
        }
    }
}
