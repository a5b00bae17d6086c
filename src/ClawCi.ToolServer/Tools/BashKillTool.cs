namespace ClawCi.ToolServer.Tools;

/// <summary>Ends a command in the background.</summary>
internal static class BashKillTool
{
    public static async Task<ToolAnswer> RunAsync(ToolCall<BashKillInput> call, CancellationToken ct)
    {
        var background = call.Session.Commands.Background;
        var command = BashOutputTool.Find(background, call.Input.Id);
        if (!command.Ended.IsCompleted)
            await command.KillAsync();
        var state = BashOutputTool.State(command, command.Ended.IsCompleted);
        return ToolAnswer.Of($"{command.Id}: {state}.") with { Running = background.Running };
    }
}
