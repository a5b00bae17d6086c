using ClawCi.ChangeSets;
using ClawCi.Sandboxes;
using ClawCi.Sandboxes.Docker;
using ClawCi.Sandboxes.Egress;
using ClawCi.Sandboxes.Workspaces;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Docker.Tests;

/// <summary>A daemon on another machine, over TCP with TLS: the checkout goes there, the patch comes back.</summary>
public sealed class StreamedWorkspaceTests(RemoteDaemonFixture remote) : IClassFixture<RemoteDaemonFixture>
{
    // All that a name, a link and a mode can be. Times are whole seconds on the way.
    private const string OddTree = """
        set -e; cd "$1"
        printf 1 > $'caf\xe9 \xff'; printf 2 > $'new\nline'; printf 3 > -dash; printf 4 > '.wh.x'; printf 5 > 'back\slash "q"'
        mkdir -p deep/$(printf 'd%.0s' {1..120})/$(printf 'e%.0s' {1..120}); printf 6 > "$(echo deep/d*/e*)"/$(printf 'f%.0s' {1..200})
        ln -s ../../../../outside up; ln -s /etc/passwd absolute; ln -s $'\xff' bytes; ln -s "$(printf 'l%.0s' {1..300})" long
        printf 7 > run.sh; chmod 755 run.sh; printf 8 > closed; chmod 400 closed; printf 9 > other; chown 1234:70000 other
        mkdir empty shut; chmod 1777 empty; chmod 711 shut; : > nothing; head -c 3000000 /dev/zero > big
        ln run.sh hard; mkfifo pipe
        """;

    private const string Show = "find . -printf '%p|%y|%m|%U:%G|%l|%Ts\\n' | cat -A | sort; cat ./*dash";

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_sandbox_sees_the_checkout_byte_for_byte_with_owners_modes_and_links()
    {
        var checkout = remote.NewCheckout();
        await Shell.RunAsync("bash", "-c", OddTree, "odd", checkout);
        await using var engine = await remote.ConnectAsync();
        await using var task = await RemoteDaemonFixture.PrepareAsync(engine, checkout);
        await using var agent = await task.AgentAsync();
        Assert.Equal("streamed", task.Workspace);
        Assert.Equal(["pipe"], task.LeftOut);
        var there = await agent.BashAsync($"{Show}; stat -c %s big hard");
        File.Delete(Path.Combine(checkout, "pipe"));
        var here = await Shell.OutputAsync("bash", "-c", $"cd {checkout}; {Show}; stat -c %s big hard");
        // The pipe's directory has changed since.
        Assert.Equal(Lines(here), Lines(there.Text));

        static IEnumerable<string> Lines(string text) =>
            text.Split('\n').Where(line => !line.StartsWith(".|d|", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_the_agent_does_there_is_applied_here()
    {
        var checkout = remote.NewCheckout();
        await Shell.RunAsync("bash", "-c", "cd $0; echo one > a; echo two > b; mkdir d; echo three > d/c", checkout);
        await using var engine = await remote.ConnectAsync();
        await using var task = await RemoteDaemonFixture.PrepareAsync(engine, checkout);
        await using (var setup = await task.StartSetupAsync(NetworkAccess.None, Now))
            await setup.BashAsync("echo product > product; echo product > made; echo setup >> a");
        await using (var agent = await task.AgentAsync())
            Assert.Equal(
                0,
                (
                    await agent.BashAsync("cat product; echo 1 >> made; echo 1 >> a; rm b; mv d/c d/moved; chmod 755 a")
                ).ExitCode
            );
        using var changes = await task.ReadChangesAsync(Now);
        Assert.Equal(["a", "b", "d/c", "d/moved", "made"], changes.Entries.Select(entry => entry.DisplayPath));
        Assert.Empty(changes.BaseChanged);
        await using (var checks = await task.StartChecksAsync(changes, Now))
            Assert.Equal(
                "./a ./d/moved ./made ./product one setup 1 ",
                (await checks.BashAsync("echo $(find . -type f | sort) $(cat a)")).Text.Replace('\n', ' ')
            );
        Assert.Null(await Applier.ApplyAsync(changes.OfCheckout, checkout, Now));
        Assert.Equal("product\n1\n", await File.ReadAllTextAsync(Path.Combine(checkout, "made"), Now));
        Assert.Equal("one\nsetup\n1\n", await File.ReadAllTextAsync(Path.Combine(checkout, "a"), Now));
        Assert.True(File.Exists(Path.Combine(checkout, "d/moved")));
        Assert.False(File.Exists(Path.Combine(checkout, "product")));
    }

    [Fact]
    public async Task A_checkout_that_changed_underneath_is_noticed_although_the_copy_did_not()
    {
        var checkout = remote.NewCheckout();
        await Shell.RunAsync("bash", "-c", "cd $0; echo one > a; echo two > b", checkout);
        await using var engine = await remote.ConnectAsync();
        await using var task = await RemoteDaemonFixture.PrepareAsync(engine, checkout);
        await using (var agent = await task.AgentAsync())
            await agent.BashAsync("echo 1 > a; echo 2 > b");
        await File.AppendAllTextAsync(Path.Combine(checkout, "b"), "somebody else's", Now);
        using var changes = await task.ReadChangesAsync(Now);
        Assert.Equal("b", Assert.Single(changes.BaseChanged).DisplayPath);
        Assert.NotNull(await Applier.ApplyAsync(changes, checkout, Now));
    }

    [Fact]
    public async Task Neither_credentials_in_gits_configuration_nor_the_output_leave_this_machine()
    {
        var checkout = remote.NewCheckout();
        var output = Directory.CreateDirectory(Path.Combine(checkout, "claw-ci-out")).FullName;
        await File.WriteAllTextAsync(Path.Combine(output, "old"), "canary-output", Now);
        await Shell.RunAsync("git", "init", "-q", checkout);
        await File.AppendAllTextAsync(
            Path.Combine(checkout, ".git/config"),
            "[remote \"origin\"]\n\turl = https://me:canary-token@example.com/x.git\n",
            Now
        );
        await using var engine = await remote.ConnectAsync();
        await using var task = await RemoteDaemonFixture.PrepareAsync(engine, checkout, output);
        await using var agent = await task.AgentAsync();
        Assert.Contains("example.com/x.git", (await agent.BashAsync("cat .git/config; ls claw-ci-out")).Text);
        Assert.Equal(
            "",
            await remote.Daemon.DockerAsync(
                "grep -rl -e canary-token -e canary-output $(dirname $({} volume inspect --format '{{ .Mountpoint }}' $({} volume ls -q | head -1)))/..; true"
            )
        );
    }

    [Fact]
    public async Task Only_who_has_the_right_certificates_is_spoken_to()
    {
        await using (var engine = await remote.ConnectAsync())
            Assert.Equal("20", engine.Version.Split('.')[0]);
        Assert.Contains("DOCKER_TLS_VERIFY=1", (await RefusedAsync("")).Message);
        using var temp = new TempDirectory();
        await Shell.RunAsync("bash", "-c", $"cd {temp.Path} && cp {remote.Daemon.Certs}/ca.pem .");
        await RefusedAsync(temp.Path);
        await Shell.RunAsync(
            "bash",
            "-c",
            $"cd {temp.Path} && cp {remote.Daemon.Certs}/cert.pem {remote.Daemon.Certs}/key.pem . && openssl req -x509 -newkey rsa:2048 -nodes -keyout other-key.pem -subj /CN=test-ca -days 2 -out ca.pem"
        );
        Assert.Contains("authority of this daemon", (await RefusedAsync(temp.Path)).Message);
        Assert.Contains(
            "its name in the certificate",
            (await RefusedAsync(null, $"tcp://localhost:{remote.Daemon.Port}")).Message
        );
    }

    private async Task<SandboxException> RefusedAsync(string? certs, string? host = null)
    {
        var error = await Assert.ThrowsAsync<SandboxException>(() => remote.ConnectAsync(host, certs));
        Assert.Equal(SandboxFailure.DaemonUnavailable, error.Failure);
        return error;
    }
}
