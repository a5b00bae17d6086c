#pragma warning disable RS0030 // The program's environment is this process's own, and what the runner adds to it.
using System.Collections;
using System.Text;
using ClawCi.ToolServer.Commands;

namespace ClawCi.ToolServer.Beside;

/// <summary>
/// <c>beside DIR PROGRAM…</c>: runs a program of the task file's beside the tool server, on this process's own streams. The
/// first line of its input is not the program's: variables that nobody else may know, joined by NUL, as base64. When the
/// input ends, the program may end by itself; then it is killed, with everything that it started.
/// </summary>
internal static class BesideVerb
{
    private const int NotFound = 127;
    private const int MayExecute = 1;
    private const int LongestLine = 4 << 20;
    private const int WithoutHanging = 1;
    private const int PauseMilliseconds = 20;
    private const int Kill = 9;
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    /// <returns>The program's exit code, 128+n after signal n; 127 when there is no such program.</returns>
    public static int Run(string directory, IReadOnlyList<string> words, TextWriter error)
    {
        if (Variables() is not { } added)
            return NotFound;
        var variables = Environment
            .GetEnvironmentVariables()
            .Cast<DictionaryEntry>()
            .ToDictionary(pair => (string)pair.Key, pair => (string?)pair.Value ?? "");
        foreach (var (name, value) in added)
            variables[name] = value;
        if (Find(words[0], directory, variables.GetValueOrDefault("PATH", "")) is not { } program)
        {
            error.WriteLine($"{words[0]}: there is no such program in the image");
            return NotFound;
        }
        var failure = Spawn.Start(
            [program, .. words.Skip(1)],
            [.. variables.Select(pair => $"{pair.Key}={pair.Value}")],
            directory,
            input: -1,
            output: -1,
            control: -1,
            out var pid
        );
        if (failure != 0)
        {
            error.WriteLine(
                $"{words[0]}: it cannot be started: {System.Runtime.InteropServices.Marshal.GetPInvokeErrorMessage(failure)}"
            );
            return NotFound;
        }
        // Only the program may hold it: the runner waits for its end.
        _ = CommandLibc.Close(1);
        return Wait(pid);
    }

    private static unsafe int Wait(int pid)
    {
        DateTime? ended = null;
        while (true)
        {
            var reaped = CommandLibc.WaitPid(-1, out var status, WithoutHanging);
            if (reaped == pid)
            {
                ProcessFamily.KillDescendants();
                return (status & 0x7F) is > 0 and var signal ? 128 + signal : (status >> 8) & 0xFF;
            }
            if (reaped > 0)
                continue;
            // Asks for nothing: that the other end is closed is told all the same.
            var input = new CommandLibc.PollFd { Fd = 0 };
            var isOver = CommandLibc.Poll(&input, 1, ended is null ? PauseMilliseconds : 0) > 0;
            if (isOver && ended is null)
                ended = DateTime.UtcNow;
            if (ended is { } since)
            {
                if (DateTime.UtcNow - since > Grace)
                {
                    _ = CommandLibc.Kill(pid, Kill);
                    ProcessFamily.KillDescendants();
                }
                _ = CommandLibc.Poll(null, 0, PauseMilliseconds);
            }
        }
    }

    /// <summary>Byte by byte: what follows the line is the program's. Null when the line is none.</summary>
    private static unsafe Dictionary<string, string>? Variables()
    {
        List<byte> line = [];
        byte next;
        while (true)
        {
            if (CommandLibc.Read(0, &next, 1) != 1 || line.Count > LongestLine)
                return null;
            if (next == (byte)'\n')
                break;
            line.Add(next);
        }
        return Encoding
            .UTF8.GetString(Convert.FromBase64String(Encoding.ASCII.GetString([.. line])))
            .Split('\0', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split('=', 2))
            .ToDictionary(pair => pair[0], pair => pair[1]);
    }

    private static string? Find(string program, string directory, string path) =>
        (
            program.Contains('/', StringComparison.Ordinal)
                ? [Path.Combine(directory, program)]
                : path.Split(':', StringSplitOptions.RemoveEmptyEntries).Select(place => Path.Combine(place, program))
        ).FirstOrDefault(candidate => File.Exists(candidate) && CommandLibc.Access(candidate, MayExecute) == 0);
}
