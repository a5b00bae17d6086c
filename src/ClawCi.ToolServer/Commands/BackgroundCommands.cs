using System.Globalization;

namespace ClawCi.ToolServer.Commands;

/// <summary>
/// The commands in the background, running and ended. One thread, made at the start, reads what all of them write: when a
/// command has eaten the process limit, no new thread can be had.
/// </summary>
#pragma warning disable CA1001 // It lives as long as the process.
internal sealed unsafe class BackgroundCommands
#pragma warning restore CA1001
{
    /// <summary>How many may run at once.</summary>
    public const int MostRunning = 8;

    /// <summary>How many are remembered, ended ones included.</summary>
    private const int MostKnown = 32;
    private const int ReadBytes = 64 * 1024;

    private readonly Lock _gate = new();
    private readonly List<BackgroundCommand> _known = [];
    private readonly List<BackgroundCommand> _starting = [];
    private readonly WakeUp _news = new();
    private readonly Shells _shells;
    private int _count;

    public BackgroundCommands(Shells shells)
    {
        _shells = shells;
        new Thread(ReadForEver, maxStackSize: 256 * 1024) { IsBackground = true, Name = "background" }.Start();
    }

    /// <summary>In the order they were started.</summary>
    public IReadOnlyList<BackgroundCommand> Known
    {
        get
        {
            lock (_gate)
                return [.. _known];
        }
    }

    public int Running => Known.Count(command => !command.Ended.IsCompleted);

    public BackgroundCommand? Find(string id) => Known.FirstOrDefault(command => command.Id == id);

    /// <param name="environment">Over the server's own: <c>NAME=value</c> each.</param>
    /// <param name="problem">Why it was not started.</param>
    public BackgroundCommand? Start(string text, IReadOnlyList<string> environment, out string? problem)
    {
        lock (_gate)
        {
            if (_known.Count(command => !command.Ended.IsCompleted) >= MostRunning)
            {
                problem = $"{MostRunning} commands are running in the background already: end one with bash_kill";
                return null;
            }
            if (_shells.Start(text, environment, out problem) is not { } shell)
                return null;
            var id = (++_count).ToString(CultureInfo.InvariantCulture);
            var command = new BackgroundCommand(id, text, shell);
            if (_known.Count >= MostKnown)
                _known.Remove(_known.First(known => known.Ended.IsCompleted));
            _known.Add(command);
            _starting.Add(command);
            _news.Set();
            return command;
        }
    }

    private void ReadForEver()
    {
        var buffer = new byte[ReadBytes];
        var running = new List<BackgroundCommand>();
        var descriptors = stackalloc CommandLibc.PollFd[1 + 2 * MostRunning];
        while (true)
        {
            lock (_gate)
            {
                running.AddRange(_starting);
                _starting.Clear();
            }
            descriptors[0] = new() { Fd = _news.Descriptor, Events = CommandLibc.PollIn };
            for (var i = 0; i < running.Count; i++)
            {
                var (output, wakeUp) = running[i].Descriptors;
                // A negative descriptor is passed over.
                descriptors[1 + 2 * i] = new() { Fd = output, Events = CommandLibc.PollIn };
                descriptors[2 + 2 * i] = new() { Fd = wakeUp, Events = CommandLibc.PollIn };
            }
            if (CommandLibc.Poll(descriptors, (nuint)(1 + 2 * running.Count), -1) < 0)
                continue;
            if (descriptors[0].Returned != 0)
                _news.Clear();
            for (var i = running.Count - 1; i >= 0; i--)
            {
                var hasOutput = descriptors[1 + 2 * i].Returned != 0;
                var isWoken = descriptors[2 + 2 * i].Returned != 0;
                if ((hasOutput || isWoken) && !running[i].Take(buffer, hasOutput, isWoken))
                    running.RemoveAt(i);
            }
        }
    }
}
