using Xunit;

namespace ClawCi.ToolServer.Tests;

/// <summary>One server for the tests of a class; each test keeps to file names of its own.</summary>
public sealed class ServerFixture : IAsyncLifetime
{
    internal Server Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await Server.StartAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
