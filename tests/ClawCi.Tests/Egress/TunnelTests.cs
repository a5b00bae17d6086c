using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using ClawCi.Tunnels;
using Xunit;

namespace ClawCi.Tests.Egress;

/// <summary>The tunnel over a real socket, with the other end in the hands of the test: what a hostile tool server could send.</summary>
#pragma warning disable CA2025 // The streams are closed on purpose while the tunnel reads them.
public sealed class TunnelTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Many_connections_carry_their_bytes_both_ways_over_one_stream()
    {
        var (near, far) = await PairAsync();
        using var server = new Tunnel(near, near, EchoAsync, 100);
        using var client = new Tunnel(far, far, null, 100);
        var running = Task.WhenAll(server.RunAsync(Now), client.RunAsync(Now));
        await client.SendReadyAsync(Now);
        await server.Ready;
        await Task.WhenAll(Enumerable.Range(1, 20).Select(i => RoundTripAsync(client, i * 50_000)));
        await near.DisposeAsync();
        await far.DisposeAsync();
        // Whichever end sees the other's close before its own ends well.
        await Record.ExceptionAsync(() => running);
    }

    [Fact]
    public async Task A_connection_that_is_not_read_does_not_hold_up_another()
    {
        var (near, far) = await PairAsync();
        var first = true;
        using var server = new Tunnel(
            near,
            near,
            connection =>
            {
                var stays = first;
                first = false;
                return stays ? Task.CompletedTask : EchoAsync(connection);
            },
            100
        );
        using var client = new Tunnel(far, far, null, 100);
        _ = server.RunAsync(Now);
        _ = client.RunAsync(Now);
        var stuck = await client.OpenAsync(Now);
        var writing = stuck.WriteAsync(new byte[Tunnel.Window * 2], Now).AsTask();
        await RoundTripAsync(client, 100_000);
        Assert.False(writing.IsCompleted);
        client.Dispose();
        await Assert.ThrowsAnyAsync<Exception>(() => writing);
        await near.DisposeAsync();
        await far.DisposeAsync();
    }

    public static TheoryData<string, byte[]> Hostile() =>
        new()
        {
            { "an unknown kind", Frame(99, 1, []) },
            { "a length below nothing", Head(3, 1, -1) },
            { "a length of gigabytes", Head(3, 1, int.MaxValue) },
            { "one byte more than a frame holds", [.. Open(1), .. Head(3, 1, FrameHeader.MostData + 1)] },
            { "an empty data frame", [.. Open(1), .. Head(3, 1, 0)] },
            { "data for what was never opened", Frame(3, 7, [1]) },
            { "connection nought", Frame(2, 0, []) },
            { "a number used again", [.. Open(5), .. Open(5)] },
            { "a number going down", [.. Open(5), .. Open(4)] },
            { "bytes after the end", [.. Open(1), .. Frame(4, 1, []), .. Frame(3, 1, [1])] },
            { "more than the window", [.. Open(1), .. Flood(1, Tunnel.Window + 1)] },
            { "a grant of more than the window", [.. Open(1), .. Frame(6, 1, [0, 0, 0, 1])] },
            { "a grant of nothing", [.. Open(1), .. Frame(6, 1, [0, 0, 0, 0])] },
            { "ready twice", [.. Frame(1, 0, []), .. Frame(1, 0, [])] },
            { "ready with a number", Frame(1, 3, []) },
        };

    [Theory]
    [MemberData(nameof(Hostile), DisableDiscoveryEnumeration = true)]
    public async Task Whoever_breaks_the_rules_is_read_no_further(string what, byte[] bytes)
    {
        Assert.NotEmpty(what);
        var (near, far) = await PairAsync();
        using var tunnel = new Tunnel(near, near, _ => Task.CompletedTask, 100);
        var running = tunnel.RunAsync(Now);
        await far.WriteAsync(bytes, Now);
        await Assert.ThrowsAsync<TunnelException>(() => running);
        Assert.True(tunnel.Ended.IsCancellationRequested);
        await near.DisposeAsync();
        await far.DisposeAsync();
    }

    [Fact]
    public async Task A_flood_of_connections_is_closed_one_by_one_and_never_held()
    {
        var (near, far) = await PairAsync();
        var held = 0;
        using var tunnel = new Tunnel(
            near,
            near,
            _ =>
            {
                held++;
                return Task.CompletedTask;
            },
            mostConnections: 8
        );
        var running = tunnel.RunAsync(Now);
        var reading = ReadAsync(far, 2000 - 8);
        for (uint id = 1; id <= 2000; id++)
            await far.WriteAsync(Open(id), Now);
        Assert.All(await reading, kind => Assert.Equal(FrameKind.Close, kind));
        Assert.Equal(8, held);
        await far.DisposeAsync();
        await running;
        await near.DisposeAsync();
    }

    private static async Task EchoAsync(TunnelConnection connection)
    {
        await using (connection)
            await connection.CopyToAsync(connection);
    }

    private static async Task RoundTripAsync(Tunnel tunnel, int size)
    {
        var sent = Enumerable.Range(0, size).Select(i => (byte)(i * 7)).ToArray();
        await using var connection = await tunnel.OpenAsync(Now);
        var writing = Task.Run(async () =>
        {
            await connection.WriteAsync(sent);
            await connection.EndAsync(Now);
        });
        using var got = new MemoryStream();
        await connection.CopyToAsync(got);
        await writing;
        Assert.Equal(sent, got.ToArray());
    }

    private static async Task<List<FrameKind>> ReadAsync(Stream stream, int frames)
    {
        var kinds = new List<FrameKind>();
        var head = new byte[FrameHeader.Size];
        while (kinds.Count < frames)
        {
            await stream.ReadExactlyAsync(head);
            kinds.Add(FrameHeader.Read(head).Kind);
        }
        return kinds;
    }

    private static byte[] Open(uint id) => Frame(2, id, []);

    private static byte[] Frame(byte kind, uint id, byte[] payload) => [.. Head(kind, id, payload.Length), .. payload];

    private static byte[] Head(byte kind, uint id, int length)
    {
        var head = new byte[FrameHeader.Size];
        head[0] = kind;
        BinaryPrimitives.WriteUInt32BigEndian(head.AsSpan(1), id);
        BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(5), length);
        return head;
    }

    private static byte[] Flood(uint id, int size) =>
        [.. Enumerable.Range(0, (size / 1000) + 1).SelectMany(_ => Frame(3, id, new byte[1000]))];

    private static async Task<(NetworkStream Near, NetworkStream Far)> PairAsync()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var far = new TcpClient();
        await far.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        var near = await listener.AcceptSocketAsync();
        return (new NetworkStream(near, ownsSocket: true), new NetworkStream(far.Client, ownsSocket: true));
    }
}
