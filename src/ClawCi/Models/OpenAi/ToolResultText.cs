using ClawCi.Messages;
using ClawCi.Models.Wire;

namespace ClawCi.Models.OpenAi;

/// <summary>What a tool answered, for APIs that have no mark for an error.</summary>
internal static class ToolResultText
{
    public static string Of(ToolResultBlock result)
    {
        var text = result.Text is "" ? "(no output)" : WireJson.WellFormed(result.Text);
        return result.IsError ? $"Error: {text}" : text;
    }
}
