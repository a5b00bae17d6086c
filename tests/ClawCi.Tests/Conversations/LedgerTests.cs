using ClawCi.Conversations;
using ClawCi.Messages;
using ClawCi.Models;
using Xunit;

namespace ClawCi.Tests.Conversations;

public sealed class LedgerTests
{
    private static readonly ModelPrice DollarAToken = new(new TokenRates(1_000_000, 1_000_000, 1_000_000, 1_000_000));

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_last_allowed_turn_is_allowed_and_the_next_is_not()
    {
        var ledger = new Ledger(Caps(turns: 2));
        await SpendAsync(ledger, new Usage());
        await SpendAsync(ledger, new Usage());
        Assert.Equal("max-turns", await LimitAsync(ledger));
    }

    [Fact]
    public async Task A_request_that_could_overspend_is_never_made()
    {
        var ledger = new Ledger(Caps(cost: 5_000m));
        Assert.Equal(2_100m, await SpendAsync(ledger, new Usage(100, 2_000)));
        // 2,900 are left: 1,901 for the question and 1,000 for the shortest answer would be too much.
        var (held, limit) = await ledger.ReserveAsync(new RequestBound(DollarAToken, 1_901, 4_000), Stop);
        Assert.Null(held);
        Assert.Equal("max-cost-usd", limit?.Limit);
    }

    [Fact]
    public async Task Near_the_limit_a_reply_may_be_as_long_as_the_rest_of_the_budget_pays()
    {
        var ledger = new Ledger(Caps(cost: 5_000m, outputTokens: 4_000));
        var (held, _) = await ledger.ReserveAsync(new RequestBound(DollarAToken, 2_500, 32_000), Stop);
        Assert.Equal(2_500, held!.MaxOutputTokens);
        held.Dispose();
        (held, _) = await ledger.ReserveAsync(new RequestBound(DollarAToken, 10, 32_000), Stop);
        Assert.Equal(4_000, held!.MaxOutputTokens);
    }

    [Fact]
    public async Task A_request_waits_for_what_others_have_set_aside_rather_than_end_its_task()
    {
        var run = new Ledger(ClawCi.Conversations.Caps.OfRun(20_000m));
        var (first, _) = await new Ledger(Caps(), run).ReserveAsync(new RequestBound(DollarAToken, 0, 15_000), Stop);
        var second = new Ledger(Caps(), run).ReserveAsync(new RequestBound(DollarAToken, 0, 15_000), Stop);
        Assert.False(second.IsCompleted);
        first!.Settle(new Usage(0, 100), TimeSpan.Zero);
        Assert.Equal(15_000, (await second).Held!.MaxOutputTokens);
    }

    [Fact]
    public async Task A_run_s_budget_is_spent_by_all_its_tasks_and_says_that_it_was_the_run_s()
    {
        var run = new Ledger(ClawCi.Conversations.Caps.OfRun(5_000m));
        await SpendAsync(new Ledger(Caps(cost: 9_000m), run), new Usage(0, 4_500));
        Assert.Equal("run-max-cost-usd", await LimitAsync(new Ledger(Caps(cost: 9_000m), run)));
        Assert.Equal(4_500m, run.CostUsd);
    }

    [Fact]
    public async Task A_lost_reply_is_paid_for_and_is_no_turn_and_the_rest_is_free_again()
    {
        var ledger = new Ledger(Caps(cost: 5_000m));
        var bound = new RequestBound(DollarAToken, 1_000, 32_000);
        var (held, _) = await ledger.ReserveAsync(bound, Stop);
        Assert.Equal(4_000, held!.MaxOutputTokens);
        Assert.Null(held.Lose(new Usage(1_000, 1_000)));
        held.Dispose();
        (held, _) = await ledger.ReserveAsync(bound, Stop);
        Assert.Equal(2_000, held!.MaxOutputTokens);
        Assert.Equal("max-cost-usd", held.Lose(new Usage(1_000, 1_000))?.Limit);
        Assert.Equal((0, 4_000m), (ledger.Turns, ledger.CostUsd));
    }

    [Fact]
    public async Task What_other_tasks_have_set_aside_does_not_end_a_task_whose_reply_was_lost()
    {
        var run = new Ledger(ClawCi.Conversations.Caps.OfRun(40_000m));
        var (other, _) = await new Ledger(Caps(), run).ReserveAsync(new RequestBound(DollarAToken, 0, 20_000), Stop);
        var task = new Ledger(Caps(), run);
        var (held, _) = await task.ReserveAsync(new RequestBound(DollarAToken, 0, 20_000), Stop);
        Assert.Null(held!.Lose(new Usage(0, 15_000)));
        var again = task.ReserveAsync(new RequestBound(DollarAToken, 0, 20_000), Stop);
        Assert.False(again.IsCompleted);
        other!.Settle(new Usage(0, 100), TimeSpan.Zero);
        Assert.Equal(20_000, (await again).Held!.MaxOutputTokens);
    }

    [Fact]
    public async Task The_price_of_a_long_prompt_is_reckoned_with_beforehand()
    {
        var price = new ModelPrice(new TokenRates(1, 1, 1, 1), new TokenRates(10, 10, 10, 10), LongPromptTokens: 100);
        Assert.Equal(0.000_300m, new RequestBound(price, 100, 1_000).Cost(200));
        Assert.Equal(0.003_010m, new RequestBound(price, 101, 1_000).Cost(200));
        var ledger = new Ledger(Caps(cost: 0.01m));
        Assert.Equal("max-cost-usd", await LimitAsync(ledger, new RequestBound(price, 101, 1_000)));
    }

    [Fact]
    public async Task An_unknown_price_is_an_unknown_cost_and_is_never_let_through_a_limit()
    {
        var unlimited = new Ledger(Caps());
        var (held, _) = await unlimited.ReserveAsync(new RequestBound(null, 1, 1), Stop);
        Assert.Null(held!.Settle(new Usage(1), TimeSpan.Zero));
        Assert.Null(unlimited.CostUsd);
        Assert.Equal("max-cost-usd", await LimitAsync(new Ledger(Caps(cost: 1m)), new RequestBound(null, 1, 1)));
    }

    [Fact]
    public async Task Near_a_limit_it_says_what_is_nearly_used_up()
    {
        var ledger = new Ledger(Caps(turns: 30, cost: 100_000m));
        await SpendAsync(ledger, new Usage(0, 10_000));
        Assert.Null(ledger.NearlyUsed());
        await SpendAsync(ledger, new Usage(0, 80_000));
        Assert.Equal("90000.00 of 100000.00 US dollars are spent.", ledger.NearlyUsed());
    }

    [Fact]
    public async Task Output_tokens_tool_calls_and_denials_have_caps_of_their_own()
    {
        var ledger = new Ledger(new Caps(9, 1, OutputTokens: 10, CostUsd: null, Denials: 1));
        await SpendAsync(ledger, new Usage(OutputTokens: 10));
        Assert.Equal("max-output-tokens", await LimitAsync(ledger));
        Assert.Null(ledger.BeforeToolCall());
        ledger.AddToolCall();
        Assert.Equal("max-tool-calls", ledger.BeforeToolCall()?.Limit);
        Assert.Null(ledger.AfterDenials(1));
        Assert.Equal("max-denials", ledger.AfterDenials(2)?.Reason);
    }

    private static async Task<decimal?> SpendAsync(Ledger ledger, Usage usage)
    {
        var (held, limit) = await ledger.ReserveAsync(new RequestBound(DollarAToken, usage.InputTokens, 2_000), Stop);
        Assert.Null(limit);
        return held!.Settle(usage, TimeSpan.Zero);
    }

    private static async Task<string?> LimitAsync(Ledger ledger, RequestBound? bound = null)
    {
        var (_, limit) = await ledger.ReserveAsync(bound ?? new RequestBound(DollarAToken, 0, 2_000), Stop);
        return limit?.Limit;
    }

    private static Caps Caps(int turns = 9, decimal? cost = null, long? outputTokens = null) =>
        new(turns, 9, outputTokens, cost, 9);
}
