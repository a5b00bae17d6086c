using Xunit;

namespace ClawCi.Cli.Tests;

/// <summary>The image of Dockerfile, built of what is on this machine; gone when its tests are through.</summary>
public sealed class RunnerImage : IAsyncLifetime
{
    public const string Name = "claw-ci-under-test:latest";

    public async ValueTask InitializeAsync() =>
        await ExampleRun.ShellAsync(ClawCiProgram.Root, $"eng/image --local --quiet --tag {Name}");

    public async ValueTask DisposeAsync() =>
        await ExampleRun.ShellAsync(
            ClawCiProgram.Root,
            $"docker rmi --force {Name}; docker image prune --force --filter label=org.opencontainers.image.title=claw-ci-build"
        );
}
