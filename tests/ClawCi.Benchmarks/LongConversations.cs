using System.Text;
using System.Text.Json;
using ClawCi.Messages;
using ClawCi.Models;

namespace ClawCi.Benchmarks;

/// <summary>What a turn costs the runner late in a conversation, against early: writing the request and reading the reply.</summary>
internal static class LongConversations
{
    private const int Turns = 1_000;

    /// <summary>So many turns before and after are measured with it.</summary>
    private const int Around = 10;

    public static async Task<bool> RunAsync()
    {
        var kept = true;
        foreach (var model in CannedReplies.Models)
        {
            var early = new List<double>();
            var late = new List<double>();
            for (var i = 0; i < 60; i++)
            {
                var (first, last) = await ConverseAsync(model);
                early.Add(first);
                late.Add(last);
            }
            // The first conversations warm up the compiler. A collection in one of them is as long as twenty turns: hence so many.
            var (ten, thousand) = (Bench.Median(early.Skip(30)), Bench.Median(late.Skip(30)));
            Console.WriteLine($"     {model}: turn 10 takes {ten:0} µs of CPU, turn {Turns} {thousand:0} µs");
            kept &= Bench.Report($"turn {Turns} over turn 10 of {model}", thousand / ten, 2, "times");
        }
        return kept;
    }

    /// <returns>Microseconds of CPU of a turn around the tenth, and of one around the last.</returns>
    private static async Task<(double Early, double Late)> ConverseAsync(string model)
    {
        using var client = CannedReplies.Client(model, CannedReplies.Reply(model, 4_000));
        var input = JsonElement.Parse("""{"command":"dotnet test --no-build"}""");
        var output = new StringBuilder().Insert(0, "Passed! 123 tests in 4 s.\n", 40).ToString();
        var messages = new List<Message> { Message.User("Make the tests pass.") };
        var (early, late) = (TimeSpan.Zero, TimeSpan.Zero);
        for (var turn = 1; turn <= Turns + Around; turn++)
        {
            var request = new ModelRequest("You fix code.", [], messages, 1_000);
            var time = await Bench.CpuTimeAsync(() => client.SendAsync(request, CancellationToken.None));
            if (turn <= 2 * Around)
                early += time;
            else if (turn > Turns - Around)
                late += time;
            messages.Add(new(Role.Assistant, [new ToolUseBlock($"t{turn}", "bash", input)]));
            messages.Add(new(Role.User, [new ToolResultBlock($"t{turn}", output, IsError: false)]));
        }
        return (early.TotalMicroseconds / (2 * Around), late.TotalMicroseconds / (2 * Around));
    }
}
