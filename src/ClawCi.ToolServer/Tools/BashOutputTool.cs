using System.Globalization;
using System.Text;
using ClawCi.ToolServer.Commands;

namespace ClawCi.ToolServer.Tools;

/// <summary>Shows what commands in the background write, and how they stand.</summary>
internal static class BashOutputTool
{
    private const int MaxBytes = 28_000;
    private const int MaxWaitSeconds = 100;
    private const int ListedCommand = 100;

    public static async Task<ToolAnswer> RunAsync(ToolCall<BashOutputInput> call, CancellationToken ct)
    {
        var (input, background) = (call.Input, call.Session.Commands.Background);
        var wait = input.WaitSeconds ?? 0;
        if (wait is < 0 or > MaxWaitSeconds)
            throw new ToolException($"wait_seconds must be between 0 and {MaxWaitSeconds}.");
        if (input.Offset < 0)
            throw new ToolException("offset counts bytes from 0.");
        if (input.Id is null)
            return List(background);
        var command = Find(background, input.Id);
        if (wait > 0)
            await Task.WhenAny(command.Ended, Task.Delay(TimeSpan.FromSeconds(wait), ct));
        // Its state before its output: what an ended command wrote has all been read then.
        var hasEnded = command.Ended.IsCompleted;
        var (bytes, from, lost, end) = command.Read(input.Offset, MaxBytes);
        var gap = lost > 0 ? $"[… {lost} bytes before this are no longer kept …]\n" : "";
        var text = Encoding.UTF8.GetString(bytes);
        var next = from + bytes.Length;
        var separator = text.Length == 0 || text.EndsWith('\n') ? "" : "\n";
        var more = next < end ? $"; {end - next} bytes more from offset {next}" : "";
        var isMore = next < end || gap.Length > 0;
        return new(
            $"{gap}{text}{separator}[{State(command, hasEnded)}{more}]",
            bytes.Length,
            Truncated: isMore,
            ExitCode: hasEnded ? command.Child.ExitCode : null,
            Running: background.Running
        );
    }

    /// <exception cref="ToolException">There is none of this id.</exception>
    public static BackgroundCommand Find(BackgroundCommands background, string id) =>
        background.Find(id)
        ?? throw new ToolException(
            background.Known is { Count: > 0 } known
                ? $"There is no background command {id}. There are {string.Join(", ", known.Select(c => c.Id))}."
                : $"There is no background command {id}: none was started."
        );

    public static string State(BackgroundCommand command, bool hasEnded) =>
        hasEnded
            ? $"ended after {Seconds(command)} with exit code {command.Child.ExitCode}"
            : $"running for {Seconds(command)}";

    private static ToolAnswer List(BackgroundCommands background)
    {
        var lines = background.Known.Select(command =>
            $"{command.Id}  {State(command, command.Ended.IsCompleted)}  {OneLine(command.Text)}"
        );
        var text = string.Join('\n', lines);
        return ToolAnswer.Of(text.Length == 0 ? "No command was started in the background." : text) with
        {
            Running = background.Running,
        };
    }

    private static string OneLine(string text)
    {
        var line = text.ReplaceLineEndings(" ");
        return line.Length <= ListedCommand ? line : line[..ListedCommand] + "…";
    }

    private static string Seconds(BackgroundCommand command) =>
        command.Time.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture) + " s";
}
