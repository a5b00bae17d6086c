using System.Text.Json;

namespace ClawCi.Models.Anthropic;

/// <summary>
/// How hard to think, in the words of the model asked. https://platform.claude.com/docs/en/build-with-claude/effort
/// and https://platform.claude.com/docs/en/build-with-claude/extended-thinking
/// </summary>
internal static class AnthropicEffort
{
    /// <summary>The provider refuses less.</summary>
    private const int SmallestBudget = 1024;

    public static void Write(Utf8JsonWriter writer, Thinking thinking, Effort effort, int maxOutputTokens)
    {
        if (thinking is Thinking.Adaptive)
        {
            writer.WriteStartObject("thinking");
            writer.WriteString("type", "adaptive");
            writer.WriteEndObject();
        }
        // The budget is part of the reply's limit, and the answer needs room besides.
        var budget = Math.Min(Budget(effort), maxOutputTokens * 3 / 4);
        if (thinking is Thinking.Budget or Thinking.BudgetAndEffort && budget >= SmallestBudget)
        {
            writer.WriteStartObject("thinking");
            writer.WriteString("type", "enabled");
            writer.WriteNumber("budget_tokens", budget);
            writer.WriteEndObject();
        }
        if (thinking is Thinking.Adaptive or Thinking.BudgetAndEffort)
        {
            writer.WriteStartObject("output_config");
            writer.WriteString("effort", EffortWord.Of(effort));
            writer.WriteEndObject();
        }
    }

    private static int Budget(Effort effort) =>
        effort switch
        {
            Effort.Low => 2_048,
            Effort.Medium => 8_192,
            _ => 20_480,
        };
}
