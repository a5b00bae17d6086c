using ClawCi.Conversations;
using ClawCi.Messages;
using ClawCi.Models;
using CsCheck;
using Xunit;

namespace ClawCi.Tests.Conversations;

/// <summary>A budget holds, whatever is asked, by however many at once, and however it ends.</summary>
public sealed class LedgerProperties
{
    private static readonly ModelPrice Price = new(
        new TokenRates(3, 15, 3.75m, 0.3m),
        new TokenRates(6, 22.5m, 7.5m, 0.6m),
        LongPromptTokens: 50_000
    );

    /// <summary>Of a request: its estimated input, and how much of input and output is really used, in percent.</summary>
    private static readonly Gen<(int Input, int UsedInput, int UsedOutput, int Losses)> Request = Gen.Select(
        Gen.Int[0, 120_000],
        Gen.Int[0, 100],
        Gen.Int[0, 100],
        Gen.Int[0, 2]
    );

    [Fact]
    public void A_budget_is_never_exceeded_by_tasks_at_once_whose_requests_stay_within_their_bounds() =>
        Gen.Select(Request.Array[1, 12].Array[1, 8], Gen.Decimal[0.05m, 3m], Gen.Decimal[0.05m, 1m])
            .Sample(
                (tasks, runCap, taskCap) =>
                {
                    var run = new Ledger(Caps.OfRun(runCap));
                    var ledgers = tasks.Select(_ => new Ledger(Capped(taskCap), run)).ToList();
                    Task.WhenAll(tasks.Select((requests, i) => Task.Run(() => SpendAsync(ledgers[i], requests))))
                        .GetAwaiter()
                        .GetResult();
                    return run.CostUsd <= runCap
                        && ledgers.TrueForAll(ledger => ledger.CostUsd <= taskCap)
                        && run.CostUsd == ledgers.Sum(ledger => ledger.CostUsd)
                        && run.Turns == ledgers.Sum(ledger => ledger.Turns);
                },
                iter: 300
            );

    [Fact]
    public void A_reply_that_is_dearer_than_its_bound_is_the_only_excess() =>
        Gen.Select(Gen.Int[0, 60_000].Array[1, 20], Gen.Decimal[0.01m, 1m])
            .Sample(
                (inputs, cap) =>
                {
                    var ledger = new Ledger(Capped(cap));
                    var last = 0m;
                    foreach (var input in inputs)
                    {
                        var (held, limit) = Reserve(ledger, input);
                        if (limit is not null)
                            break;
                        if (ledger.CostUsd >= cap)
                            return false;
                        last = held!.Settle(new Usage(input * 3L, held.MaxOutputTokens), TimeSpan.Zero)!.Value;
                    }
                    return ledger.CostUsd < cap + last;
                },
                iter: 300
            );

    private static async Task SpendAsync(
        Ledger ledger,
        (int Input, int UsedInput, int UsedOutput, int Losses)[] requests
    )
    {
        foreach (var (input, usedInput, usedOutput, losses) in requests)
        {
            for (var attempt = 0; attempt <= losses; attempt++)
            {
                var (held, limit) = await ledger.ReserveAsync(new RequestBound(Price, input, 32_000), default);
                if (limit is not null)
                    return;
                using var reservation = held!;
                var used = new Usage(
                    InputTokens: 0,
                    OutputTokens: reservation.MaxOutputTokens * usedOutput / 100,
                    CacheCreationInputTokens: input * (long)usedInput / 100
                );
                await Task.Yield();
                if (attempt == losses)
                    reservation.Settle(used, TimeSpan.Zero);
                else if (reservation.Lose(used) is not null)
                    return;
            }
        }
    }

    private static (Reservation? Held, ConversationEnd.LimitHit? Limit) Reserve(Ledger ledger, int input) =>
        ledger.ReserveAsync(new RequestBound(Price, input, 32_000), default).GetAwaiter().GetResult();

    private static Caps Capped(decimal cost) => new(1_000, 1_000, null, cost, 1_000);
}
