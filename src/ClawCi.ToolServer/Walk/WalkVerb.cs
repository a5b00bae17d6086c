using ClawCi.ChangeSets;
using ClawCi.ChangeSets.Posix;

namespace ClawCi.ToolServer.Walk;

/// <summary><c>walk</c>: streams what the agent changed, from a container that the agent never ran in.</summary>
internal static class WalkVerb
{
    /// <returns>0, or 1 when there is no change set, or 2 for wrong arguments.</returns>
    public static async Task<int> RunAsync(
        IReadOnlyList<string> arguments,
        Stream output,
        TextWriter error,
        CancellationToken ct
    )
    {
        if (WalkRequest.Parse(arguments) is not { } request)
        {
            await error.WriteLineAsync(WalkRequest.Usage);
            return 2;
        }
        await using var buffer = new BufferedStream(output, 1 << 16);
        var writer = new ChangeSetWriter(buffer);
        try
        {
            await writer.BeginAsync(ct);
            using var walk = new ChangeWalk(request, writer);
            await walk.RunAsync(ct);
            return 0;
        }
        catch (Exception e) when (e is ChangeSetException or PosixException)
        {
            // Both are thrown between frames only, so the reader will see the reason.
            await writer.AbortAsync(e.Message, ct);
            return 1;
        }
        catch (IOException e)
        {
            await error.WriteLineAsync(e.Message);
            return 1;
        }
    }
}
