using ClawCi.Messages;
using ClawCi.Models;

namespace ClawCi.Benchmarks;

/// <summary>How fast a reply is read: event stream, events and message together, on one core.</summary>
internal static class EventStreams
{
    /// <summary>A reply may have 16 MiB.</summary>
    private const int Size = 12 * 1024 * 1024;
    private const int Replies = 4;

    public static async Task<bool> RunAsync()
    {
        var kept = true;
        foreach (var model in CannedReplies.Models)
        {
            var reply = CannedReplies.Reply(model, Size);
            using var client = CannedReplies.Client(model, reply);
            var request = new ModelRequest("", [], [Message.User("hi")], 1000);
            var rates = new List<double>();
            for (var i = 0; i < 7; i++)
            {
                var time = await Bench.CpuTimeAsync(async () =>
                {
                    for (var reading = 0; reading < Replies; reading++)
                        await client.SendAsync(request, CancellationToken.None);
                });
                rates.Add(Replies * reply.Length / 1e6 / time.TotalSeconds);
            }
            var rate = Bench.Median(rates.Skip(2));
            kept &= Bench.Report($"reading a reply of {model}, {rate:0} MB/s: time for 200 MB", 200 / rate, 1, "s");
        }
        return kept;
    }
}
