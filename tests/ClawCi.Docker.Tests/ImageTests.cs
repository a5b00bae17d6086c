using System.Net;
using ClawCi.Sandboxes;
using ClawCi.Sandboxes.Docker;
using Xunit;

namespace ClawCi.Docker.Tests;

public sealed class ImageTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_image_that_is_there_is_known_by_its_id()
    {
        await using var here = await Sandboxed.CreateAsync();
        var image = await ImageResolver.ResolveAsync(here.Engine, Sandboxed.Image, PullPolicy.Missing, null, Now);
        Assert.StartsWith("sha256:", image.Image.Id);
        Assert.Equal(here.ToolServer.Architecture, image.Image.Architecture);
        Assert.Null(image.Image.Digest);
    }

    [Fact]
    public async Task A_missing_image_that_must_not_be_pulled_says_how_to_have_it()
    {
        var error = await FailAsync("claw-ci-test/absent:1", PullPolicy.Never);
        Assert.Equal(SandboxFailure.ImageUnavailable, error.Failure);
        Assert.Contains("docker pull claw-ci-test/absent:1", error.Message);
    }

    [Theory]
    [InlineData("Missing")]
    [InlineData("Always")]
    public async Task A_registry_that_is_not_there_is_an_unavailable_image(string pull)
    {
        var error = await FailAsync("127.0.0.1:1/absent", Enum.Parse<PullPolicy>(pull));
        Assert.Equal(SandboxFailure.ImageUnavailable, error.Failure);
        Assert.Contains("could not pull 127.0.0.1:1/absent", error.Message);
    }

    [Fact]
    public async Task An_error_inside_a_stream_that_began_well_is_seen()
    {
        using var registry = new FakeRegistry(
            (path, response) =>
            {
                if (path.EndsWith("/manifests/latest", StringComparison.Ordinal))
                    FakeRegistry.Manifest(response);
                else if (path != "/v2/")
                    response.StatusCode = (int)HttpStatusCode.NotFound;
            }
        );
        var error = await FailAsync($"{registry.Address}/broken", PullPolicy.Missing);
        Assert.Equal(SandboxFailure.ImageUnavailable, error.Failure);
        Assert.Contains($"could not pull {registry.Address}/broken", error.Message);
    }

    [Fact]
    public async Task A_registry_that_wants_a_login_says_so()
    {
        using var registry = new FakeRegistry(
            (_, response) =>
            {
                response.StatusCode = (int)HttpStatusCode.Unauthorized;
                response.AddHeader("WWW-Authenticate", "Basic realm=\"test\"");
            }
        );
        var error = await FailAsync($"{registry.Address}/private", PullPolicy.Always);
        Assert.Equal(SandboxFailure.RegistryAuthentication, error.Failure);
        Assert.Contains("docker login", error.Message);
    }

    [Theory]
    [InlineData("debian", "debian", "latest")]
    [InlineData("debian:12", "debian", "12")]
    [InlineData("localhost:5000/a/b", "localhost:5000/a/b", "latest")]
    [InlineData("localhost:5000/a/b:1", "localhost:5000/a/b", "1")]
    [InlineData("a/b@sha256:00", "a/b", "sha256:00")]
    public void One_tag_is_asked_for_and_never_all(string name, string repository, string tag) =>
        Assert.Equal(new ImageName(repository, tag), ImageName.Parse(name));

    [Fact]
    public async Task An_image_for_another_machine_is_refused()
    {
        await using var here = await Sandboxed.CreateAsync();
        var error = await Assert.ThrowsAsync<SandboxException>(() =>
            TaskSandbox.PrepareAsync(
                here.Engine,
                here.ToolServer with
                {
                    Architecture = "riscv64",
                },
                Sandboxed.Spec,
                here.Checkout,
                null,
                Sandboxed.Owner,
                Now
            )
        );
        Assert.Equal(SandboxFailure.ImageUnavailable, error.Failure);
        Assert.Contains("riscv64", error.Message);
    }

    private static async Task<SandboxException> FailAsync(string image, PullPolicy pull)
    {
        await using var here = await Sandboxed.CreateAsync("image");
        return await Assert.ThrowsAsync<SandboxException>(() =>
            here.PrepareAsync(Sandboxed.Spec with { Image = image, Pull = pull })
        );
    }
}
