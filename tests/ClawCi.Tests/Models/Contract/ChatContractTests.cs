using ClawCi.Models;
using ClawCi.TestSupport;

namespace ClawCi.Tests.Models.Contract;

public sealed class ChatContractTests : ProviderContract
{
    private protected override string Model => "openai-chat/qwen3";

    private protected override (string, ModelFailure) BusyWord => ("429", ModelFailure.RateLimited);

    private protected override string KeepAlive => ": OPENROUTER PROCESSING\n\n";

    private protected override string Text(string text) =>
        ChatEvents.Start + ChatEvents.Content(text) + ChatEvents.End();

    private protected override string ToolUses(params (string Id, string Name, string Input)[] uses) =>
        ChatEvents.Start
        + string.Concat(uses.Select((use, i) => ChatEvents.ToolCall(i, use.Id, use.Name, use.Input)))
        + ChatEvents.End("tool_calls");

    private protected override string ErrorAfterText(string word) =>
        ChatEvents.Start + ChatEvents.Content("half a rep") + ChatEvents.Error(word, "Try later");

    private protected override string CutAtLimit =>
        ChatEvents.Start + ChatEvents.Content("and") + ChatEvents.End("length");

    private protected override string Refusal =>
        ChatEvents.Start + ChatEvents.Content("No.", "refusal") + ChatEvents.End();

    private protected override string WithUnknownThings =>
        ChatEvents.Start
        + "event: telemetry\ndata: {\"sparkle\":1}\n\n"
        + ChatEvents.Content("a")
        + ChatEvents.Delta("""{"sparkle":{"a":1},"tool_calls":null,"content":null}""")
        + ChatEvents.Content("b")
        + "id: 7\nretry: 10\n: a comment\n\n"
        + ChatEvents.End();
}
