using System.IO.Pipelines;
using ClawCi.Models;
using ClawCi.Models.Wire;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ClawCi.Tests.Models;

public sealed class WatchedStreamTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly Pipe _pipe = new();
    private readonly WatchedStream _stream;

    public WatchedStreamTests() =>
        _stream = new WatchedStream(_pipe.Reader.AsStream(), "host", TimeSpan.FromSeconds(60), _time);

    [Fact]
    public async Task Any_byte_starts_the_wait_anew()
    {
        for (var i = 0; i < 5; i++)
        {
            var read = ReadAsync();
            _time.Advance(TimeSpan.FromSeconds(59));
            await _pipe.Writer.WriteAsync(new byte[] { 42 }, TestContext.Current.CancellationToken);
            Assert.Equal(1, await read);
        }
    }

    [Fact]
    public async Task The_time_between_reads_is_the_readers_own()
    {
        await _pipe.Writer.WriteAsync(new byte[] { 42 }, TestContext.Current.CancellationToken);
        Assert.Equal(1, await ReadAsync());
        _time.Advance(TimeSpan.FromHours(1));
        await _pipe.Writer.WriteAsync(new byte[] { 42 }, TestContext.Current.CancellationToken);
        Assert.Equal(1, await ReadAsync());
    }

    [Fact]
    public async Task Silence_is_a_stall()
    {
        var read = ReadAsync();
        _time.Advance(TimeSpan.FromSeconds(60));
        var failure = await Assert.ThrowsAsync<ModelException>(() => read);
        Assert.Equal(ModelFailure.Stalled, failure.Failure);
        Assert.Equal("host: the reply stalled: nothing came for 60 s", failure.Message);
    }

    private Task<int> ReadAsync() => _stream.ReadAsync(new byte[10], TestContext.Current.CancellationToken).AsTask();

    public void Dispose() => _stream.Dispose();
}
