namespace ClawCi.Mcp;

/// <summary>
/// What a server says, counted over all its streams: a message may be so long, and between two of our requests there may
/// come so much. One that says more is not listened to any longer. From any thread.
/// </summary>
internal sealed class McpMeter(TimeProvider time)
{
    private long _bytes;
    private long _messages;
    private long _heard = time.GetTimestamp();

    /// <summary>What the server did that none of sense does; null while it kept to the rules.</summary>
    public string? Violation { get; private set; }

    /// <summary>Something is asked for, so something may come.</summary>
    public void Ask()
    {
        Interlocked.Exchange(ref _bytes, 0);
        Interlocked.Exchange(ref _messages, 0);
        Volatile.Write(ref _heard, time.GetTimestamp());
    }

    /// <param name="line">The longest line that it is a part of, so far.</param>
    /// <param name="ends">Lines that end in it.</param>
    public void Count(int bytes, long line, int ends)
    {
        Volatile.Write(ref _heard, time.GetTimestamp());
        if (line > McpLimits.LongestMessage)
            Violation ??= $"it sent a message of more than {McpLimits.LongestMessage >> 20} MiB";
        else if (Interlocked.Add(ref _bytes, bytes) > McpLimits.MostBytesUnasked)
            Violation ??= $"it sent more than {McpLimits.MostBytesUnasked >> 20} MiB that nobody asked for";
        else if (Interlocked.Add(ref _messages, ends) > McpLimits.MostMessagesUnasked)
            Violation ??= $"it sent more than {McpLimits.MostMessagesUnasked} messages that nobody asked for";
    }

    /// <summary>Ends when no byte has come, and nothing was asked, for so long.</summary>
    public async Task SilenceAsync(TimeSpan longest, CancellationToken ct)
    {
        while (longest - time.GetElapsedTime(Volatile.Read(ref _heard)) is var left && left > TimeSpan.Zero)
            await Task.Delay(left, time, ct);
    }
}
