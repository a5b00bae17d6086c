using System.Text;

namespace ClawCi.Cli.Console;

/// <summary>
/// Standard error of a run: lines, and below them, where there is a terminal, one that is written anew as things go on. Nothing
/// of the terminal is changed for it, so that there is nothing to put back but this line.
/// </summary>
/// <param name="width">Columns of the terminal, now.</param>
internal sealed class LiveLine(TextWriter error, Func<int> width, TimeProvider time) : TextWriter
{
    private const string Clear = "\r\e[K";
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(500);

    private readonly Lock _lock = new();
    private Func<int, string>? _text;
    private ITimer? _timer;
    private bool _isDim;
    private string _shown = "";

    /// <summary>Shows the line until this is disposed of, or another is begun.</summary>
    /// <param name="text">Of the line, which has no more than so many columns and no control characters.</param>
    public void Begin(Func<int, string> text, bool isDim)
    {
        lock (_lock)
        {
            (_text, _isDim) = (text, isDim);
            _timer?.Dispose();
            _timer = time.CreateTimer(_ => Tick(), null, Period, Period);
        }
    }

    public override Encoding Encoding => error.Encoding;

    public override void Write(char value) => Write(value.ToString());

    /// <param name="value">Whole lines, each with its line feed.</param>
    public override void Write(string? value)
    {
        lock (_lock)
        {
            var before = _shown.Length > 0 ? Clear : "";
            _shown = _text?.Invoke(width()) ?? "";
            error.Write($"{before}{value}{Look(_shown)}");
        }
    }

    /// <summary>Takes the line away for good. Does not wait for a terminal that takes nothing: the process is about to end.</summary>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (!_lock.TryEnter(Period))
            return;
        try
        {
            _timer?.Dispose();
            _text = null;
            if (_shown.Length > 0)
                error.Write(Clear);
            _shown = "";
        }
        finally
        {
            _lock.Exit();
        }
    }

    private void Tick()
    {
        // Who holds it writes the line too, or is kept from it by a terminal that stands still.
        if (!_lock.TryEnter())
            return;
        try
        {
            var text = _text?.Invoke(width()) ?? "";
            if (text != _shown)
                error.Write($"\r{Look(text)}\e[K");
            _shown = text;
        }
        catch (IOException)
        {
            // The terminal is gone. The run goes on.
            _timer?.Dispose();
        }
        finally
        {
            _lock.Exit();
        }
    }

    private string Look(string text) => _isDim && text.Length > 0 ? $"\e[2m{text}\e[0m" : text;
}
