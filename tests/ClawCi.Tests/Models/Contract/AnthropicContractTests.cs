using ClawCi.Models;
using ClawCi.TestSupport;

namespace ClawCi.Tests.Models.Contract;

public sealed class AnthropicContractTests : ProviderContract
{
    private protected override string Model => "anthropic/claude-sonnet-4-5";

    private protected override (string, ModelFailure) BusyWord => ("overloaded_error", ModelFailure.Overloaded);

    private protected override string KeepAlive => ProviderEvents.Ping;

    private protected override string Text(string text) => ProviderEvents.Text(text);

    private protected override string ToolUses(params (string Id, string Name, string Input)[] uses) =>
        ProviderEvents.Start()
        + string.Concat(uses.Select((use, i) => ProviderEvents.ToolUseBlock(i, use.Id, use.Name, use.Input)))
        + ProviderEvents.End("tool_use");

    private protected override string ErrorAfterText(string word) =>
        ProviderEvents.Start() + Block("half a rep") + ProviderEvents.Error(word, "Try later");

    private protected override string CutAtLimit =>
        ProviderEvents.Start() + Block("and") + ProviderEvents.End("max_tokens");

    private protected override string Refusal => ProviderEvents.Start() + Block("No.") + ProviderEvents.End("refusal");

    private protected override string WithUnknownThings =>
        ProviderEvents.Start()
        + ProviderEvents.Event("telemetry", "not even json")
        + ProviderEvents.Block(
            0,
            """{"type":"text","text":""}""",
            """{"type":"text_delta","text":"a"}""",
            """{"type":"sparkle_delta","sparkle":1}""",
            """{"type":"text_delta","text":"b"}"""
        )
        + "id: 7\nretry: 10\n: a comment\n\n"
        + ProviderEvents.End();

    private static string Block(string text) =>
        ProviderEvents.Block(0, """{"type":"text","text":""}""", $$"""{"type":"text_delta","text":"{{text}}"}""");
}
