using ClawCi.Docker.Tests.Verification;
using ClawCi.Events;
using ClawCi.Runs.Planning;
using ClawCi.Shared;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Docker.Tests.Batches;

/// <summary>One task in several places: directories of this machine, and repositories that the run clones.</summary>
public sealed class TargetTests
{
    [Fact]
    public async Task Each_repository_gets_its_own_patch_and_one_that_cannot_be_had_fails_alone()
    {
        using var batch = new EngineBatch().Task(
            "tidy",
            """
            targets:
              - { repository: ../git/alpha.git, ref: main }
              - { repository: ../git/nowhere.git, ref: main }
              - { repository: ../git/beta.git, ref: main, path: sub }
              - { repository: ../git/beta.git, ref: main, path: link }
            """,
            EngineRun.Bash("echo $(cat name) tidied > done; git log --oneline | wc -l >> done"),
            "text: Done."
        );
        // Most output directories lie in a checkout.
        await ShellAsync(batch, "git init -q; git commit -q --allow-empty -m around");
        await RepositoryAsync(batch, "alpha", "echo alpha > name");
        await RepositoryAsync(batch, "beta", "mkdir sub; echo beta > sub/name; ln -s /etc link");
        Directory.CreateDirectory(batch.Files["git/nowhere.git"]);

        var ends = await batch.RunAsync(batch.Plan(workers: 2));

        Assert.Equal(("success", "applied"), (ends["tidy-alpha-main"].Outcome, ends["tidy-alpha-main"].Applied));
        Assert.Equal(("success", "applied"), (ends["tidy-beta-sub-main"].Outcome, ends["tidy-beta-sub-main"].Applied));
        var missing = ends["tidy-nowhere-main"];
        Assert.Equal(("setup-failed", "repository", 0), (missing.Outcome, missing.Reason, missing.NumTurns));
        Assert.Contains("nowhere.git cannot be cloned: ", missing.Message, StringComparison.Ordinal);
        var outside = ends["tidy-beta-link-main"];
        Assert.Equal(("setup-failed", "repository", 0), (outside.Outcome, outside.Reason, outside.NumTurns));
        Assert.Contains("is a symbolic link", outside.Message, StringComparison.Ordinal);
        Assert.Equal("alpha tidied\n1\n", await File.ReadAllTextAsync(Clone(batch, "alpha", "done"), Ct));
        Assert.StartsWith(
            "beta tidied\n",
            await File.ReadAllTextAsync(Clone(batch, "beta", "sub/done"), Ct),
            StringComparison.Ordinal
        );
        Assert.Equal("one\n", batch.Checkout("a.txt"));
        Assert.Contains(
            batch.Events,
            seen =>
                seen
                    is {
                        Task: "tidy-beta-sub-main",
                        Event: RunStarted { Target: { Branch: "main", Path: "sub" } target } started
                    }
                && target.Repository == batch.Files["git/beta.git"]
                && started.BaseCommit is { Length: 40 }
        );
    }

    [Fact]
    public async Task Tasks_of_one_repository_share_its_clone_and_the_agent_sees_no_credentials()
    {
        using var batch = new EngineBatch();
        await using var server = new GitServer(batch.Files["git"]);
        await RepositoryAsync(batch, "shop", "echo shop > name");
        batch.Task(
            "look",
            $$"""
            targets: [ { repository: "{{server.Url}}shop.git", ref: main, token: SHOP } ]
            strategy: { matrix: { n: [1, 2] } }
            """,
            EngineRun.Bash(
                "env > /tmp/env; grep -rsF -e tok_3f9a5c7 -e $(printf x-access-token:tok_3f9a5c7 | base64 | cut -c1-30) /workspace /tmp /home /root /run /etc | cat > found-$CLAW_MATRIX_N"
            ),
            "text: Done."
        );
        var plan = batch.Plan(workers: 2, request => request with { Secrets = ["SHOP"] });

        var ends = await batch.RunAsync(plan, secrets: new() { ["SHOP"] = GitServer.Token });

        Assert.All(ends.Values, ended => Assert.Equal(("success", "applied"), (ended.Outcome, ended.Applied)));
        // One to find the commit, one to fetch it.
        Assert.Equal(2, server.Asked.Count(asked => asked.Path.Contains("info/refs", StringComparison.Ordinal)));
        Assert.Equal("", await File.ReadAllTextAsync(Clone(batch, "shop", "found-1"), Ct));
        foreach (
            var transcript in Directory.GetFiles(
                batch.Files["out/tasks"],
                "transcript.jsonl",
                SearchOption.AllDirectories
            )
        )
            Assert.DoesNotContain(
                GitServer.Token,
                await File.ReadAllTextAsync(transcript, Ct),
                StringComparison.Ordinal
            );
    }

    [Fact]
    public async Task A_wrong_token_ends_the_task_as_a_matter_of_credentials()
    {
        using var batch = new EngineBatch();
        await using var server = new GitServer(batch.Files["git"]);
        await RepositoryAsync(batch, "shop", "echo shop > name");
        batch.Task("look", $"targets: [ {{ repository: \"{server.Url}shop.git\", token: SHOP }} ]", "text: Done.");
        var plan = batch.Plan(workers: 1, request => request with { Secrets = ["SHOP"] });

        var ended = Assert
            .Single(await batch.RunAsync(plan, secrets: new() { ["SHOP"] = "tok_of_somebody_else" }))
            .Value;

        Assert.Equal(("auth-failed", "repository-credentials"), (ended.Outcome, ended.Reason));
        Assert.Contains("The secret SHOP does not open it", ended.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_lies_in_another_target_is_one_checkout_with_it()
    {
        using var batch = new EngineBatch().Task(
            "both",
            "targets: [ { repository: . }, { repository: ., path: sub } ]",
            EngineRun.Bash("if test -d sub; then echo outer > sub/new; else ls; echo inner > new; fi"),
            "text: Done."
        );
        batch.Files.Write("checkout/sub/file", "x\n");

        var ends = await batch.RunAsync(batch.Plan(workers: 1));

        Assert.Equal(("success", "applied"), (ends["both"].Outcome, ends["both"].Applied));
        Assert.Equal(("apply-failed", "failed"), (ends["both-sub"].Outcome, ends["both-sub"].Applied));
        Assert.Contains("new by both", ends["both-sub"].Message, StringComparison.Ordinal);
        Assert.Equal("outer\n", batch.Checkout("sub/new"));
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static string Clone(EngineBatch batch, string name, string path) =>
        Path.Combine(
            Assert.Single(Directory.GetDirectories(batch.Files[$"out/{Target.DirectoryName}"], $"{name}-*")),
            path
        );

    private static Task RepositoryAsync(EngineBatch batch, string name, string commands) =>
        ShellAsync(
            batch,
            $"""
            git init -q --bare -b main git/{name}.git
            git init -q -b main work/{name}; cd work/{name}
            echo 0 > first; git add .; git commit -qm first
            {commands}
            git add .; git commit -qm second; git push -q ../../git/{name}.git main
            """
        );

    private static async Task ShellAsync(EngineBatch batch, string commands)
    {
        var request = new ProcessRequest("/bin/bash", ["-euc", commands])
        {
            WorkingDirectory = batch.Files.Path,
            Environment = new Dictionary<string, string>
            {
                ["PATH"] = "/usr/bin:/bin",
                ["HOME"] = "/nonexistent",
                ["GIT_CONFIG_NOSYSTEM"] = "1",
                ["GIT_AUTHOR_NAME"] = "Ann",
                ["GIT_AUTHOR_EMAIL"] = "ann@example.com",
                ["GIT_COMMITTER_NAME"] = "Ann",
                ["GIT_COMMITTER_EMAIL"] = "ann@example.com",
            },
        };
        var end = await ProcessRunner.RunAsync(request, Ct);
        Assert.True(end.Succeeded, end.ErrorText);
    }
}
