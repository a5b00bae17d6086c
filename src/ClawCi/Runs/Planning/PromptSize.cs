using System.Text;
using ClawCi.Prompts;
using ClawCi.Tools;

namespace ClawCi.Runs.Planning;

/// <summary>How much of the model's context is taken before the task, in tokens of four bytes. Tools of MCP servers come on top.</summary>
/// <param name="System">Of the system prompt, without what the workspace says.</param>
/// <param name="Tools">Of the descriptions and schemas of all tools that the model is shown.</param>
/// <param name="Workspace">Of the overview and the files of the workspace.</param>
internal sealed record PromptSize(int System, int Tools, int Workspace)
{
    private const int BytesPerToken = 4;

    public static PromptSize Of(RunPlan plan, PlannedTask task)
    {
        var rules = Encoding.UTF8.GetByteCount(SystemPrompt.Build(TaskPrompt.Rules(task)));
        // What is cloned later says nothing yet.
        var all = task.Target?.Source is null
            ? Encoding.UTF8.GetByteCount(TaskPrompt.Of(task, plan.HiddenFrom(task)))
            : rules;
        var tools = TaskTools
            .Offered(task, new Answers(task.Response))
            .Sum(tool => Encoding.UTF8.GetByteCount(tool.Name + tool.Description + tool.InputSchema.GetRawText()));
        return new(Tokens(rules), Tokens(tools), Tokens(all - rules));
    }

    public override string ToString() =>
        $"{System + Tools} tokens before the task: {System} of the system prompt, {Tools} of tools"
        + (Workspace > 0 ? $"; and {Workspace} of what the workspace says" : "");

    private static int Tokens(int bytes) => (bytes + BytesPerToken - 1) / BytesPerToken;
}
