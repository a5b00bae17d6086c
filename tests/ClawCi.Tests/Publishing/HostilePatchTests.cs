using System.Text;
using ClawCi.ChangeSets;
using ClawCi.Events;
using ClawCi.Git;
using ClawCi.Publishing;
using Xunit;

namespace ClawCi.Tests.Publishing;

/// <summary>The run's directory may be another's work: what leaves is looked at once more.</summary>
public sealed class HostilePatchTests
{
    [Fact]
    public async Task What_no_run_may_deliver_is_not_delivered()
    {
        (string Commands, string Why)[] cases =
        [
            ("mkdir .github; echo x > .github/w.yml", ".github/w.yml is protected"),
            ("ln -s /etc/passwd src/p", "which is an absolute path"),
            ("ln -s ../../.. src/up", "outside the workspace"),
            ("git init -q sub; git -C sub commit -q --allow-empty -m x", "submodule"),
        ];
        await using var scene = await Scene.SetAsync();
        foreach (var (index, (commands, _)) in cases.Index())
            await scene.TaskAsync($"{index}", commands);

        var result = await scene.PublishAsync();

        Assert.Equal("gate-blocked", result.Outcome);
        foreach (var (task, (_, why)) in result.Tasks.Zip(cases))
            Assert.Contains(why, task.Message, StringComparison.Ordinal);
        await NothingArrivedAsync(scene);
    }

    [Fact]
    public async Task A_path_that_leads_elsewhere_is_in_no_tree()
    {
        string[] paths =
        [
            "../../escaped",
            "src/../../escaped",
            "/etc/escaped",
            ".git/hooks/post-commit",
            "src/.GIT/config",
            "GIT~1/config",
            ".git\u200c/config",
        ];
        await using var scene = await Scene.SetAsync();
        foreach (var (index, path) in paths.Index())
            await scene.TaskAsync(
                $"{index}",
                "echo evil > src/evil",
                patch: text =>
                    text.Replace("b/src/evil", $"b/{path}", StringComparison.Ordinal)
                        .Replace("a/src/evil", $"a/{path}", StringComparison.Ordinal),
                recorded: [path, ChangePath.Display(Encoding.UTF8.GetBytes(path))]
            );

        var result = await scene.PublishAsync();

        Assert.All(result.Tasks, task => Assert.Contains(task.Status, new[] { "blocked", "conflict" }));
        await NothingArrivedAsync(scene);
    }

    [Fact]
    public async Task A_path_beyond_a_symbolic_link_of_the_patch_is_in_no_tree()
    {
        await using var scene = await Scene.SetAsync();
        await scene.TaskAsync(
            "a",
            "ln -s docs alias; mkdir other; echo x > other/x",
            patch: text => text.Replace("other/x", "alias/x", StringComparison.Ordinal),
            recorded: ["alias", "alias/x"]
        );

        Assert.NotEqual(0, (await scene.PublishAsync()).ExitCode);
        await NothingArrivedAsync(scene);
    }

    [Theory]
    [InlineData("--upload-pack=touch ran; git-upload-pack")]
    [InlineData("+refs/heads/main:refs/heads/other")]
    [InlineData("main")]
    public async Task What_the_run_calls_its_commit_is_no_word_for_git_to_obey(string commit)
    {
        await using var scene = await Scene.SetAsync(nameof(HostilePatchTests));
        commit = commit.Replace("ran", Path.Combine(scene.Root, "ran"), StringComparison.Ordinal);
        await scene.TaskAsync("a", "echo a > src/a", start: start => start with { BaseCommit = commit });

        Assert.Equal("published", (await scene.PublishAsync()).Tasks[0].Status);
        Assert.False(File.Exists(Path.Combine(scene.Root, "ran")));
    }

    [Fact]
    public async Task A_file_that_the_run_did_not_record_does_not_slip_in()
    {
        await using var scene = await Scene.SetAsync();
        await scene.TaskAsync("a", "echo a > src/a; echo b > src/b", recorded: ["src/a"]);

        var result = await scene.PublishAsync();

        Assert.Equal("gate-blocked", result.Outcome);
        Assert.Contains(
            "src/b is changed by the patch, and the run did not record that",
            result.Tasks[0].Message,
            StringComparison.Ordinal
        );
        await NothingArrivedAsync(scene);
    }

    [Fact]
    public async Task Withheld_edited_and_blocked_patches_stay_whatever_the_caller_wants()
    {
        await using var scene = await Scene.SetAsync();
        scene.Plan = scene.Plan with { AlsoUnsuccessful = true, AlsoReviewed = true };
        await scene.TaskAsync(
            "edited",
            "echo a > src/a",
            end => end with { Changes = end.Changes! with { PatchBytes = 7 } }
        );
        await scene.TaskAsync(
            "withheld",
            "echo a > src/b",
            end => end with { Changes = end.Changes! with { PatchBytes = 0 } }
        );
        await scene.TaskAsync(
            "blocked",
            "echo a > src/c",
            end =>
                end with
                {
                    Outcome = "gate-blocked",
                    Changes = end.Changes! with
                    {
                        Gates = [new("protected-path", "src/c", "block", "this path is protected")],
                    },
                }
        );

        var result = await scene.PublishAsync();

        Assert.Equal(["blocked", "blocked", "blocked"], result.Tasks.Select(task => task.Status));
        await NothingArrivedAsync(scene);
    }

    [Fact]
    public async Task A_protected_path_takes_the_word_of_the_policy_and_of_the_caller()
    {
        await using var scene = await Scene.SetAsync();
        TaskEnded Review(TaskEnded end) =>
            end with
            {
                Changes = end.Changes! with
                {
                    Gates = [new("protected-path", ".github/w.yml", GateFinding.Review, "this path is protected")],
                },
            };
        await scene.TaskAsync("a", "mkdir .github; echo x > .github/w.yml", Review);

        Assert.Equal("blocked", (await scene.PublishAsync()).Tasks[0].Status);
        scene.Plan = scene.Plan with { AlsoReviewed = true };
        Assert.Equal("published", (await scene.PublishAsync()).Tasks[0].Status);
    }

    [Fact]
    public async Task A_patch_that_holds_what_this_step_knows_as_secret_stays()
    {
        await using var scene = await Scene.SetAsync();
        scene.Masker.Add(StandIn.Token);
        await scene.TaskAsync("a", $"echo {StandIn.Token} > src/a");

        Assert.Equal("blocked", (await scene.PublishAsync()).Tasks[0].Status);
        await NothingArrivedAsync(scene);
    }

    [Fact]
    public async Task Neither_hooks_nor_attributes_nor_the_users_configuration_take_part()
    {
        await using var scene = await Scene.SetAsync();
        await scene.TaskAsync("a", "sed -i s/^9$/nine/ src/ten");
        await scene.MoveBaseAsync(
            "printf '* filter=evil merge=evil diff=evil text eol=crlf\\n' > .gitattributes; sed -i s/^3$/three/ src/ten"
        );
        await scene.ShellAsync(
            $"""
            mkdir -p xdg/git templates/hooks
            for hook in pre-push pre-commit post-index-change reference-transaction; do printf '#!/bin/sh\ntouch {scene.Root}/ran\n' > templates/hooks/$hook; chmod +x templates/hooks/$hook; done
            git config --file .gitconfig init.templateDir {scene.Root}/templates
            git config --file .gitconfig core.hooksPath {scene.Root}/templates/hooks
            git config --file .gitconfig filter.evil.clean 'touch {scene.Root}/ran; cat'
            git config --file .gitconfig merge.evil.driver 'touch {scene.Root}/ran'
            """
        );

        Assert.Equal("published", (await scene.PublishAsync()).Tasks[0].Status);
        Assert.False(File.Exists(Path.Combine(scene.Root, "ran")));
        Assert.Equal(
            "1 2 three 4 5 6 7 8 nine 10",
            (await scene.GitAsync("show claw-ci/a:src/ten")).Replace('\n', ' ')
        );
    }

    [Fact]
    public async Task A_commit_that_the_run_names_is_no_option_of_gits()
    {
        await using var scene = await Scene.SetAsync();
        await scene.TaskAsync(
            "a",
            "echo a > src/a",
            start: started => started with { BaseCommit = $"--upload-pack=touch {scene.Root}/ran;false" }
        );

        Assert.Equal("published", (await scene.PublishAsync()).Tasks[0].Status);
        Assert.False(File.Exists(Path.Combine(scene.Root, "ran")));
    }

    [Theory]
    [InlineData("ext::sh -c 'touch ran'")]
    [InlineData("git://example.com/o/r")]
    [InlineData("http://example.com/o/r")]
    [InlineData("https://user:secret@example.com/o/r")]
    [InlineData("git@example.com:o/r.git")]
    [InlineData("ssh://git@example.com/o/r.git")]
    [InlineData("https://example.com/o/r?x=1")]
    public void Addresses_that_lead_through_programs_or_carry_secrets_are_refused(string address)
    {
        if (address.StartsWith("ext::", StringComparison.Ordinal))
        {
            // Without a scheme it is a path, and git is told so.
            Assert.StartsWith(
                "file:///",
                RepositoryAddress.Parse(address, "--repository", "/x").Url.AbsoluteUri,
                StringComparison.Ordinal
            );
            return;
        }
        var wrong = Assert.Throws<UserErrorException>(() => RepositoryAddress.Parse(address, "--repository", "/x"));
        Assert.DoesNotContain("secret", wrong.Message, StringComparison.Ordinal);
    }

    private static async Task NothingArrivedAsync(Scene scene) =>
        Assert.Equal("main", await scene.GitAsync("for-each-ref --format='%(refname:short)' refs/heads"));
}
