using ModelContextProtocol.Client;

namespace ClawCi.Mcp;

/// <summary>The way to a server, open. Disposed means: closed, and what was started for it is gone.</summary>
internal interface IMcpLink : IAsyncDisposable
{
    IClientTransport Transport { get; }

    /// <summary>Counts all that comes over it.</summary>
    McpMeter Meter { get; }

    /// <summary>Whether the session is ended before the way to it is closed. A program need not be asked.</summary>
    bool ClosesAfterSession { get; }

    /// <summary>What the server did or said beside the protocol, for people: a broken rule, the last of its stderr. Empty when nothing.</summary>
    string LastWords { get; }
}
