using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace ClawCi.Mcp;

/// <summary>To a program, by its standard streams.</summary>
/// <param name="stream">Its stdout to read, its stdin to write.</param>
/// <param name="errors">The last of its stderr.</param>
/// <param name="program">Disposed when the link is: then it is gone.</param>
internal sealed class StreamLink(Stream stream, Func<string> errors, IAsyncDisposable program, TimeProvider time)
    : IMcpLink
{
    public McpMeter Meter { get; } = new(time);

    public IClientTransport Transport
    {
        get
        {
            var counted = new McpStream(stream, Meter);
            return new StreamClientTransport(counted, counted);
        }
    }

    public string LastWords => Meter.Violation ?? errors().Trim();

    public bool ClosesAfterSession => false;

    public ValueTask DisposeAsync() => program.DisposeAsync();
}
