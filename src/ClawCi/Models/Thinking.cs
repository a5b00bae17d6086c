namespace ClawCi.Models;

/// <summary>How a model is told how hard to think.</summary>
internal enum Thinking
{
    /// <summary>It cannot be told.</summary>
    None,

    /// <summary>By a number of tokens: <c>thinking: {type: enabled, budget_tokens}</c>.</summary>
    Budget,

    /// <summary>By a word, beside a budget: <c>output_config: {effort}</c>. Claude Opus 4.5 alone.</summary>
    BudgetAndEffort,

    /// <summary>By a word; how much is then the model's decision. <c>thinking: {type: adaptive}</c>, or <c>reasoning: {effort}</c>.</summary>
    Adaptive,
}
