using System.Text.Json;

namespace ClawCi.Sandboxes;

/// <summary>
/// <c>resume.json</c> in the output directory of a run that has not ended: who looks after its layers is told by it that somebody may
/// still come back for them.
/// </summary>
internal static class RunFile
{
    public const string Name = "resume.json";

    /// <summary>Whether the directory holds this run, and it can be gone on with.</summary>
    public static bool IsOf(string? outDirectory, string runId)
    {
        if (outDirectory is null)
            return false;
        try
        {
            using var file = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(outDirectory, Name)));
            return file.RootElement.TryGetProperty("run_id", out var id) && id.ValueEquals(runId);
        }
        catch (Exception e)
            when (e is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException)
        {
            return false;
        }
    }
}
