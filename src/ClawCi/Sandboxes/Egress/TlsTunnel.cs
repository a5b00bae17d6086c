using System.IO.Pipelines;

namespace ClawCi.Sandboxes.Egress;

/// <summary>What CONNECT opens: TLS to the host that was asked for, and nothing else.</summary>
internal static class TlsTunnel
{
    /// <param name="connected">Called when the client is told.</param>
    /// <exception cref="EgressException">What the client began is not TLS to this host.</exception>
    public static async Task RunAsync(
        Stream client,
        PipeReader reader,
        MeteredStream far,
        Authority authority,
        TimeSpan helloTime,
        Action connected,
        CancellationToken ct
    )
    {
        connected();
        await client.WriteAsync(Answers.Connected, ct);
        Judge(await HelloAsync(reader, helloTime, ct), authority);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var outward = OutwardAsync(reader, far, over.Token);
        try
        {
            var inward = far.CopyToAsync(client, 32 << 10, over.Token);
            // A quota ends both directions; a client that has said all may still be answered.
            if (await Task.WhenAny(inward, outward) == outward)
                await outward;
            await inward;
        }
        catch (Exception e) when (EgressProxy.IsEnd(e) && !ct.IsCancellationRequested)
        {
            // One of the two went away: that is how connections end.
        }
        finally
        {
            await over.CancelAsync();
        }
    }

    private static void Judge(ClientHello hello, Authority authority)
    {
        if (hello.IsEncrypted)
            throw new EgressException("sni", "is refused: the server name is encrypted (ECH) and cannot be checked");
        if (HostName.IsAddress(authority.Host) && hello.ServerName is null)
            return;
        if (hello.ServerName is null)
            throw new EgressException("sni", "is refused: the TLS hello names no server (SNI)");
        if (HostName.Canonical(hello.ServerName) != authority.Host)
            throw new EgressException("sni", "is refused: the TLS hello names another server (SNI)");
    }

    /// <summary>Looks at the hello and leaves it to be sent on.</summary>
    private static async Task<ClientHello> HelloAsync(PipeReader reader, TimeSpan time, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(time);
        try
        {
            while (true)
            {
                var result = await reader.ReadAsync(patience.Token);
                var hello = ClientHello.TryRead(result.Buffer);
                reader.AdvanceTo(result.Buffer.Start, hello is null ? result.Buffer.End : result.Buffer.Start);
                if (hello is not null)
                    return hello;
                if (result.IsCompleted)
                    throw new IOException("The client left before its hello.");
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new EgressException("tls", "is refused: no TLS hello came in time");
        }
    }

    private static async Task OutwardAsync(PipeReader reader, MeteredStream far, CancellationToken ct)
    {
        await reader.CopyToAsync(far, ct);
        far.EndWriting();
    }
}
