using ClawCi.Conversations;
using ClawCi.Messages;
using ClawCi.Models;
using Xunit;

namespace ClawCi.Tests.Conversations;

public sealed class LedgerTests
{
    private static readonly ModelPrice DollarAToken = new(new TokenRates(1_000_000, 1_000_000, 1_000_000, 1_000_000));

    [Fact]
    public void The_last_allowed_turn_is_allowed_and_the_next_is_not()
    {
        var ledger = new Ledger(Caps(turns: 2), price: null);
        ledger.AddReply(new Usage(), TimeSpan.Zero);
        Assert.Null(ledger.BeforeRequest());
        ledger.AddReply(new Usage(), TimeSpan.Zero);
        Assert.Equal("max-turns", ledger.BeforeRequest()?.Limit);
    }

    [Fact]
    public void A_spent_budget_forbids_the_next_request()
    {
        var ledger = new Ledger(Caps(cost: 5m), DollarAToken);
        Assert.Equal(4m, ledger.AddReply(new Usage(1, 1, 1, 1), TimeSpan.Zero));
        Assert.Null(ledger.BeforeRequest());
        ledger.AddReply(new Usage(OutputTokens: 1), TimeSpan.Zero);
        Assert.Equal("max-cost-usd", ledger.BeforeRequest()?.Limit);
    }

    [Fact]
    public void An_unknown_price_is_an_unknown_cost_and_never_zero()
    {
        var ledger = new Ledger(Caps(), price: null);
        Assert.Null(ledger.AddReply(new Usage(1), TimeSpan.Zero));
        Assert.Null(ledger.CostUsd);
    }

    [Fact]
    public void Output_tokens_tool_calls_and_denials_have_caps_of_their_own()
    {
        var ledger = new Ledger(new Caps(9, 1, OutputTokens: 10, CostUsd: null, Denials: 1), price: null);
        ledger.AddReply(new Usage(OutputTokens: 10), TimeSpan.Zero);
        Assert.Equal("max-output-tokens", ledger.BeforeRequest()?.Limit);
        Assert.Null(ledger.BeforeToolCall());
        ledger.AddToolCall();
        Assert.Equal("max-tool-calls", ledger.BeforeToolCall()?.Limit);
        Assert.Null(ledger.AfterDenials(1));
        Assert.Equal("max-denials", ledger.AfterDenials(2)?.Reason);
    }

    private static Caps Caps(int turns = 9, decimal? cost = null) => new(turns, 9, null, cost, 9);
}
