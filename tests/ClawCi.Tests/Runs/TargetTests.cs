using ClawCi.Runs.Planning;
using Xunit;

namespace ClawCi.Tests.Runs;

/// <summary>Where tasks work that name a place of their own.</summary>
public sealed class TargetTests : IDisposable
{
    private readonly PlannerFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Each_target_is_a_task_with_an_id_that_says_where()
    {
        Directory.CreateDirectory(_fixture.Files["billing"]);
        Directory.CreateDirectory(_fixture.Files["workspace/services/api"]);

        var plan = _fixture.Plan(
            PlannerFixture.Minimal
                + """
                targets:
                  - { repository: . }
                  - { repository: ., path: ./services/api/ }
                  - { repository: ../billing }
                  - { repository: ../billing, ref: release/2 }
                  - { repository: "https://git.example.com/team/shop.git", ref: main, path: web }
                strategy: { matrix: { n: [1, 2] } }
                """
        );

        Assert.Equal(
            [
                "fix-it-1",
                "fix-it-2",
                "fix-it-services-api-1",
                "fix-it-services-api-2",
                "fix-it-billing-1",
                "fix-it-billing-2",
                "fix-it-billing-release-2-1",
                "fix-it-billing-release-2-2",
                "fix-it-shop-web-main-1",
                "fix-it-shop-web-main-2",
            ],
            plan.Tasks.Select(task => task.Id)
        );
        Assert.Equal("fix it (shop web main, 2)", plan.Tasks[^1].Name);
        Assert.Equal(
            [_fixture.Files["workspace"], _fixture.Files["workspace/services/api"], _fixture.Files["billing"]],
            plan.Tasks.Take(6).Select(task => task.Checkout).Distinct()
        );
        Assert.Equal("billing release/2", string.Join(' ', Where(plan.Tasks[6])));
        Assert.StartsWith(_fixture.Files["out/targets/billing-"], plan.Tasks[6].Checkout, StringComparison.Ordinal);
        Assert.Equal("https://git.example.com/team/shop.git main", string.Join(' ', Where(plan.Tasks[8])));
        Assert.EndsWith("/web", plan.Tasks[8].Checkout, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_fixture.Files["out"]));

        string[] Where(PlannedTask task) =>
            [$"{task.Target!.Source!.Address}".Replace(_fixture.Files.Path + "/", ""), task.Target.Source.Ref!];
    }

    [Fact]
    public void A_task_has_the_same_id_whichever_other_targets_there_are()
    {
        const string Shop = "targets: [ { repository: \"https://git.example.com/shop.git\" } ]";

        var alone = _fixture.Plan(PlannerFixture.Minimal + Shop).Tasks;
        var beside = _fixture
            .Plan(
                PlannerFixture.Minimal + Shop.Replace(" ]", ", { repository: \"https://git.example.com/other.git\" } ]")
            )
            .Tasks;

        Assert.Equal("fix-it-shop", Assert.Single(alone).Id);
        Assert.Equal(["fix-it-shop", "fix-it-other"], beside.Select(task => task.Id));
    }

    [Fact]
    public void Tasks_of_one_repository_and_ref_share_a_clone_and_others_do_not()
    {
        var tasks = _fixture
            .Plan(
                PlannerFixture.Minimal
                    + """
                    targets:
                      - { repository: "https://git.example.com/shop.git", path: web }
                      - { repository: "https://git.example.com/shop.git", path: api }
                      - { repository: "https://git.example.com/shop.git", ref: main, path: api }
                      - { repository: "https://git.example.org/shop.git", path: api }
                    """
            )
            .Tasks;

        Assert.Equal(tasks[0].Target!.Root, tasks[1].Target!.Root);
        Assert.Equal(3, tasks.Select(task => task.Target!.Root).Distinct().Count());
        Assert.Equal(4, tasks.Select(task => task.Id).Distinct().Count());
    }

    [Fact]
    public void The_prompt_knows_its_target_and_the_plan_says_where_it_comes_from()
    {
        var task = Assert.Single(
            _fixture
                .Plan(
                    PlannerFixture.Minimal.Replace(
                        "Do it.",
                        "\"$[[ target.repository ]] $[[ target.path ]]|$[[ target.ref ]]\""
                    ) + "targets: [ { repository: \"https://git.example.com/shop.git\", path: web, token: SHOP } ]",
                    request => request with { Secrets = ["SHOP"] }
                )
                .Tasks
        );

        Assert.Equal("https://git.example.com/shop.git web|", task.Prompt);
        Assert.Contains(
            task.Origins,
            origin =>
                origin is { Key: "target.token", Value: "SHOP" }
                && origin.Source.EndsWith("task.yaml:6", StringComparison.Ordinal)
        );
        Assert.Equal(("SHOP", "x-access-token"), (task.Target!.Source!.Token, task.Target.Source.User));
    }

    [Theory]
    [InlineData(
        "{ repository: nowhere }",
        "6:14",
        "/workspace/nowhere: there is no such directory to be the workspace"
    )]
    [InlineData(
        "{ repository: / }",
        "6:14",
        "/: the root directory cannot be the workspace; name the project's directory with --workspace"
    )]
    [InlineData("{ repository: ., path: nowhere }", "6:29", "there is no directory /workspace/nowhere")]
    [InlineData(
        "{ repository: ., path: link }",
        "6:29",
        "/workspace/link is a symbolic link, which no workspace may lie behind"
    )]
    [InlineData(
        "{ repository: ., path: link/deeper }",
        "6:29",
        "/workspace/link is a symbolic link, which no workspace may lie behind"
    )]
    [InlineData(
        "{ repository: ../bare.git }",
        "6:14",
        "/bare.git is a repository without files: say of which `ref` a clone is made"
    )]
    [InlineData(
        "{ repository: \"https://a.b/c\", token: SHOP }",
        "6:43",
        "the secret SHOP was not given. Add `--secret SHOP`, with its value in the variable SHOP, or `--secret SHOP=@FILE`"
    )]
    public void What_cannot_be_one_is_said_with_its_place(string target, string place, string message)
    {
        Directory.CreateDirectory(_fixture.Files["elsewhere/deeper"]);
        Directory.CreateSymbolicLink(_fixture.Files["workspace/link"], _fixture.Files["elsewhere"]);
        Directory.CreateDirectory(_fixture.Files["bare.git/objects"]);
        Directory.CreateDirectory(_fixture.Files["bare.git/refs"]);
        _fixture.Files.Write("bare.git/HEAD", "ref: refs/heads/main\n");

        var errors = _fixture
            .Errors(PlannerFixture.Minimal + $"targets: [ {target} ]")
            .Replace(_fixture.Files.Path, "", StringComparison.Ordinal);

        Assert.Equal(
            $"task.yaml:{place}: {message.Replace("/workspace/", "workspace/").Replace("/bare.git", "bare.git")}",
            errors
        );
    }

    [Fact]
    public void Targets_and_matrix_together_have_a_bound()
    {
        var targets = string.Join(", ", Enumerable.Range(0, 101).Select(i => $"{{ repository: \"https://a.b/{i}\" }}"));

        var errors = _fixture.Errors(
            PlannerFixture.Minimal
                + $"strategy: {{ matrix: {{ n: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] }} }}\ntargets: [ {targets} ]"
        );

        Assert.Equal("task.yaml:7:10: `targets` and `matrix` make more than 1000 tasks", errors);
    }
}
