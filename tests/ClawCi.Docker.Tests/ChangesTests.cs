using ClawCi.ChangeSets;
using ClawCi.Sandboxes;
using ClawCi.Sandboxes.Egress;
using ClawCi.Sandboxes.Workspaces;
using Xunit;

namespace ClawCi.Docker.Tests;

public sealed class ChangesTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_the_agent_changed_is_read_and_what_setup_made_is_not()
    {
        await using var here = await Sandboxed.CreateAsync();
        File.WriteAllText(Path.Combine(here.Checkout, "kept"), "kept");
        File.WriteAllText(Path.Combine(here.Checkout, "gone"), "gone");
        await using var task = await here.PrepareAsync();
        await using (var setup = await task.StartSetupAsync(NetworkAccess.None, Now))
            await setup.BashAsync("echo 1 > product; echo 1 > product2; mkdir deps; echo x > deps/x");
        await using (var agent = await task.AgentAsync())
            await agent.BashAsync("rm gone; echo 2 > product2; mkdir d; printf 'new' > d/new; touch deps/x");
        using var changes = await task.ReadChangesAsync(Now);
        Assert.Equal(["d/new", "gone", "product2"], changes.Entries.Select(entry => entry.DisplayPath));
        Assert.Empty(changes.BaseChanged);
        using var content = new StreamReader(changes.OpenContent(changes.Entries[0].New!));
        Assert.Equal("new", await content.ReadToEndAsync(Now));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Of_what_setup_and_agent_changed_the_patch_leads_from_the_checkout_to_what_the_checks_saw(
        bool applied
    )
    {
        await using var here = await Sandboxed.CreateAsync();
        await Shell.RunAsync(
            "bash",
            "-c",
            "cd $0; echo one | tee lock untouched back gone > /dev/null; git init -q",
            here.Checkout
        );
        await using var task = await here.PrepareAsync();
        await using (var setup = await task.StartSetupAsync(NetworkAccess.None, Now))
            await setup.BashAsync("for f in lock untouched back gone made kept; do echo two >> $f; done");
        await using (var agent = await task.AgentAsync())
            await agent.BashAsync("echo three >> lock; echo three >> made; echo one > back; rm gone; echo x > new");
        using var changes = await task.ReadChangesAsync(Now);
        await using (var checks = await task.StartChecksAsync(changes, Now))
            Assert.Equal(
                "back:one kept:two lock:one lock:two lock:three made:two made:three new:x untouched:one untouched:two ",
                (await checks.BashAsync("grep . *")).Text.Replace('\n', ' ')
            );
        if (applied)
            Assert.Null(await Applier.ApplyAsync(changes.OfCheckout, here.Checkout, Now));
        else
        {
            await PatchWriter.WriteAsync(changes.OfCheckout, here.Temp["changes.patch"], Now);
            await Shell.RunAsync("git", "-C", here.Checkout, "apply", here.Temp["changes.patch"]);
        }
        Assert.Equal(
            "back:one lock:one lock:two lock:three made:two made:three new:x untouched:one ",
            (await Shell.OutputAsync("bash", "-c", "cd $0; grep . *", here.Checkout)).Replace('\n', ' ')
        );
    }

    [Fact]
    public async Task A_patch_that_is_carried_into_a_later_run_fits_the_checkout_below_what_setup_made()
    {
        await using var here = await Sandboxed.CreateAsync();
        await File.WriteAllTextAsync(Path.Combine(here.Checkout, "lock"), "one\n", Now);
        for (var run = 1; run <= 2; run++)
        {
            await using var task = await here.PrepareAsync();
            await using (var setup = await task.StartSetupAsync(NetworkAccess.None, Now))
                await setup.BashAsync($"echo {run} >> lock; echo {run} >> made");
            if (run == 1)
                await using (var agent = await task.AgentAsync())
                    await agent.BashAsync("echo agent >> lock; echo agent >> made");
            else
                await (
                    await task.StartPatchedAgentAsync(await File.ReadAllBytesAsync(here.Temp["1"], Now), Now)
                ).Sandbox.DisposeAsync();
            using var changes = await task.ReadChangesAsync(Now);
            await PatchWriter.WriteAsync(changes.OfCheckout, here.Temp[$"{run}"], Now);
        }
        Assert.Equal(
            await File.ReadAllTextAsync(here.Temp["1"], Now),
            await File.ReadAllTextAsync(here.Temp["2"], Now)
        );
        Assert.Contains("+agent", await File.ReadAllTextAsync(here.Temp["2"], Now));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_file_that_git_tracks_is_not_ignored_wherever_its_index_is(bool isLinked)
    {
        await using var here = await Sandboxed.CreateAsync();
        await Shell.RunAsync(
            "bash",
            "-c",
            """
            cd $0; export GIT_CONFIG_GLOBAL=/dev/null
            git init -q; mkdir dist; echo dist/ > .gitignore; echo 1 | tee dist/tracked > dist/built
            git add -f .gitignore dist/tracked; git -c user.name=a -c user.email=a@b commit -qm 1
            if [ $1 = True ]; then git worktree add -q ../linked; echo 1 > ../linked/dist/built; fi
            """,
            here.Checkout,
            $"{isLinked}"
        );
        await using var task = await here.PrepareAsync(checkout: isLinked ? here.Temp["linked"] : null);
        await using (var agent = await task.AgentAsync())
            await agent.BashAsync("for f in tracked built new; do echo 2 >> dist/$f; done");
        using var changes = await task.ReadChangesAsync(Now);
        Assert.Equal("dist/tracked", Assert.Single(changes.Entries).DisplayPath);
        Assert.Equal("dist", Assert.Single(changes.Skipped, skip => skip.Reason == SkipReason.Ignored).DisplayPath);
    }

    [Fact]
    public async Task An_agent_that_wrote_nothing_changed_nothing()
    {
        await using var here = await Sandboxed.CreateAsync();
        await using var task = await here.PrepareAsync();
        await using (var agent = await task.AgentAsync())
            await agent.BashAsync("ls");
        Assert.Same(ChangeSet.Empty, await task.ReadChangesAsync(Now));
    }

    [Fact]
    public async Task A_first_file_with_a_name_that_no_archive_reader_reads_is_a_change_like_any_other()
    {
        await using var here = await Sandboxed.CreateAsync();
        await using var task = await here.PrepareAsync();
        await using (var agent = await task.AgentAsync())
            Assert.Equal(0, (await agent.BashAsync("printf x > $'!\\n\\xc3\\xa9'; echo 1 > b")).ExitCode);
        using var changes = await task.ReadChangesAsync(Now);
        Assert.Equal(2, changes.Entries.Count);
    }

    [Fact]
    public async Task Files_that_only_their_owner_may_read_are_read()
    {
        await using var here = await Sandboxed.CreateAsync();
        if (Environment.IsPrivilegedProcess)
            await Shell.RunAsync("chown", "1234:1234", here.Checkout);
        await using var task = await here.PrepareAsync();
        await using (var agent = await task.AgentAsync())
            Assert.Equal(
                0,
                (await agent.BashAsync("mkdir -m 700 d; echo secret > d/f; chmod 000 d/f; chmod 000 d")).ExitCode
            );
        using var changes = await task.ReadChangesAsync(Now);
        Assert.Equal("d/f", Assert.Single(changes.Entries).DisplayPath);
    }

    [Fact]
    public async Task The_output_directory_is_no_part_of_the_changes()
    {
        await using var here = await Sandboxed.CreateAsync();
        var output = Directory.CreateDirectory(Path.Combine(here.Checkout, "out")).FullName;
        await using var task = await here.PrepareAsync(outDirectory: output);
        await using (var agent = await task.AgentAsync())
            await agent.BashAsync("echo 1 > a");
        File.WriteAllText(Path.Combine(output, "transcript.jsonl"), "{}");
        using var changes = await task.ReadChangesAsync(Now);
        Assert.Equal("a", Assert.Single(changes.Entries).DisplayPath);
    }

    [Fact]
    public async Task A_checkout_that_changed_underneath_is_noticed()
    {
        await using var here = await Sandboxed.CreateAsync();
        var file = Path.Combine(here.Checkout, "a");
        File.WriteAllText(file, "old");
        await using var task = await here.PrepareAsync();
        await using (var agent = await task.AgentAsync())
            await agent.BashAsync("echo new > a");
        File.WriteAllText(file, "somebody else's");
        using var changes = await task.ReadChangesAsync(Now);
        Assert.Contains("a", changes.BaseChanged.Select(path => path.DisplayPath));
    }

    [Fact]
    public async Task Checks_see_the_changes_and_setup_and_nothing_else_of_the_agents()
    {
        await using var here = await Sandboxed.CreateAsync();
        File.WriteAllText(Path.Combine(here.Checkout, ".gitignore"), "*.ignored\n");
        await using var task = await here.PrepareAsync();
        await using (var setup = await task.StartSetupAsync(NetworkAccess.None, Now))
            await setup.BashAsync("echo 1 > product");
        await using (var agent = await task.AgentAsync())
            await agent.BashAsync(
                "echo 1 > a; echo 1 > b.ignored; mkdir empty; mkdir -p .git; echo evil > .git/config"
            );
        using var changes = await task.ReadChangesAsync(Now);
        await using (var checks = await task.StartChecksAsync(changes, Now))
            Assert.Equal(
                ".\n./.gitignore\n./a\n./product\n",
                (await checks.BashAsync("find . | sort; echo 1 > left")).Text
            );
        await using (var again = await task.StartChecksAsync(changes, Now))
            Assert.DoesNotContain("left", (await again.BashAsync("find .")).Text);
    }

    [Fact]
    public async Task Changes_that_do_not_fit_the_checkout_start_no_checks()
    {
        await using var here = await Sandboxed.CreateAsync();
        var file = Path.Combine(here.Checkout, "a");
        File.WriteAllText(file, "old");
        await using var task = await here.PrepareAsync();
        await using (var agent = await task.AgentAsync())
            await agent.BashAsync("echo new > a");
        using var changes = await task.ReadChangesAsync(Now);
        File.WriteAllText(file, "somebody else's");
        var error = await Assert.ThrowsAsync<SandboxException>(() => task.StartChecksAsync(changes, Now));
        Assert.Contains("could not be replayed", error.Message);
    }

    [Fact]
    public async Task Credentials_in_gits_configuration_are_hidden_from_the_sandbox_and_known_to_the_runner()
    {
        await using var here = await Sandboxed.CreateAsync();
        await Shell.RunAsync("git", "init", "-q", here.Checkout);
        await File.AppendAllTextAsync(
            Path.Combine(here.Checkout, ".git/config"),
            """
            [http "https://github.com/"]
                extraheader = AUTHORIZATION: basic c2VjcmV0LXRva2Vu
            [remote "origin"]
                url = https://user:hunter2-password@example.com/x.git

            """,
            Now
        );
        await using var task = await here.PrepareAsync();
        Assert.Contains(task.Secrets, secret => secret.Contains("c2VjcmV0LXRva2Vu", StringComparison.Ordinal));
        Assert.Contains("hunter2-password", task.Secrets);
        await using (var agent = await task.AgentAsync())
        {
            var seen = await agent.BashAsync(
                "git remote -v; git status --short; cat .git/config; touch .git/index.lock"
            );
            Assert.Contains("example.com/x.git", seen.Text);
            Assert.DoesNotContain("c2VjcmV0", seen.Text);
            Assert.DoesNotContain("hunter2", seen.Text);
            Assert.Equal(0, seen.ExitCode);
        }
        using var changes = await task.ReadChangesAsync(Now);
        Assert.True(changes.IsEmpty);
    }
}
