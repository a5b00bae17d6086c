using System.Text;
using System.Text.Json;
using ClawCi.ToolServer.Commands;

namespace ClawCi.ToolServer.Tools;

/// <summary>A hook's command as a call of the runner's, listed nowhere: what happened goes in by standard input.</summary>
internal static class HookCall
{
    public const string Name = "claw-ci/hook";

    /// <param name="input"><c>run</c>: the line for the shell. <c>event</c>: its standard input.</param>
    /// <returns>What it wrote, as it was, as far as was asked for; no text.</returns>
    public static async Task<ToolAnswer> RunAsync(
        JsonElement input,
        CallTerms terms,
        CommandRunner commands,
        CancellationToken ct
    )
    {
        if (!commands.HasShell)
            return ToolAnswer.Error("the image has no shell");
        if (
            Text(input, "run") is not { } run
            || Text(input, "event") is not { } told
            || terms.Timeout is not { } timeout
        )
            return ToolAnswer.Error("Which hook?");
        var result = await commands.RunAsync(
            new CommandRequest(run, timeout) { Input = Encoding.UTF8.GetBytes(told), RawBytes = terms.RawBytes },
            ct
        );
        if (result!.StartError is { } problem)
            return ToolAnswer.Error(problem);
        return new ToolAnswer(
            "",
            result.Output.TotalBytes,
            Truncated: result.Output.TotalBytes > terms.RawBytes,
            ExitCode: result.ExitCode,
            End: result.End,
            Raw: result.Raw
        );
    }

    private static string? Text(JsonElement input, string name) =>
        input.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
