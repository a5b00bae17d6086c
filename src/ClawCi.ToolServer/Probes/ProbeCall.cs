using System.Text.Json;
using ClawCi.ToolServer.Commands;
using ClawCi.ToolServer.Tools;

namespace ClawCi.ToolServer.Probes;

/// <summary>A probe as a call of the runner's: started like any command, listed nowhere.</summary>
internal static class ProbeCall
{
    public const string Name = "claw-ci/probe";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <param name="input"><c>words</c>: the probe's name and its arguments.</param>
    public static async Task<ToolAnswer> RunAsync(
        JsonElement input,
        TimeSpan? timeout,
        CommandRunner commands,
        CancellationToken ct
    )
    {
        if (!input.TryGetProperty("words", out var words) || words.ValueKind != JsonValueKind.Array)
            return ToolAnswer.Error("Which probe?");
        var result = await commands.RunAsync(
            new CommandRequest("", timeout ?? Patience)
            {
                Program = [Environment.ProcessPath!, "probe", .. words.EnumerateArray().Select(word => $"{word}")],
            },
            ct
        );
        if (result?.StartError is { } problem)
            return ToolAnswer.Error(problem);
        return new ToolAnswer(
            result!.Output.ToText("none"),
            result.Output.TotalBytes,
            Truncated: result.Output.IsTruncated,
            ExitCode: result.ExitCode,
            End: result.End
        );
    }
}
