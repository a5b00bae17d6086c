using System.Diagnostics;
using System.Text;
using ClawCi.ChangeSets;

namespace ClawCi.ToolServer.Walk;

/// <summary><c>watch</c>: says when a task's layers take more of the disk than they may, from a container that the agent never ran in.</summary>
internal static class WatchVerb
{
    /// <summary>Between two looks; and a look may take a twentieth of the time.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);
    private const int Rest = 20;

    /// <summary>Writes the bytes as one line once they are over the limit, and then ends; ends in silence with its input.</summary>
    /// <returns>0, or 1 when the layers cannot be looked at.</returns>
    public static async Task<int> RunAsync(string volume, long limit, Stream input, Stream output, TextWriter error)
    {
        var ended = Task.Run(() => input.ReadByte());
        try
        {
            while (true)
            {
                var started = Stopwatch.GetTimestamp();
                var bytes = DiskUsage.Of(volume, limit);
                if (bytes > limit)
                {
                    await output.WriteAsync(Encoding.ASCII.GetBytes($"{bytes}\n"));
                    return 0;
                }
                var pause = Stopwatch.GetElapsedTime(started) * Rest;
                if (await Task.WhenAny(ended, Task.Delay(pause > Period ? pause : Period)) == ended)
                    return 0;
            }
        }
        catch (Exception e) when (e is IOException or ChangeSetException)
        {
            await error.WriteLineAsync(e.Message);
            return 1;
        }
    }
}
