using System.Globalization;
using ClawCi.Conversations;
using ClawCi.Models;

namespace ClawCi.Runs.Planning;

/// <summary>What a task costs at most, known before it starts.</summary>
/// <param name="MaxUsd">US dollars; null when the model's price is not known.</param>
/// <param name="Text">The same for people, with what bounds it.</param>
internal sealed record Forecast(decimal? MaxUsd, string Text)
{
    /// <param name="runMaxUsd">The bound on the whole run.</param>
    public static Forecast Of(PlannedTask task, decimal? runMaxUsd)
    {
        var models = task.FallbackModels.Prepend(task.Model).ToList();
        if (models.FirstOrDefault(model => model.Facts.Price is null) is { } unpriced)
            return new(null, $"unknown: the price of {unpriced} is not known");
        // Each of them may have to do the whole of it.
        var byTurns = models.Max(model => ByTurns(task.Limits, model.Facts, model.Facts.Price!));
        if (task.Limits.MaxCostUsd is { } taskMax && taskMax <= byTurns && taskMax <= (runMaxUsd ?? taskMax))
            return new(taskMax, $"{Dollars(taskMax)} at most: limits.max-cost-usd");
        if (runMaxUsd is { } run && run <= byTurns)
            return new(run, $"{Dollars(run)} at most: --max-cost-usd");
        return new(
            byTurns,
            $"{Dollars(byTurns)} at most, should all {task.Limits.MaxTurns} turns fill the model's window: set limits.max-cost-usd to bound it closer"
        );
    }

    private static decimal ByTurns(TaskLimits limits, ModelFacts facts, ModelPrice price)
    {
        var reply = Math.Min(facts.MaxOutputTokens, ModelCaller.MaxReplyTokens);
        var output = Math.Min((long)reply * limits.MaxTurns, limits.MaxOutputTokens ?? long.MaxValue);
        var input = new RequestBound(price, facts.ContextWindow, reply);
        var perToken = (input.Cost(reply) - input.Cost(0)) / reply;
        return (input.Cost(0) * limits.MaxTurns) + (perToken * output);
    }

    private static string Dollars(decimal amount) =>
        $"{decimal.Round(amount, 2, MidpointRounding.ToPositiveInfinity).ToString("0.00", CultureInfo.InvariantCulture)} USD";
}
