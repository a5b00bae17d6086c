using System.Text;
using ClawCi.ChangeSets;

namespace ClawCi.Sandboxes.Docker;

/// <summary>Sends a change set into a container that waits for one, and takes its one line of answer.</summary>
internal static class Replay
{
    private const string Done = "replayed";
    private const int LongestAnswer = 4096;

    /// <exception cref="SandboxException">It does not fit the base it was read from.</exception>
    public static async Task SendAsync(Stream stream, ChangeSet changes, CancellationToken ct)
    {
        await changes.WriteToAsync(stream, ct);
        await stream.FlushAsync(ct);
        var answer = await ReadLineAsync(stream, ct);
        if (answer != Done)
            throw new SandboxException(
                SandboxFailure.Daemon,
                $"The changes could not be replayed for the checks: {answer}. Was the checkout changed while claw-ci ran?"
            );
    }

    /// <summary>Byte by byte: what follows the line belongs to the tool protocol.</summary>
    private static async Task<string> ReadLineAsync(Stream stream, CancellationToken ct)
    {
        var line = new List<byte>();
        var one = new byte[1];
        while (await stream.ReadAsync(one, ct) == 1 && one[0] != (byte)'\n' && line.Count < LongestAnswer)
            line.Add(one[0]);
        return Encoding.UTF8.GetString([.. line]);
    }
}
