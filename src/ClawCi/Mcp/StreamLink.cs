using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace ClawCi.Mcp;

/// <summary>To a program, by its standard streams.</summary>
/// <param name="stream">Its stdout to read, its stdin to write.</param>
/// <param name="errors">The last of its stderr.</param>
/// <param name="program">Disposed when the link is: then it is gone.</param>
internal sealed class StreamLink(Stream stream, Func<string> errors, IAsyncDisposable program) : IMcpLink
{
    private readonly McpStream _stream = new(stream);

    public IClientTransport Transport => new StreamClientTransport(_stream, _stream);

    public string LastWords => _stream.Violation ?? errors().Trim();

    public bool ClosesAfterSession => false;

    public void Ask() => _stream.Ask();

    public async ValueTask DisposeAsync()
    {
        await program.DisposeAsync();
        await _stream.DisposeAsync();
    }
}
