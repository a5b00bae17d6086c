namespace ClawCi.Cli.Telemetry;

/// <summary>Says the first failure to send telemetry, and no other.</summary>
internal sealed class ExportFailures(Action<string> say)
{
    private int _said;

    public void Add(string message)
    {
        if (Interlocked.Exchange(ref _said, 1) == 0)
            say(message);
    }
}
