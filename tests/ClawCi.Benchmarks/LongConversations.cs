using System.Text;
using System.Text.Json;
using ClawCi.Messages;
using ClawCi.Models;

namespace ClawCi.Benchmarks;

/// <summary>What a turn costs the runner late in a conversation, against early: writing the request and reading the reply.</summary>
internal static class LongConversations
{
    private const int Turns = 1_000;

    public static async Task<bool> RunAsync()
    {
        var kept = true;
        foreach (var model in CannedReplies.Models)
        {
            var early = new List<double>();
            var late = new List<double>();
            for (var i = 0; i < 4; i++)
            {
                var times = await ConverseAsync(model);
                if (i == 0)
                    continue;
                early.AddRange(times[5..15]);
                late.AddRange(times[^10..]);
            }
            var (first, last) = (Bench.Median(early), Bench.Median(late));
            Console.WriteLine($"     {model}: turn 10 takes {first * 1000:0} µs, turn {Turns} {last * 1000:0} µs");
            kept &= Bench.Report($"turn {Turns} over turn 10 of {model}", last / first, 2, "times");
        }
        return kept;
    }

    private static async Task<double[]> ConverseAsync(string model)
    {
        using var client = CannedReplies.Client(model, CannedReplies.Reply(model, 4_000));
        var input = JsonElement.Parse("""{"command":"dotnet test --no-build"}""");
        var output = new StringBuilder().Insert(0, "Passed! 123 tests in 4 s.\n", 40).ToString();
        var messages = new List<Message> { Message.User("Make the tests pass.") };
        var times = new double[Turns];
        for (var turn = 0; turn < Turns; turn++)
        {
            var request = new ModelRequest("You fix code.", [], messages, 1_000);
            var time = await Bench.TimeAsync(() => client.SendAsync(request, CancellationToken.None));
            times[turn] = time.TotalMilliseconds;
            messages.Add(new(Role.Assistant, [new ToolUseBlock($"t{turn}", "bash", input)]));
            messages.Add(new(Role.User, [new ToolResultBlock($"t{turn}", output, IsError: false)]));
        }
        return times;
    }
}
