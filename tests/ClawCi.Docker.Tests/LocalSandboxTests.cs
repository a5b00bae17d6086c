using ClawCi.ChangeSets;
using ClawCi.Sandboxes;
using ClawCi.Sandboxes.Egress;
using ClawCi.Sandboxes.Local;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Docker.Tests;

/// <summary>What holds without a container. No daemon is asked for anything here.</summary>
public sealed class LocalSandboxTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_agent_is_another_user_with_an_environment_made_of_nothing_and_a_copy_of_the_checkout()
    {
        using var temp = Checkout();
        await using var task = await PrepareAsync(temp);
        await using var agent = await task.StartAgentAsync(Now);
        Environment.SetEnvironmentVariable("CLAW_CI_TEST_SECRET", "of-the-runner");
        var answer = await agent.BashAsync(
            $"id -u; pwd; env; cat /proc/{Environment.ProcessId}/environ; echo new > a.txt; cat a.txt; grep NoNewPrivs /proc/self/status"
        );
        var lines = answer.Text.Split('\n');
        Assert.NotEqual("0", lines[0]);
        Assert.Equal($"{temp["place"]}/workspace", lines[1]);
        Assert.DoesNotContain("of-the-runner", answer.Text);
        Assert.DoesNotContain("CLAW_CI_TEST", answer.Text);
        Assert.Contains("Permission denied", answer.Text);
        Assert.Contains("\nnew\n", answer.Text);
        Assert.Contains("NoNewPrivs:\t1", answer.Text);
        Assert.Equal("old\n", File.ReadAllText(temp["checkout/a.txt"]));
    }

    [Fact]
    public async Task The_checkout_cannot_be_written_to_where_the_agent_finds_it()
    {
        using var temp = Checkout();
        await using var task = await PrepareAsync(temp);
        await using var agent = await task.StartAgentAsync(Now);
        var answer = await agent.BashAsync($"echo new > {temp["checkout/a.txt"]}; touch {temp["checkout"]}/b.txt");
        Assert.NotEqual(0, answer.ExitCode);
        Assert.Equal("old\n", File.ReadAllText(temp["checkout/a.txt"]));
    }

    [Fact]
    public async Task Changes_are_read_against_what_setup_left_and_checks_see_them_in_a_fresh_copy()
    {
        using var temp = Checkout();
        await using var task = await PrepareAsync(temp);
        await using (var setup = await task.StartSetupAsync(NetworkAccess.None, Now))
            await setup.BashAsync("echo built > made.txt; chmod 777 . a.txt");
        await using (var agent = await task.StartAgentAsync(Now))
            await agent.BashAsync(
                "echo evil > ../base/tree/a.txt; echo new > a.txt; rm gone.txt; echo more >> made.txt; echo x > ~/left; ln -s / link"
            );
        using var changes = await task.ReadChangesAsync(Now);
        Assert.Equal(["a.txt", "gone.txt", "link", "made.txt"], changes.Entries.Select(entry => entry.DisplayPath));
        await using var checks = await task.StartChecksAsync(changes, Now);
        var answer = await checks.BashAsync("cat a.txt made.txt; ls; ls ~; echo spoilt > a.txt");
        Assert.Equal("new\nbuilt\nmore\na.txt\nlink\nmade.txt\n", answer.Text);
        using var again = await task.ReadChangesAsync(Now);
        Assert.Equal(changes.Entries.Count, again.Entries.Count);
        Assert.Empty(changes.BaseChanged);
        Assert.Null(changes.OfCheckout.Entries.Single(entry => entry.DisplayPath == "made.txt").Old);
    }

    [Fact]
    public async Task Nothing_that_the_agent_started_is_there_when_its_changes_are_read()
    {
        using var temp = Checkout();
        await using var task = await PrepareAsync(temp);
        await using (var agent = await task.StartAgentAsync(Now))
        {
            await agent.BashAsync(
                "setsid sh -c 'trap \"\" TERM HUP; (env -i sh -c \"while :; do echo x >> a.txt; done\" &)' > /dev/null 2>&1 &"
            );
            // It counts as lost and its family goes with it all the same.
            await Assert.ThrowsAsync<SandboxException>(() =>
                agent.BashAsync("until grep -q x a.txt; do sleep 0.01; done; kill -9 $PPID; sleep 60")
            );
        }
        using var changes = await task.ReadChangesAsync(Now);
        var length = new FileInfo($"{temp["place"]}/workspace/a.txt").Length;
        Assert.Equal("a.txt", Assert.Single(changes.Entries).DisplayPath);
        using var again = await task.ReadChangesAsync(Now);
        Assert.Equal(length, new FileInfo($"{temp["place"]}/workspace/a.txt").Length);
    }

    [Fact]
    public async Task Credentials_of_git_and_the_output_directory_are_not_in_the_copy()
    {
        using var temp = Checkout();
        temp.Write(
            "checkout/.git/config",
            "[core]\n\tbare = false\n[http]\n\textraheader = AUTHORIZATION: basic c2VjcmV0\n"
        );
        temp.Write("checkout/out/result.json", "{}");
        await using var task = await PrepareAsync(temp);
        Assert.Contains("c2VjcmV0", string.Join(' ', task.Secrets));
        await using var agent = await task.StartAgentAsync(Now);
        var answer = await agent.BashAsync("cat .git/config; ls");
        Assert.Contains("bare = \"false\"", answer.Text);
        Assert.DoesNotContain("c2VjcmV0", answer.Text);
        Assert.DoesNotContain("out", answer.Text);
    }

    [Fact]
    public async Task A_task_that_ended_leaves_nothing_whatever_its_files_are_called()
    {
        using var temp = Checkout();
        await using (var task = await PrepareAsync(temp))
        {
            await using var agent = await task.StartAgentAsync(Now);
            Assert.Equal(
                0,
                (await agent.BashAsync("mkdir d; touch d/$(printf '\\377\\n'); ln -s / l; mkfifo f")).ExitCode
            );
        }
        Assert.False(Directory.Exists(temp["place"]));
    }

    [Fact]
    public async Task A_runner_without_rights_still_hides_its_own_environment()
    {
        using var temp = Checkout();
        await Shell.RunAsync("chmod", "-R", "a+rwX", temp.Path);
        await Shell.RunAsync("cp", Repository.ToolServer, temp["tool-server"]);
        var output = await Child.RunAsync(
            "look-without-sandbox",
            temp.Path,
            ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"]
        );
        Assert.Contains("uid 65534", output);
        Assert.Contains("Permission denied", output);
        Assert.DoesNotContain("PATH=", output);
    }

    [Fact]
    public async Task A_tool_server_that_somebody_still_has_open_from_its_copying_is_waited_for()
    {
        using var temp = Checkout();
        await using var task = await PrepareAsync(temp);
        Task<Sandbox> starting;
        // As a process does that another task forked meanwhile.
        await using (File.OpenWrite(temp["place/claw-toolserver"]))
        {
            starting = task.StartAgentAsync(Now);
            Assert.False(starting.IsCompleted);
        }
        await using var agent = await starting;
        Assert.Equal("up\n", (await agent.BashAsync("echo up")).Text);
    }

    [Fact]
    public async Task What_a_killed_run_left_at_its_place_is_removed_and_what_somebody_works_in_is_not()
    {
        using var temp = Checkout();
        temp.Write("place/workspace/half-done.txt", "of the dead");
        temp.Write("place/held", "");
        await using var task = await PrepareAsync(temp);
        Assert.False(File.Exists(temp["place/workspace/half-done.txt"]));

        var refused = await Assert.ThrowsAsync<SandboxException>(() => PrepareAsync(temp));
        Assert.Contains("is there already", refused.Message);

        await using var agent = await task.StartAgentAsync(Now);
        Assert.Equal("old\n", (await agent.BashAsync("cat a.txt")).Text);
    }

    internal static Task<ITaskSandbox> PrepareAsync(string root, ToolServerBinary toolServer) =>
        LocalTaskSandbox.PrepareAsync(
            toolServer,
            Sandboxed.Spec with
            {
                Kind = SandboxKind.None,
                Workspace = Path.Combine(root, "place", "workspace"),
            },
            Path.Combine(root, "checkout"),
            Path.Combine(root, "checkout/out"),
            CancellationToken.None
        );

    private static async Task<ITaskSandbox> PrepareAsync(TempDirectory temp) =>
        await PrepareAsync(temp.Path, await ToolServerBinary.LoadAsync(Repository.ToolServer, Now));

    private static TempDirectory Checkout([System.Runtime.CompilerServices.CallerMemberName] string test = "")
    {
        var temp = new TempDirectory(test);
        temp.Write("checkout/a.txt", "old\n");
        temp.Write("checkout/gone.txt", "old\n");
        Directory.CreateDirectory(temp["checkout/out"]);
        // As /tmp is, where a run has its place: others may pass.
        File.SetUnixFileMode(temp.Path, File.GetUnixFileMode(temp.Path) | UnixFileMode.OtherExecute);
        return temp;
    }
}
