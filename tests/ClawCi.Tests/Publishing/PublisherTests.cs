using ClawCi.Events;
using ClawCi.Publishing;
using Xunit;

namespace ClawCi.Tests.Publishing;

/// <summary>Patches meet a real bare repository.</summary>
public sealed class PublisherTests
{
    [Fact]
    public async Task A_repository_that_the_run_alone_names_needs_the_callers_word_and_its_branch_is_the_base()
    {
        await using var scene = await Scene.SetAsync();
        await scene.ShellAsync("git -C git/o/r.git branch next main");
        await scene.TaskAsync(
            "count",
            "echo more >> docs/note",
            start: started => started with { Target = new(scene.Target, "next", "") }
        );
        scene.Plan = scene.Plan with { Repository = null };

        var refused = Assert.Single((await scene.PublishAsync()).Tasks);
        Assert.Equal("failed", refused.Status);
        Assert.Contains("name it with --allow-repository", refused.Message, StringComparison.Ordinal);
        scene.Plan = scene.Plan with { Allowed = [scene.Target + "/", scene.Target + "x", scene.Root + "/git"] };
        Assert.Equal("failed", Assert.Single((await scene.PublishAsync()).Tasks).Status);
        scene.Plan = scene.Plan with { Allowed = [scene.Root + "/git/"] };
        var published = Assert.Single((await scene.PublishAsync()).Tasks);

        Assert.Equal(("published", "next"), (published.Status, published.Base));
        Assert.Equal("old\nmore", await scene.GitAsync("show claw-ci/count:docs/note"));
    }

    [Fact]
    public async Task An_origin_that_nothing_can_be_delivered_to_is_its_tasks_own_trouble()
    {
        await using var scene = await Scene.SetAsync();
        await scene.ShellAsync(
            "for w in a odd c; do git clone -q git/o/r.git $w; done; git -C odd remote set-url origin git@example.com:o/r.git"
        );
        foreach (var (id, workspace) in new[] { ("a", "a"), ("b", "odd"), ("c", "c") })
            await scene.TaskAsync(
                id,
                $"echo {id} > src/{id}",
                start: started => started with { Workspace = Path.Combine(scene.Root, workspace) }
            );
        scene.Plan = scene.Plan with { Repository = null };

        var result = await scene.PublishAsync();

        Assert.Equal(["published", "failed", "published"], result.Tasks.Select(task => task.Status));
        Assert.Equal(("apply-failed", "repository", 22), Of(result));
        Assert.Contains("Try https://example.com/o/r.git", result.Tasks[1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_successful_task_becomes_one_commit_on_a_branch_of_its_own()
    {
        await using var scene = await Scene.SetAsync();
        await scene.TaskAsync(
            "a",
            "sed -i s/^3$/three/ src/ten; rm docs/note; printf 'a\\0c' > src/binary; chmod -x run; ln -s ten src/link"
        );
        await scene.TaskAsync("b", "echo b > src/b", end => end with { Outcome = "task-failed", ExitCode = 10 });

        var result = await scene.PublishAsync();

        Assert.Equal(("success", 0), (result.Outcome, result.ExitCode));
        Assert.Equal(["published", "skipped"], result.Tasks.Select(task => task.Status));
        Assert.Equal("it ended task-failed", result.Tasks[1].Message);
        Assert.Equal("claw-ci/a\nmain", await scene.GitAsync("for-each-ref --format='%(refname:short)' refs/heads"));
        Assert.Equal(scene.Base, await scene.GitAsync("rev-parse claw-ci/a^"));
        Assert.Equal(
            """
            :100644 000000 D docs/note
            :100755 100644 M run
            :100644 100644 M src/binary
            :000000 120000 A src/link
            :100644 100644 M src/ten
            """,
            await scene.GitAsync("diff-tree -r main claw-ci/a | sed -E 's/ [0-9a-f]{40} [0-9a-f]{40}//; s/\\t/ /'")
        );
        Assert.Equal(
            """
            Count right

            Made by claw-ci without supervision; the task ended success, 5 files, +1 -1.
            Checks: tests pass.

            Claw-Ci-Task: a
            Claw-Ci-Run: 20261122-0300-7f3a9c
            claw-ci <noreply@claw-ci.invalid> claw-ci <noreply@claw-ci.invalid> 2026-11-22T03:00:00+00:00
            """.Replace("\n            \n", "\n\n", StringComparison.Ordinal),
            await scene.GitAsync("show -s --format='%B%an <%ae> %cn <%ce> %cI' claw-ci/a | sed '/^$/N;/^\\n$/D'")
        );
    }

    [Fact]
    public async Task Done_twice_it_does_nothing_the_second_time()
    {
        await using var scene = await Scene.SetAsync();
        await scene.TaskAsync("a", "echo a > src/a");
        var first = await scene.PublishAsync();
        // From now on nothing is taken.
        await scene.ShellAsync(
            "printf '#!/bin/sh\nexit 1\n' > git/o/r.git/hooks/pre-receive; chmod +x git/o/r.git/hooks/pre-receive"
        );

        var second = await scene.PublishAsync();

        Assert.Equal("unchanged", second.Tasks[0].Status);
        Assert.Equal(first.Tasks[0].Commit, second.Tasks[0].Commit);
        await scene.TaskAsync("a", "echo other > src/a");
        Assert.Equal("push-rejected", (await scene.PublishAsync()).Reason);
    }

    [Fact]
    public async Task A_base_that_moved_takes_the_changes_along_and_the_branch_follows()
    {
        await using var scene = await Scene.SetAsync();
        await scene.TaskAsync("a", "sed -i s/^9$/nine/ src/ten");
        await scene.PublishAsync();
        // The line above the change and its context are others now: only the three-way merge finds its place.
        await scene.MoveBaseAsync("sed -i s/^7$/seven/ src/ten");

        var result = await scene.PublishAsync();

        Assert.Equal("updated", result.Tasks[0].Status);
        Assert.Equal(scene.Base, result.Tasks[0].RunCommit);
        Assert.Equal(
            "1 2 3 4 5 6 seven 8 nine 10",
            (await scene.GitAsync("show claw-ci/a:src/ten")).Replace('\n', ' ')
        );
        Assert.Equal("1", await scene.GitAsync("rev-list --count main..claw-ci/a"));
    }

    [Fact]
    public async Task Files_on_which_base_and_patch_disagree_are_named_and_nothing_is_pushed()
    {
        await using var scene = await Scene.SetAsync();
        await scene.TaskAsync("a", "sed -i s/^9$/nine/ src/ten; echo new > docs/note; echo x > src/x");
        await scene.TaskAsync("b", "echo b > src/b");
        await scene.MoveBaseAsync("sed -i s/^9$/IX/ src/ten; echo other > docs/note");

        var result = await scene.PublishAsync();

        Assert.Equal(("apply-failed", "conflict", 22), (result.Outcome, result.Reason, result.ExitCode));
        Assert.Equal("conflict", result.Tasks[0].Status);
        Assert.Equal(["docs/note", "src/ten"], result.Tasks[0].Conflicts!.Select(conflict => conflict.Path).Order());
        Assert.Equal("published", result.Tasks[1].Status);
        Assert.Equal("claw-ci/b\nmain", await scene.GitAsync("for-each-ref --format='%(refname:short)' refs/heads"));
    }

    [Theory]
    [InlineData("rm src/ten", "src/ten")]
    [InlineData("rm docs/note; mkdir docs/note; echo > docs/note/x", "docs/note")]
    public async Task A_file_that_is_gone_is_a_conflict_too(string move, string path)
    {
        await using var scene = await Scene.SetAsync();
        await scene.TaskAsync("a", "sed -i s/^9$/nine/ src/ten; echo new > docs/note");
        await scene.MoveBaseAsync(move);

        var result = await scene.PublishAsync();

        Assert.Equal("conflict", result.Tasks[0].Status);
        Assert.Contains(result.Tasks[0].Conflicts!, conflict => conflict.Path == path);
    }

    [Fact]
    public async Task A_patch_on_top_of_uncommitted_changes_says_so()
    {
        await using var scene = await Scene.SetAsync();
        await scene.TaskAsync(
            "a",
            "sed -i s/^9$/nine/ src/ten",
            patch: text => text.Replace("-9", "-neuf", StringComparison.Ordinal)
        );

        var result = await scene.PublishAsync();

        Assert.Equal("conflict", result.Tasks[0].Status);
        Assert.Contains("made on uncommitted changes", result.Tasks[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_base_has_already_is_not_delivered_again()
    {
        await using var scene = await Scene.SetAsync();
        await scene.TaskAsync("a", "sed -i s/^9$/nine/ src/ten");
        await scene.MoveBaseAsync("sed -i s/^9$/nine/ src/ten");

        var result = await scene.PublishAsync();

        Assert.Equal(("contained", 0), (result.Tasks[0].Status, result.ExitCode));
        Assert.Equal("main", await scene.GitAsync("for-each-ref --format='%(refname:short)' refs/heads"));
    }

    [Fact]
    public async Task A_later_run_replaces_the_commit_and_somebody_elses_is_never_overwritten()
    {
        await using var scene = await Scene.SetAsync();
        await scene.TaskAsync("a", "echo a > src/a");
        await scene.PublishAsync();
        await scene.TaskAsync("a", "echo better > src/a");

        Assert.Equal("updated", (await scene.PublishAsync()).Tasks[0].Status);

        await scene.ShellAsync(
            "cd work; git fetch -q ../git/o/r.git claw-ci/a; git checkout -q FETCH_HEAD; echo mine >> src/a; git commit -qa --amend --no-edit; git push -q -f ../git/o/r.git HEAD:claw-ci/a"
        );
        var result = await scene.PublishAsync();

        Assert.Equal(("apply-failed", "branch-taken"), (result.Outcome, result.Reason));
        Assert.Equal("better\nmine", await scene.GitAsync("show claw-ci/a:src/a"));
    }

    [Fact]
    public async Task A_later_run_that_comes_to_the_same_leaves_the_branch_as_it_is()
    {
        await using var scene = await Scene.SetAsync();
        await scene.TaskAsync("a", "echo a > src/a");
        var first = await scene.PublishAsync();
        await scene.TaskAsync("a", "echo a > src/a", night: 1);

        var second = await scene.PublishAsync();

        Assert.Equal(("unchanged", first.Tasks[0].Commit), (second.Tasks[0].Status, second.Tasks[0].Commit));
        Assert.Equal(first.Tasks[0].Commit, await scene.GitAsync("rev-parse claw-ci/a"));
        // What it says of itself is another.
        await scene.TaskAsync("a", "echo a > src/a", end => end with { Checks = [] }, night: 1);
        Assert.Equal("updated", (await scene.PublishAsync()).Tasks[0].Status);
    }

    [Fact]
    public async Task Staged_says_what_would_be_done_and_sends_nothing()
    {
        await using var scene = await Scene.SetAsync();
        await scene.TaskAsync("a", "echo a > src/a");
        scene.Plan = scene.Plan with { IsStaged = true };

        var result = await scene.PublishAsync();

        Assert.True(result.Staged);
        Assert.Equal("published", result.Tasks[0].Status);
        Assert.StartsWith("would be opened", result.Tasks[0].Message, StringComparison.Ordinal);
        Assert.Equal("main", await scene.GitAsync("for-each-ref --format='%(refname:short)' refs/heads"));
    }

    [Fact]
    public async Task The_rest_is_held_back_when_enough_branches_wait()
    {
        await using var scene = await Scene.SetAsync();
        foreach (var id in new[] { "a", "b", "c" })
            await scene.TaskAsync(id, $"echo {id} > src/{id}");
        scene.Plan = scene.Plan with { MaxOpen = 2 };

        var result = await scene.PublishAsync();

        Assert.Equal(["published", "published", "held"], result.Tasks.Select(task => task.Status));
        Assert.Equal(("limit-exceeded", 13, true), (result.Outcome, result.ExitCode, result.Retryable));
        await scene.GitAsync("update-ref -d refs/heads/claw-ci/a");
        Assert.Equal(
            ["published", "unchanged", "held"],
            (await scene.PublishAsync()).Tasks.Select(task => task.Status)
        );
    }

    [Fact]
    public async Task A_run_without_a_patch_delivers_nothing_and_says_so()
    {
        await using var scene = await Scene.SetAsync();
        await scene.TaskAsync("a", "echo a > src/a", end => end with { Outcome = "timed-out", ExitCode = 14 });

        Assert.Equal(("no-changes", "nothing-to-publish", 11), Of(await scene.PublishAsync()));

        scene.Plan = scene.Plan with { AlsoUnsuccessful = true };
        Assert.Equal("published", (await scene.PublishAsync()).Tasks[0].Status);
    }

    [Fact]
    public async Task A_patch_of_a_part_of_the_repository_goes_where_the_part_is()
    {
        await using var scene = await Scene.SetAsync();
        await scene.TaskAsync(
            "a",
            "sed -i s/^3$/three/ src/ten",
            patch: text => text.Replace("src/", "", StringComparison.Ordinal),
            recorded: ["ten"]
        );
        scene.Plan = scene.Plan with { Directory = "src" };

        Assert.Equal("published", (await scene.PublishAsync()).Tasks[0].Status);
        Assert.Equal("src/ten", await scene.GitAsync("diff-tree -r --name-only main claw-ci/a"));
    }

    [Fact]
    public async Task A_checkout_that_is_still_here_says_which_repository_it_is_of_and_which_part()
    {
        await using var scene = await Scene.SetAsync();
        await scene.TaskAsync(
            "a",
            "sed -i s/^3$/three/ src/ten",
            start: start => start with { Workspace = Path.Combine(scene.Root, "checkout/src") },
            patch: text => text.Replace("src/", "", StringComparison.Ordinal),
            recorded: ["ten"]
        );
        await scene.ShellAsync($"git -C checkout remote set-url origin {scene.Target}");
        scene.Plan = scene.Plan with { Repository = null, Directory = null };

        var result = await scene.PublishAsync();

        Assert.Equal(("published", scene.Target), (result.Tasks[0].Status, result.Tasks[0].Repository));
    }

    internal static (string, string, int) Of(PublishResult result) => (result.Outcome, result.Reason, result.ExitCode);
}
