using System.IO.Pipelines;
using System.Net.Sockets;

namespace ClawCi.Sandboxes.Egress;

/// <summary>
/// The one way out of a container: an HTTP proxy in the runner. Every connection and every request is held against the
/// rules here, whatever the container's side of the tunnel has become.
/// </summary>
/// <param name="report">Told of each connection and host once, when it is over.</param>
internal sealed class EgressProxy(
    NetworkAccess access,
    Outside outside,
    EgressLimits limits,
    Action<NetworkUse> report,
    TimeProvider time
)
{
    private readonly Meter _meter = new(limits);

    /// <summary>Serves one connection to its end, and closes it. Does not throw.</summary>
    public async Task ServeAsync(Stream client, CancellationToken ct)
    {
        var started = time.GetTimestamp();
        var asked = new Asked();
        await using (client)
        {
            try
            {
                _meter.CountConnection();
                await ServeAsync(client, asked, ct);
            }
            catch (EgressException e)
            {
                if (e.Rule != "quota" || asked.Authority is not null || _meter.IsFirstTooMany)
                    Report(asked, e, time.GetElapsedTime(started));
                await SayAsync(client, asked, e, ct);
            }
            catch (Exception e) when (IsEnd(e))
            {
                // The client went away, was silent for too long, or the sandbox is over.
            }
        }
    }

    /// <summary>What the end of a connection looks like from either side of it.</summary>
    public static bool IsEnd(Exception e) =>
        e is IOException or SocketException or OperationCanceledException or ObjectDisposedException;

    private async Task ServeAsync(Stream client, Asked asked, CancellationToken ct)
    {
        var reader = PipeReader.Create(client, new StreamPipeReaderOptions(leaveOpen: true, bufferSize: 32 << 10));
        using var forward = new HttpForward(access, outside, limits, _meter, report, time);
        try
        {
            while (await HeadAsync(reader, ct) is { } head)
            {
                asked.Authority = null;
                if (head.Method == "CONNECT")
                {
                    asked.IsConnect = true;
                    asked.Authority = Named(Authority.Parse(head.Target, defaultPort: null));
                    await TunnelAsync(client, reader, asked, ct);
                    return;
                }
                var request = PlainRequest.Of(head);
                asked.Authority = request.Authority;
                if (!await forward.SendAsync(request, Allowed(request.Authority), reader, client, ct))
                    return;
            }
        }
        finally
        {
            await reader.CompleteAsync();
        }
    }

    private async Task<RequestHead?> HeadAsync(PipeReader reader, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(limits.HeadTime);
        return await RequestHead.ReadAsync(reader, patience.Token);
    }

    private async Task TunnelAsync(Stream client, PipeReader reader, Asked asked, CancellationToken ct)
    {
        var authority = asked.Authority!.Value;
        var rule = Allowed(authority);
        var started = time.GetTimestamp();
        await using var far = new MeteredStream(await ConnectAsync("https", authority, ct), _meter, limits.Idle);
        EgressException? end = null;
        try
        {
            await TlsTunnel.RunAsync(
                client,
                reader,
                far,
                authority,
                limits.HelloTime,
                () => asked.IsConnected = true,
                ct
            );
        }
        catch (EgressException e)
        {
            end = e;
            throw;
        }
        finally
        {
            // A refusal is reported by whoever answers it.
            if (end is null)
                report(
                    new NetworkUse(
                        authority.Host,
                        authority.Port,
                        IsAllowed: true,
                        rule.Text,
                        far.WasIdle ? "idle for too long" : null,
                        far.Up,
                        far.Down,
                        time.GetElapsedTime(started)
                    )
                );
            asked.Up = far.Up;
            asked.Down = far.Down;
        }
    }

    private async Task<Stream> ConnectAsync(string scheme, Authority authority, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(limits.ConnectTime);
        try
        {
            return await outside.ConnectAsync(
                scheme,
                authority.Host,
                authority.Port,
                access.MayBePrivate(authority.Host, authority.Port),
                patience.Token
            );
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw EgressException.Unreachable("it did not answer in time");
        }
    }

    private static Authority Named(Authority? authority) =>
        authority ?? throw new EgressException("http", "the request names no host and port that can be judged", 400);

    private HostRule Allowed(Authority authority) =>
        access.Find(authority.Host, authority.Port)
        ?? throw new EgressException("network", "is not allowed by any rule of this sandbox's network");

    private void Report(Asked asked, EgressException e, TimeSpan duration) =>
        report(
            new NetworkUse(
                asked.Authority?.Host ?? "",
                asked.Authority?.Port ?? 0,
                IsAllowed: e.Rule is null,
                e.Rule ?? access.Find(asked.Authority!.Value.Host, asked.Authority.Value.Port)!.Text,
                e.Message,
                asked.Up,
                asked.Down,
                duration
            )
        );

    private async Task SayAsync(Stream client, Asked asked, EgressException e, CancellationToken ct)
    {
        try
        {
            var what = asked.Authority?.ToString() ?? "this connection";
            await client.WriteAsync(asked.IsConnected ? Answers.Alert : Answers.Refusal(e, what, access), ct);
        }
        catch (Exception gone) when (IsEnd(gone))
        {
            // Nobody listens.
        }
    }

    /// <summary>How far a connection came.</summary>
    private sealed class Asked
    {
        public Authority? Authority { get; set; }

        public bool IsConnect { get; set; }

        /// <summary>The client was told that it is connected: from here on it understands TLS only.</summary>
        public bool IsConnected { get; set; }

        public long Up { get; set; }
        public long Down { get; set; }
    }
}
