using ClawCi.ChangeSets;

namespace ClawCi.Sandboxes.Docker;

/// <summary>Sends a change set into a container that waits for one, and takes its one line of answer.</summary>
internal static class Replay
{
    private const int LongestAnswer = 1 << 20;
    private const int MostNamed = 5;

    /// <exception cref="SandboxException">It does not fit the base it was read from.</exception>
    public static async Task SendAsync(Stream stream, ChangeSet changes, CancellationToken ct)
    {
        await changes.WriteToAsync(stream, ct);
        await stream.FlushAsync(ct);
        if (Problem(await ReadLineAsync(stream, ct)) is { } problem)
            throw new SandboxException(
                SandboxFailure.Daemon,
                $"The changes could not be replayed for the checks: {problem}. Was the checkout changed while claw-ci ran?"
            );
    }

    private static string? Problem(byte[] answer)
    {
        try
        {
            return ReplayAnswer.Parse(answer) switch
            {
                ApplyResult.Applied => null,
                ApplyResult.Mismatch mismatch => string.Join(
                    ", ",
                    mismatch.Conflicts.Take(MostNamed).Select(conflict => $"{conflict.Path} {conflict.Problem}")
                ),
                ApplyResult.Failed failed => failed.Reason,
                _ => "the answer is of no kind that we know",
            };
        }
        catch (ChangeSetException e)
        {
            return e.Message;
        }
    }

    /// <summary>Byte by byte: what follows the line belongs to the tool protocol.</summary>
    private static async Task<byte[]> ReadLineAsync(Stream stream, CancellationToken ct)
    {
        var line = new List<byte>();
        var one = new byte[1];
        while (await stream.ReadAsync(one, ct) == 1 && one[0] != (byte)'\n' && line.Count < LongestAnswer)
            line.Add(one[0]);
        return [.. line];
    }
}
