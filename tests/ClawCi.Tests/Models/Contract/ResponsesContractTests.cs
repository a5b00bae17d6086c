using ClawCi.Models;
using ClawCi.TestSupport;

namespace ClawCi.Tests.Models.Contract;

public sealed class ResponsesContractTests : ProviderContract
{
    private protected override string Model => "openai/gpt-5";

    private protected override (string, ModelFailure) BusyWord => ("rate_limit_exceeded", ModelFailure.RateLimited);

    private protected override string KeepAlive => ": keep-alive\n\n";

    private protected override string Text(string text) =>
        ResponsesEvents.Start + ResponsesEvents.Message(0, text) + ResponsesEvents.End();

    private protected override string ToolUses(params (string Id, string Name, string Input)[] uses) =>
        ResponsesEvents.Start
        + string.Concat(uses.Select((use, i) => ResponsesEvents.FunctionCall(i, use.Id, use.Name, use.Input)))
        + ResponsesEvents.End();

    private protected override string ErrorAfterText(string word) =>
        ResponsesEvents.Start + ResponsesEvents.Message(0, "half a rep") + ResponsesEvents.Error(word, "Try later");

    private protected override string CutAtLimit =>
        ResponsesEvents.Start
        + ResponsesEvents.Message(0, "and")
        + ResponsesEvents.End("incomplete", "max_output_tokens");

    private protected override string Refusal =>
        ResponsesEvents.Start + ResponsesEvents.Message(0, "No.", "refusal") + ResponsesEvents.End();

    private protected override string WithUnknownThings =>
        ResponsesEvents.Start
        + "event: response.telemetry\ndata: not even json\n\n"
        + ResponsesEvents.Event("response.sparkle.delta", "\"sparkle\":1")
        + ResponsesEvents.Message(0, "ab")
        + "id: 7\nretry: 10\n: a comment\n\n"
        + ResponsesEvents.End();
}
