using System.Buffers.Binary;
using System.Text;
using ClawCi.Sandboxes.Docker;
using Docker.DotNet;
using Xunit;

namespace ClawCi.Docker.Tests;

public sealed class AttachedStreamTests
{
    private const byte Out = 1;
    private const byte Error = 2;
    private int _ends;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stdout_is_read_and_stderr_kept_aside()
    {
        await using var stream = Attached(100, (Out, "one\n"), (Error, "oops"), (Out, "two\n"));
        using var reader = new StreamReader(stream);
        Assert.Equal("one\ntwo\n", await reader.ReadToEndAsync(Now));
        Assert.Equal("oops", stream.Errors);
        Assert.Equal(1, _ends);
    }

    [Fact]
    public async Task Only_the_last_of_stderr_is_kept()
    {
        await using var stream = Attached(100, (Error, new string('a', 9000)), (Error, "the end"));
        Assert.Equal(0, await stream.ReadAsync(new byte[10], Now));
        Assert.EndsWith("aathe end", stream.Errors);
        Assert.Equal(8192, stream.Errors.Length);
    }

    [Fact]
    public async Task A_line_without_end_is_the_end()
    {
        await using var stream = Attached(10, (Out, "0123456789\n"), (Out, "0123"), (Out, "4567890"));
        var buffer = new byte[100];
        Assert.Equal(11, await stream.ReadAsync(buffer, Now));
        Assert.Equal(4, await stream.ReadAsync(buffer, Now));
        await Assert.ThrowsAsync<IOException>(async () => await stream.ReadExactlyAsync(buffer, Now));
        Assert.Equal(1, _ends);
    }

    [Fact]
    public async Task A_cut_frame_is_the_end()
    {
        await using var stream = new AttachedStream(
            new MultiplexedStream(new MemoryStream([Out, 0, 0]), multiplexed: true),
            100,
            () => _ends++
        );
        await Assert.ThrowsAsync<EndOfStreamException>(async () => await stream.ReadExactlyAsync(new byte[1], Now));
        Assert.Equal(1, _ends);
    }

    [Fact]
    public async Task What_is_written_leaves_at_the_flush_as_one()
    {
        using var wire = new MemoryStream();
        await using var stream = new AttachedStream(new MultiplexedStream(wire, multiplexed: true), 100, () => { });
        await stream.WriteAsync("{}"u8.ToArray(), Now);
        await stream.WriteAsync("\n"u8.ToArray(), Now);
        Assert.Equal(0, wire.Length);
        await stream.FlushAsync(Now);
        Assert.Equal("{}\n", Encoding.UTF8.GetString(wire.ToArray()));
    }

    private AttachedStream Attached(long longestLine, params (byte Target, string Text)[] frames)
    {
        var wire = new MemoryStream();
        foreach (var (target, text) in frames)
        {
            var head = new byte[8];
            head[0] = target;
            BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(4), text.Length);
            wire.Write(head);
            wire.Write(Encoding.ASCII.GetBytes(text));
        }
        wire.Position = 0;
        return new AttachedStream(new MultiplexedStream(wire, multiplexed: true), longestLine, () => _ends++);
    }
}
