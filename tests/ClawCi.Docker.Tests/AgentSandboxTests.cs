using System.Security.Cryptography;
using System.Text;
using ClawCi.Runs;
using ClawCi.Sandboxes.Docker;
using ClawCi.Sessions;
using Xunit;

namespace ClawCi.Docker.Tests;

public sealed class AgentSandboxTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Where_the_image_has_no_shell_bash_is_no_longer_offered_and_file_tools_work()
    {
        await using var here = await Sandboxed.CreateAsync();
        await ScratchImage.EnsureAsync(here.Engine, Ct);
        await using var task = await here.PrepareAsync(Sandboxed.Spec with { Image = ScratchImage.Name });
        var (tools, warnings) = (Agents.Tools(), new Warnings());
        Assert.Contains("bash", tools.Names);
        await using (var agent = Agents.Start(task, here, warnings, tools))
        {
            var bash = await agent.CallAsync("bash", """{"command":"true"}""");
            Assert.Contains("This image has no shell", bash.Text, StringComparison.Ordinal);
            var written = await agent.CallAsync("write_file", """{"path":"a","content":"made"}""");
            Assert.False(written.IsError, written.Text);
        }
        Assert.Equal(["read_file", "write_file", "edit_file", "glob_search", "grep_search"], tools.Names);
        Assert.Equal(
            "The image has no shell, so the model is no longer offered bash, bash_output, bash_kill.",
            Assert.Single(warnings.Messages)
        );
        using var changes = await task.ReadChangesAsync(Ct);
        Assert.Equal("a", Assert.Single(changes.Entries).DisplayPath);
    }

    [Fact]
    public async Task What_is_cut_for_the_model_is_kept_byte_for_byte()
    {
        await using var here = await Sandboxed.CreateAsync();
        await using var task = await here.PrepareAsync();
        await using var agent = Agents.Start(task, here, new Warnings());
        var cut = await agent.CallAsync(
            "bash",
            """{"command":"i=0; while [ $i -lt 300 ]; do printf '%0200d\\377\\n' $i; i=$((i+1)); done"}"""
        );
        Assert.True(cut.Truncated, cut.Text);
        var kept = File.ReadAllBytes(Path.Combine(here.Temp["out"], "tasks/task/blobs", cut.Blob!));
        Assert.Equal(cut.Bytes, kept.Length);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(kept)), cut.Blob);
        Assert.Equal([.. Encoding.ASCII.GetBytes(new string('0', 197) + "299"), 0xFF, (byte)'\n'], kept[^202..]);
        var whole = await agent.CallAsync("bash", """{"command":"echo short"}""");
        Assert.Null(whole.Blob);
    }

    [Fact]
    public async Task A_flood_is_kept_up_to_a_bound_and_without_secrets()
    {
        await using var here = await Sandboxed.CreateAsync();
        await using var task = await here.PrepareAsync();
        var masker = new SecretMasker();
        masker.Add("tr0ub4dor-and-3");
        await using var agent = Agents.Start(task, here, new Warnings(), masker: masker);
        var flood = await agent.CallAsync("bash", """{"command":"yes tr0ub4dor-and-3 | head -c 5000000"}""");
        var kept = File.ReadAllText(Path.Combine(here.Temp["out"], "tasks/task/blobs", flood.Blob!));
        Assert.InRange(kept.Length, 1, OutputBlobs.LargestBytes);
        Assert.StartsWith("***\n***\n", kept, StringComparison.Ordinal);
        Assert.DoesNotContain("tr0ub", kept, StringComparison.Ordinal);
        Assert.Equal(5_000_000, flood.Bytes);
    }
}
