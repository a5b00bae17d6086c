namespace ClawCi.Cli.Telemetry;

/// <summary>Says the first failure to send telemetry, and no other.</summary>
internal sealed class ExportFailures(Action<string> say)
{
    private int _said;

    public void Add(Uri? endpoint, string reason)
    {
        if (Interlocked.Exchange(ref _said, 1) == 0)
            say(
                $"Telemetry does not reach {endpoint?.GetLeftPart(UriPartial.Path)}: {reason} The run goes on without."
            );
    }
}
