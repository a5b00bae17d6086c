using System.Text;
using ClawCi.Sandboxes;
using ClawCi.Sandboxes.Docker;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Docker.Tests;

/// <summary>Fetching an image from a real registry, with the logins that Docker's own client would use.</summary>
public sealed class RegistryTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_image_is_fetched_once_for_all_and_known_by_its_digest()
    {
        using var temp = new TempDirectory();
        await using var registry = await Registry.StartAsync(temp, wantsLogin: false);
        await using var engine = await DockerEngine.ConnectAsync(null, Now);
        var told = new System.Collections.Concurrent.ConcurrentBag<PullProgress>();
        var images = await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(_ => ImageResolver.ResolveAsync(engine, registry.Image, PullPolicy.Always, told.Add, Now))
        );
        Assert.Single(images.Distinct());
        Assert.Matches($"^{registry.Address}/demo@sha256:[0-9a-f]{{64}}$", images[0].Image.Digest);
        Assert.All(told, progress => Assert.True(progress.Done));

        var again = await ImageResolver.ResolveAsync(engine, images[0].Image.Digest!, PullPolicy.Missing, null, Now);
        Assert.Equal(images[0].Image.Id, again.Image.Id);
    }

    [Fact]
    public async Task A_registry_that_wants_a_login_gets_the_one_that_Docker_has()
    {
        using var temp = new TempDirectory();
        await using var registry = await Registry.StartAsync(temp, wantsLogin: true);

        Assert.Contains("There is no login for the registry", (await RefusedAsync(temp, registry)).Message);

        var auth = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Registry.User}:{Registry.Password}"));
        temp.Write("config.json", $$"""{ "auths": { "{{registry.Address}}": { "auth": "{{auth}}" } } }""");
        Assert.Equal([Registry.Password], await PulledAsync(temp, registry));

        var helper = temp.Write(
            "docker-credential-test",
            $$"""
            #!/bin/sh
            read server
            echo "{\"ServerURL\":\"$server\",\"Username\":\"{{Registry.User}}\",\"Secret\":\"{{Registry.Password}}\"}"
            """
        );
        File.SetUnixFileMode(helper, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        temp.Write("config.json", $$"""{ "credHelpers": { "{{registry.Address}}": "test" } }""");
        Assert.Equal([Registry.Password], await PulledAsync(temp, registry));

        var wrong = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Registry.User}:wr0ng-pass"));
        temp.Write("config.json", $$"""{ "auths": { "{{registry.Address}}": { "auth": "{{wrong}}" } } }""");
        var error = await RefusedAsync(temp, registry);
        Assert.Contains($"docker login {registry.Address}", error.Message);
        Assert.DoesNotContain("wr0ng", error.ToString());
    }

    [Fact]
    public async Task What_a_registry_does_not_have_is_no_matter_of_logins()
    {
        using var temp = new TempDirectory();
        await using var registry = await Registry.StartAsync(temp, wantsLogin: false);
        await using var engine = await ConnectAsync(temp, []);
        var error = await Assert.ThrowsAsync<SandboxException>(() =>
            ImageResolver.ResolveAsync(engine, $"{registry.Address}/absent:1", PullPolicy.Missing, null, Now)
        );
        Assert.Equal(SandboxFailure.ImageUnavailable, error.Failure);
        Assert.Contains("Check the name", error.Message);
    }

    private static async Task<DockerEngine> ConnectAsync(TempDirectory config, List<string> secrets)
    {
        var environment = new Dictionary<string, string> { ["PATH"] = $"{config.Path}:/usr/bin:/bin" };
        var variables = new DockerVariables(null, null, null, null, null, config.Path, null, environment);
        return await DockerEngine.ConnectAsync(DockerAccessReader.Read(variables, secrets.Add), Now);
    }

    /// <returns>The secrets that were said to be some.</returns>
    private static async Task<List<string>> PulledAsync(TempDirectory config, Registry registry)
    {
        var secrets = new List<string>();
        await using var engine = await ConnectAsync(config, secrets);
        await ImageResolver.ResolveAsync(engine, registry.Image, PullPolicy.Always, null, Now);
        return secrets;
    }

    private static async Task<SandboxException> RefusedAsync(TempDirectory config, Registry registry)
    {
        await using var engine = await ConnectAsync(config, []);
        var error = await Assert.ThrowsAsync<SandboxException>(() =>
            ImageResolver.ResolveAsync(engine, registry.Image, PullPolicy.Always, null, Now)
        );
        Assert.Equal(SandboxFailure.RegistryAuthentication, error.Failure);
        return error;
    }
}
