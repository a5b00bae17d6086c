using ClawCi.ToolServer.Commands;

namespace ClawCi.ToolServer.Tools;

/// <summary>Runs a shell command and answers with what it wrote and how it ended.</summary>
internal static class BashTool
{
    private const int DefaultTimeoutSeconds = 120;
    private const int MaxTimeoutSeconds = 600;
    private const string NoShell =
        "This image has no shell (neither bash nor sh nor busybox): bash cannot be used here.";
    private const string Remedy = "to see all, redirect the output to a file in /tmp and look at parts of it";

    public static async Task<ToolAnswer> RunAsync(ToolCall<BashInput> call, CancellationToken ct)
    {
        var command = call.Input.Command;
        if (string.IsNullOrWhiteSpace(command))
            throw new ToolException("The command is empty.");
        if (command.Contains('\0', StringComparison.Ordinal))
            throw new ToolException("The command holds a NUL character, which no shell can take.");
        var seconds = call.Input.TimeoutSeconds ?? DefaultTimeoutSeconds;
        if (seconds is < 1 or > MaxTimeoutSeconds)
            throw new ToolException(
                $"timeout_seconds must be between 1 and {MaxTimeoutSeconds}. For longer work set run_in_background."
            );
        if (call.Input.RunInBackground is true)
            return StartInBackground(call.Session.Commands, command, call.Terms.Environment);
        var timeout = call.Terms.Timeout ?? TimeSpan.FromSeconds(seconds);
        var request = new CommandRequest(command, timeout)
        {
            Environment = call.Terms.Environment,
            RawBytes = call.Terms.RawBytes,
        };
        var commands = call.Session.Commands;
        var result = await commands.RunAsync(request, ct) ?? throw new ToolException(NoShell);
        // The runner's own commands, checks and setup, are read by nobody who would write the next one.
        var shell = call.Terms.Timeout is null ? commands.UnusualShell() : null;
        return Answer(result, timeout, shell, commands.Background.Running);
    }

    private static ToolAnswer StartInBackground(CommandRunner commands, string text, IReadOnlyList<string> environment)
    {
        if (!commands.HasShell)
            throw new ToolException(NoShell);
        if (commands.Background.Start(text, environment, out var problem) is not { } command)
            return NotStarted(problem!);
        return ToolAnswer.Of(
            $"Started in the background with id {command.Id}. bash_output shows what it writes, bash_kill ends it. "
                + "It is killed when you stop asking for tools."
        ) with
        {
            Running = commands.Background.Running,
        };
    }

    private static ToolAnswer NotStarted(string problem) =>
        ToolAnswer.Error($"The shell could not be started: {problem}.") with
        {
            End = CommandEnd.SpawnError,
        };

    private static ToolAnswer Answer(CommandResult result, TimeSpan timeout, string? shell, int running)
    {
        if (result.StartError is { } problem)
            return NotStarted(problem);
        var output = result.Output.ToText(Remedy);
        var notes =
            Notes(result, timeout) + (shell is null ? "" : $"[this image has no bash: commands run in {shell}]");
        var separator = output.Length == 0 || output.EndsWith('\n') ? "" : "\n";
        var text =
            output.Length == 0 && notes.Length == 0 ? "(no output)"
            : notes.Length == 0 ? output
            : $"{output}{separator}{notes}";
        return new(
            text,
            result.Output.TotalBytes,
            IsError: result.ExitCode != 0 || result.TimedOut,
            result.Output.IsTruncated,
            result.ExitCode,
            result.End,
            running > 0 ? running : null,
            result.Output.IsTruncated ? result.Raw : null
        );
    }

    private static string Notes(CommandResult result, TimeSpan timeout) =>
        EndNote(result, timeout)
        + (
            result.MemoryKills > 0
                ? "[the sandbox was out of memory: the kernel killed "
                    + (result.MemoryKills == 1 ? "one process" : $"{result.MemoryKills} processes")
                    + ". Use less, for example fewer parallel jobs]"
                : ""
        );

    private static string EndNote(CommandResult result, TimeSpan timeout)
    {
        if (result.TimedOut)
            return $"[timed out after {timeout.TotalSeconds:0} s: the command and everything it started were killed]";
        if (result.LeftRunning)
            return ExitNote(result)
                + "[something it started still runs; what that writes from now on is lost. "
                + "Start such programs with run_in_background]";
        return ExitNote(result);
    }

    private static string ExitNote(CommandResult result) =>
        result switch
        {
            { ExitCode: 0 } => "",
            { Signal: { } signal } => $"[killed by {SignalName(signal)}, exit code {result.ExitCode}]",
            { ExitCode: > 128 and <= 128 + 64 and var code } => $"[exit code {code}: {SignalName(code - 128)}]",
            _ => $"[exit code {result.ExitCode}]",
        };

    private static string SignalName(int signal) =>
        signal switch
        {
            1 => "SIGHUP",
            2 => "SIGINT",
            3 => "SIGQUIT",
            4 => "SIGILL",
            5 => "SIGTRAP",
            6 => "SIGABRT",
            7 => "SIGBUS",
            8 => "SIGFPE",
            9 => "SIGKILL",
            11 => "SIGSEGV",
            13 => "SIGPIPE",
            14 => "SIGALRM",
            15 => "SIGTERM",
            24 => "SIGXCPU",
            25 => "SIGXFSZ",
            31 => "SIGSYS",
            _ => $"signal {signal}",
        };
}
