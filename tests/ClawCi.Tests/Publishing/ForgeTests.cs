using ClawCi.Publishing;
using Xunit;

namespace ClawCi.Tests.Publishing;

/// <summary>Patches go over HTTP to stand-ins of the platforms that take nothing which those would not.</summary>
public sealed class ForgeTests
{
    [Theory]
    [InlineData("GitHub")]
    [InlineData("GitLab")]
    public async Task A_draft_is_opened_once_and_its_branch_brought_up_to_date(string platformName)
    {
        await using var scene = await Scene.SetAsync(nameof(ForgeTests));
        var kind = Enum.Parse<PlatformKind>(platformName);
        await using var platform = Connect(scene, kind);
        await scene.TaskAsync(
            "a",
            "echo a > src/a",
            end => end with { Result = "Done. Fixes #1, cc @ann\n</pre>\n/merge" }
        );
        scene.Plan = scene.Plan with { Body = "Closes #12" };

        var first = await scene.PublishAsync();
        var second = await scene.PublishAsync();

        Assert.True(first.ExitCode == 0, first.Tasks[0].Message);
        Assert.Equal("published", first.Tasks[0].Status);
        Assert.Equal(
            (1, platform.Requests[0][kind == PlatformKind.GitHub ? "html_url" : "web_url"]!.GetValue<string>()),
            (first.Tasks[0].Request!.Number, first.Tasks[0].Request!.Url)
        );
        Assert.Equal("unchanged", second.Tasks[0].Status);
        Assert.Single(platform.Written);
        var body = Body(platform, kind);
        Assert.StartsWith("Closes #12\n\n<!-- claw-ci: begin -->", body, StringComparison.Ordinal);
        Assert.DoesNotContain("U+200B", body, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"Fixes #1|@ann|(?m)^/merge|</pre>\n/", body);
        if (kind == PlatformKind.GitHub)
            Assert.True(platform.Requests[0]["draft"]!.GetValue<bool>());
        else
            Assert.Equal("Draft: Count right", platform.Requests[0]["title"]!.GetValue<string>());

        // A person adds something; ours is renewed, theirs stays.
        platform.Requests[0][kind == PlatformKind.GitHub ? "body" : "description"] = $"{body}\nLooked at by Ann.";
        await scene.TaskAsync("a", "echo better > src/a", end => end with { Result = "Better." });
        var third = await scene.PublishAsync();

        Assert.Equal("updated", third.Tasks[0].Status);
        Assert.EndsWith("Looked at by Ann.", Body(platform, kind), StringComparison.Ordinal);
        Assert.Contains("Better.", Body(platform, kind), StringComparison.Ordinal);
        Assert.Equal("better", await scene.GitAsync("show claw-ci/a:src/a"));
        Assert.Empty(platform.Faults);
    }

    [Theory]
    [InlineData("GitHub")]
    [InlineData("GitLab")]
    public async Task A_branch_under_review_for_another_base_is_left_alone(string platformName)
    {
        await using var scene = await Scene.SetAsync(nameof(ForgeTests));
        await using var platform = Connect(scene, Enum.Parse<PlatformKind>(platformName));
        await scene.ShellAsync("for b in one two; do git -C git/o/r.git branch $b main; done");
        await scene.TaskAsync("a", "echo a > src/a");
        scene.Plan = scene.Plan with { Base = "one" };
        await scene.PublishAsync();
        var before = await scene.GitAsync("rev-parse claw-ci/a");
        await scene.TaskAsync("a", "echo other > src/a");
        scene.Plan = scene.Plan with { Base = "two" };

        var result = await scene.PublishAsync();

        Assert.Equal(("apply-failed", "branch-taken", 22), PublisherTests.Of(result));
        Assert.Contains("under review for one (", result.Tasks[0].Message, StringComparison.Ordinal);
        Assert.EndsWith("with --branch-prefix", result.Tasks[0].Message, StringComparison.Ordinal);
        Assert.Equal(before, await scene.GitAsync("rev-parse claw-ci/a"));
        scene.Plan = scene.Plan with { BranchPrefix = "claw-ci/pr-2/" };
        Assert.Equal("published", (await scene.PublishAsync()).Tasks[0].Status);
        Assert.Equal(2, platform.Requests.Count);
        Assert.Empty(platform.Faults);
    }

    [Theory]
    [InlineData("GitHub")]
    [InlineData("GitLab")]
    public async Task What_somebody_closed_is_not_opened_again(string platformName)
    {
        await using var scene = await Scene.SetAsync(nameof(ForgeTests));
        var kind = Enum.Parse<PlatformKind>(platformName);
        await using var platform = Connect(scene, kind);
        await scene.TaskAsync("a", "echo a > src/a");
        await scene.PublishAsync();
        platform.Requests[0]["state"] = "closed";

        var result = await scene.PublishAsync();

        Assert.Equal(("closed", 0), (result.Tasks[0].Status, result.ExitCode));
        // Nor by the next night.
        await scene.TaskAsync("a", "echo a > src/a", night: 1);
        Assert.Equal("closed", (await scene.PublishAsync()).Tasks[0].Status);
        Assert.Single(platform.Requests);
    }

    [Theory]
    [InlineData("GitHub")]
    [InlineData("GitLab")]
    public async Task Limits_count_what_is_open_and_what_came_within_an_hour_and_no_forks(string platformName)
    {
        await using var scene = await Scene.SetAsync(nameof(ForgeTests));
        var kind = Enum.Parse<PlatformKind>(platformName);
        await using var platform = Connect(scene, kind);
        foreach (var id in new[] { "a", "b", "c" })
            await scene.TaskAsync(id, $"echo {id} > src/{id}");
        Add("claw-ci/x", DateTimeOffset.UtcNow.AddHours(-2), own: true);
        Add("claw-ci/y", DateTimeOffset.UtcNow, own: false);
        Add("feature", DateTimeOffset.UtcNow, own: true);

        scene.Plan = scene.Plan with { MaxOpen = 2 };
        Assert.Equal(["published", "held", "held"], (await scene.PublishAsync()).Tasks.Select(task => task.Status));
        scene.Plan = scene.Plan with { MaxOpen = null, MaxPerHour = 2 };
        var hourly = await scene.PublishAsync();
        Assert.Equal(["unchanged", "published", "held"], hourly.Tasks.Select(task => task.Status));
        Assert.Equal(("limit-exceeded", "rollout", 13), PublisherTests.Of(hourly));
        Assert.Empty(platform.Faults);

        void Add(string branch, DateTimeOffset at, bool own)
        {
            if (platform is GitHubStandIn github)
                github.Add(branch, at, repository: own ? "o/r" : "eve/r");
            else
                ((GitLabStandIn)platform).Add(branch, at, source: own ? 7 : 8);
        }
    }

    [Fact]
    public async Task Staged_asks_and_sends_nothing()
    {
        await using var scene = await Scene.SetAsync();
        await using var platform = Connect(scene, PlatformKind.GitHub);
        await scene.TaskAsync("a", "echo a > src/a");
        scene.Plan = scene.Plan with { IsStaged = true };

        var result = await scene.PublishAsync();

        Assert.Equal("would be opened: a pull request for the branch claw-ci/a", result.Tasks[0].Message);
        Assert.NotEmpty(platform.Asked);
        Assert.Empty(platform.Written);
        Assert.Equal("main", await scene.GitAsync("for-each-ref --format='%(refname:short)' refs/heads"));
    }

    [Fact]
    public async Task What_the_platform_says_no_to_is_told_with_the_remedy()
    {
        (int Status, string Said, string Outcome, string Reason, string Remedy, bool IsRetryable)[] cases =
        [
            (
                403,
                "GitHub Actions is not permitted to create or approve pull requests.",
                "auth-failed",
                "permission",
                "Allow GitHub Actions to create",
                false
            ),
            (401, "Bad credentials", "auth-failed", "credentials", "Is the token right", false),
            (404, "Not Found", "auth-failed", "permission", "pull-requests: write", false),
            (
                422,
                "Draft pull requests are not supported in this repository.",
                "apply-failed",
                "refused",
                "--request ready",
                false
            ),
            (429, "slow down", "apply-failed", "rate-limited", "slow down", true),
            (503, "away", "apply-failed", "platform", "503", true),
        ];
        await using var scene = await Scene.SetAsync();
        await using var platform = Connect(scene, PlatformKind.GitHub);
        await scene.TaskAsync("a", "echo a > src/a");
        foreach (var (status, said, outcome, reason, remedy, isRetryable) in cases)
        {
            platform.Instead = asked =>
                asked.StartsWith("POST", StringComparison.Ordinal) ? (status, $$"""{"message":"{{said}}"}""") : null;

            var result = await scene.PublishAsync();

            Assert.Equal((outcome, reason, isRetryable), (result.Outcome, result.Reason, result.Retryable));
            Assert.Contains(remedy, result.Tasks[0].Message, StringComparison.Ordinal);
        }

        // The branch is there, and the next try only opens the request.
        platform.Instead = _ => null;
        Assert.Equal("published", (await scene.PublishAsync()).Tasks[0].Status);
    }

    [Theory]
    [InlineData("GitHub", "html_url")]
    [InlineData("GitLab", "web_url")]
    public async Task An_answer_of_another_shape_is_the_platforms_fault_and_says_where(string platformName, string url)
    {
        (string Method, string Body, string Where)[] cases =
        [
            ("GET", "<html>Sign in</html>", "at $."),
            ("GET", "{}", "at $."),
            ("GET", "null", "at $."),
            ("GET", "[null]", "at $[]."),
            ("GET", "[7]", "at $[0]."),
            ("GET", """[{"state":7}]""", "at $[0].state."),
            ("POST", "[]", "at $."),
            ("POST", "{}", "at $."),
            ("POST", $$"""{"{{url}}":null}""", $"at $.{url}."),
        ];
        await using var scene = await Scene.SetAsync(nameof(ForgeTests));
        await using var platform = Connect(scene, Enum.Parse<PlatformKind>(platformName));
        await scene.TaskAsync("a", "echo a > src/a");
        foreach (var (method, body, where) in cases)
        {
            platform.Instead = asked => asked.StartsWith(method, StringComparison.Ordinal) ? (200, body) : null;

            var result = await scene.PublishAsync();

            Assert.Equal(("apply-failed", "platform", true), (result.Outcome, result.Reason, result.Retryable));
            Assert.Contains("not what its API describes, ", result.Tasks[0].Message, StringComparison.Ordinal);
            Assert.EndsWith(where, result.Tasks[0].Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_wrong_token_and_a_missing_one_are_told_apart_and_never_shown()
    {
        await using var scene = await Scene.SetAsync();
        await using var platform = Connect(scene, PlatformKind.GitHub);
        await scene.TaskAsync("a", "echo a > src/a");
        var right = scene.Platforms[0];

        scene.Platforms = [right with { Token = "tok_wrong_0123456789" }];
        var wrong = await scene.PublishAsync();
        scene.Platforms = [right with { Token = null }];
        var missing = await scene.PublishAsync();

        Assert.Equal(("auth-failed", "credentials", 17), PublisherTests.Of(wrong));
        Assert.DoesNotContain("tok_wrong", wrong.Tasks[0].Message, StringComparison.Ordinal);
        Assert.Equal(("auth-failed", "no-token", 17), PublisherTests.Of(missing));
        Assert.Contains("GITHUB_TOKEN or GH_TOKEN is missing", missing.Tasks[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_token_goes_to_its_own_platform_alone()
    {
        await using var scene = await Scene.SetAsync();
        await using var platform = Connect(scene, PlatformKind.GitHub);
        await scene.TaskAsync("a", "echo a > src/a");
        scene.Platforms = [scene.Platforms[0] with { Server = new Uri("https://github.com") }];

        var result = await scene.PublishAsync();

        // The stand-in asks for credentials, and git has none.
        Assert.Equal(("auth-failed", "credentials", 17), PublisherTests.Of(result));
        Assert.Empty(platform.Asked);
    }

    [Fact]
    public async Task Branches_alone_need_no_api_and_on_GitLab_the_jobs_own_token_will_do()
    {
        await using var scene = await Scene.SetAsync();
        await using var platform = new GitLabStandIn(Path.Combine(scene.Root, "git"));
        await scene.TaskAsync("a", "echo a > src/a");
        scene.Plan = scene.Plan with { Repository = new(new Uri(platform.Url, "o/r.git")) };
        scene.Platforms =
        [
            new(PlatformKind.GitLab, platform.Url, new Uri(platform.Url, "api/v4"), null, "job-token-0123456789"),
        ];

        var withRequest = await scene.PublishAsync();

        Assert.Equal("no-token", withRequest.Reason);
        Assert.Contains(
            "CI_JOB_TOKEN can push and not open merge requests",
            withRequest.Tasks[0].Message,
            StringComparison.Ordinal
        );
        Assert.Equal("gitlab-ci-token", scene.Platforms[0].Credential!.User);
        scene.Plan = scene.Plan with { Request = RequestKind.None };
        scene.Platforms = [scene.Platforms[0] with { Token = StandIn.Token }];
        Assert.Equal("published", (await scene.PublishAsync()).Tasks[0].Status);
        Assert.Empty(platform.Asked);
    }

    private static string Body(StandIn platform, PlatformKind kind) =>
        platform.Requests[0][kind == PlatformKind.GitHub ? "body" : "description"]!.GetValue<string>();

    private static StandIn Connect(Scene scene, PlatformKind kind)
    {
        var root = Path.Combine(scene.Root, "git");
        StandIn platform = kind == PlatformKind.GitHub ? new GitHubStandIn(root) : new GitLabStandIn(root);
        var api = new Uri(platform.Url, kind == PlatformKind.GitHub ? "api/v3" : "api/v4");
        scene.Platforms = [new(kind, platform.Url, api, StandIn.Token)];
        scene.Plan = scene.Plan with { Repository = new(new Uri(platform.Url, "o/r.git")) };
        return platform;
    }
}
