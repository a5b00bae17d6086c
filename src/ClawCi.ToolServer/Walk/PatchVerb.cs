using System.Buffers.Binary;
using ClawCi.ChangeSets;
using ClawCi.ChangeSets.Patches;

namespace ClawCi.ToolServer.Walk;

/// <summary><c>serve --patch</c>: takes a patch from stdin into the workspace before anything else happens there.</summary>
internal static class PatchVerb
{
    private const int LongestPatch = 256 << 20;

    /// <summary>
    /// Reads 8 bytes of length, little-endian, the patch, a change set of the checkout's own files, and not one byte beyond, so <paramref name="input"/> must not read ahead.
    /// Writes one line of JSON, <see cref="ReplayAnswer"/>; the files that it counts had not been as the patch makes them.
    /// </summary>
    /// <returns>Whether the workspace now holds the changes. If not, nothing more can be expected of the input.</returns>
    public static async Task<bool> RunAsync(Stream input, Stream output, string workspace, CancellationToken ct)
    {
        var result = await ApplyAsync(input, workspace, ct);
        await output.WriteAsync(ReplayAnswer.ToLine(result), ct);
        await output.FlushAsync(ct);
        return result is ApplyResult.Applied;
    }

    private static async Task<ApplyResult> ApplyAsync(Stream input, string workspace, CancellationToken ct)
    {
        try
        {
            var length = new byte[8];
            await input.ReadExactlyAsync(length, ct);
            var patch = new byte[Math.Clamp(BinaryPrimitives.ReadInt64LittleEndian(length), 0, LongestPatch)];
            await input.ReadExactlyAsync(patch, ct);
            using var own = await ChangeSetReader.ReadAsync(input, workspace, ChangeSetCaps.Default, ct);
            return own.Entries.All(entry => entry.New is not null)
                ? await PatchedTree.ApplyAsync(patch, workspace, ct, own)
                : throw new ChangeSetException("a file of the checkout's is none");
        }
        catch (Exception e) when (e is ChangeSetException or IOException or UnauthorizedAccessException)
        {
            return new ApplyResult.Failed(e.Message, null);
        }
    }
}
