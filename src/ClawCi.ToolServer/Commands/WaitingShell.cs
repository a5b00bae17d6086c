using System.Globalization;
using System.Text;

namespace ClawCi.ToolServer.Commands;

/// <summary>
/// A bash that was started before there is a command for it, so that its start costs no call anything. It is started as
/// <c>bash -c PLACEHOLDER</c> and waits while it reads what BASH_ENV names: a pipe of ours. The command is written over the
/// placeholder in bash's own arguments, where bash looks for it afterwards; so it runs the command as <c>bash -c</c> does and
/// not as an eval in a script would.
/// </summary>
internal sealed unsafe class WaitingShell : IDisposable
{
    private const int Room = 8 * 1024;

    /// <summary>Of /proc/PID/stat, counted after the name.</summary>
    private const int ArgumentsEndField = 46;
    private const int Kill = 9;

    private static readonly byte[] Placeholder = MakePlaceholder();

    private readonly string? _directory;
    private ShellProcess? _process;
    private int _control;

    private WaitingShell(ShellProcess process, int control)
    {
        (_process, _control) = (process, control);
        _directory = DirectoryOf(process.Child.Pid);
    }

    /// <param name="bash">The words before a command's text.</param>
    /// <param name="environment">Without a BASH_ENV of its own, and the mark at its end.</param>
    /// <returns>Null when it could not be started.</returns>
    public static WaitingShell? Start(
        Reaper reaper,
        IReadOnlyList<string> bash,
        IReadOnlyList<string> environment,
        string directory
    )
    {
        var ends = stackalloc int[2];
        if (CommandLibc.Pipe(ends, CommandLibc.CloseOnExec) != 0)
            return null;
        var (reading, writing) = (ends[0], ends[1]);
        _ = ShellProcess.Start(
            reaper,
            [.. bash, Encoding.UTF8.GetString(Placeholder)],
            ["BASH_ENV=/proc/self/fd/3", .. environment],
            directory,
            reading,
            out var process
        );
        _ = CommandLibc.Close(reading);
        if (process is not null)
            return new(process, writing);
        _ = CommandLibc.Close(writing);
        return null;
    }

    public bool HasEnded => _process is not { Child.HasEnded: false };

    /// <summary>Whether a command is short enough to be handed over.</summary>
    public static bool Takes(string command) => Encoding.UTF8.GetByteCount(command) <= Room;

    /// <summary>Gives it its command.</summary>
    /// <returns>Null when it cannot take it any more: it is dead, or the directory that it stands in was replaced.</returns>
    public ShellProcess? HandOver(string command)
    {
        if (_process is not { Child.HasEnded: false } process)
            return null;
        if (DirectoryOf(process.Child.Pid) != _directory || !WriteCommand(process.Child.Pid, command))
            return null;
        // What the waiting has left behind is set right, and then bash goes on to the command.
        var quoted = command.Replace("'", """'\''""", StringComparison.Ordinal);
        var last = Encoding.UTF8.GetBytes(
            $"unset BASH_ENV; exec 3<&-; SECONDS=0; BASH_EXECUTION_STRING='{quoted}'; : \"$BASH\""
        );
        fixed (byte* bytes = last)
        {
            if (CommandLibc.Write(_control, bytes, (nuint)last.Length) != last.Length)
                return null;
        }
        CloseControl();
        _process = null;
        return process;
    }

    /// <summary>One without a command ends.</summary>
    public void Dispose()
    {
        if (_process is { } process)
        {
            if (!process.Child.HasEnded)
                _ = CommandLibc.Kill(process.Child.Pid, Kill);
            process.Dispose();
        }
        _process = null;
        CloseControl();
    }

    private static bool WriteCommand(int pid, string command)
    {
        var memory = CommandLibc.Open($"/proc/{pid}/mem", CommandLibc.ReadWrite | CommandLibc.CloseOnExec);
        if (memory < 0)
            return false;
        try
        {
            // The last argument, and the zero byte behind it.
            var address = ArgumentsEnd(pid) - 1 - Room;
            var block = new byte[Room];
            fixed (byte* bytes = block)
            {
                if (
                    CommandLibc.ReadAt(memory, bytes, (nuint)block.Length, address) != block.Length
                    || !block.AsSpan().SequenceEqual(Placeholder)
                )
                    return false;
                block.AsSpan().Clear();
                Encoding.UTF8.GetBytes(command, block);
                return CommandLibc.WriteAt(memory, bytes, (nuint)block.Length, address) == block.Length;
            }
        }
        finally
        {
            _ = CommandLibc.Close(memory);
        }
    }

    /// <returns>An address in the other process; 0 when it cannot be known.</returns>
    private static long ArgumentsEnd(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            // The name stands in parentheses and may hold anything: fields are counted from its end.
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return long.Parse(fields[ArgumentsEndField], CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    private static string? DirectoryOf(int pid) => new DirectoryInfo($"/proc/{pid}/cwd").LinkTarget;

    /// <summary>Where it is looked at in a list of processes, it says what it is. Were it ever run, it would fail.</summary>
    private static byte[] MakePlaceholder()
    {
        var text = new byte[Room];
        text.AsSpan().Fill((byte)' ');
        "exit 127 # waits for the next bash call"u8.CopyTo(text);
        return text;
    }

    private void CloseControl()
    {
        if (_control >= 0)
            _ = CommandLibc.Close(_control);
        _control = -1;
    }
}
