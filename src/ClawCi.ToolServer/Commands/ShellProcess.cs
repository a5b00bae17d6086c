using System.Runtime.InteropServices;

namespace ClawCi.ToolServer.Commands;

/// <summary>A shell that was started: its process, and the pipe that holds what it and its children write.</summary>
/// <param name="mark">The variable in its environment, and in that of all it starts, that no other call has.</param>
internal sealed unsafe class ShellProcess(Child child, WakeUp wakeUp, int output, string mark) : IDisposable
{
    private int _output = output;

    public Child Child => child;

    /// <summary>Set when the child has ended; others may set it too.</summary>
    public WakeUp WakeUp => wakeUp;

    public string Mark => mark;

    /// <summary>The descriptor to read from; -1 once closed.</summary>
    public int Output => _output;

    /// <param name="control">A descriptor that the shell gets as its 3; -1 for none.</param>
    /// <param name="input">A descriptor that it gets as its 0; -1 for an empty input.</param>
    /// <returns>Zero, or the error number.</returns>
    public static int Start(
        Reaper reaper,
        IReadOnlyList<string> arguments,
        IReadOnlyList<string> environment,
        string directory,
        int control,
        out ShellProcess? process,
        int input = -1
    )
    {
        process = null;
        var ends = stackalloc int[2];
        if (CommandLibc.Pipe(ends, CommandLibc.CloseOnExec) != 0)
            return Marshal.GetLastPInvokeError();
        var (reading, writing) = (ends[0], ends[1]);
        var wakeUp = new WakeUp();
        var error = reaper.Start(
            () => (Spawn.Start(arguments, environment, directory, input, writing, control, out var pid), pid),
            wakeUp,
            out var child
        );
        _ = CommandLibc.Close(writing);
        if (child is null)
        {
            _ = CommandLibc.Close(reading);
            wakeUp.Dispose();
            return error;
        }
        RaiseOomScore(child.Pid);
        process = new(child, wakeUp, reading, environment[^1]);
        return 0;
    }

    public void CloseOutput()
    {
        if (_output >= 0)
            _ = CommandLibc.Close(_output);
        _output = -1;
    }

    public void Dispose()
    {
        CloseOutput();
        wakeUp.Dispose();
    }

    /// <summary>When memory runs out, the kernel should take the command and not us.</summary>
    private static void RaiseOomScore(int pid)
    {
        try
        {
            File.WriteAllText($"/proc/{pid}/oom_score_adj", "1000");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended already, or has become another user.
        }
    }
}
