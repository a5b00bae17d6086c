using ClawCi.Models;
using ClawCi.Permissions;
using ClawCi.Runs;
using ClawCi.Runs.Planning;
using ClawCi.Runs.Resume;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Tests.Runs;

public sealed class PlannerTests : IDisposable
{
    private readonly PlannerFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void A_minimal_task_gets_the_built_in_values()
    {
        var task = Assert.Single(_fixture.Plan(PlannerFixture.Minimal).Tasks);

        Assert.Equal(("fix-it", "fix it", "Do it."), (task.Id, task.Name, task.Prompt));
        Assert.Equal("anthropic/claude-sonnet-4-5", task.Model.ToString());
        Assert.Equal(
            new TaskLimits(
                100,
                500,
                null,
                null,
                TimeSpan.FromHours(1),
                TimeSpan.FromMinutes(10),
                TimeSpan.FromMinutes(2),
                20
            ),
            task.Limits
        );
        Assert.Equal(
            ("/workspace", 2.0, 4L << 30, 512, 1L << 30),
            (
                task.Sandbox.Workspace,
                task.Sandbox.Cpus,
                task.Sandbox.MemoryBytes,
                task.Sandbox.Pids,
                task.Sandbox.TmpBytes
            )
        );
        Assert.Equal((true, ApplyMode.OnSuccess, 3), (task.ExpectChanges, task.Apply, task.Verify.Rounds));
        Assert.Equal(["AGENTS.md", "CLAUDE.md"], task.ContextFiles);
        Assert.Equal(PermissionMode.WorkspaceWrite, task.Policy.Mode);
        Assert.All([task.TaskHash, task.PolicyHash, task.PlanHash], hash => Assert.Matches("^[0-9a-f]{64}$", hash));
    }

    [Fact]
    public void The_plan_prints_every_value_with_its_origin()
    {
        var plan = Layered();

        Golden.Matches(WithoutSizes(PlanPrinter.Text(plan)));
    }

    [Fact]
    public void The_plan_is_one_JSON_object() => Golden.Matches(WithoutSizes(PlanPrinter.Json(Layered())), "json");

    [Fact]
    public void System_prompt_and_tools_leave_the_context_to_the_task()
    {
        _fixture.Files.Write("schema.json", """{ "type": "object" }""");
        _fixture.Files.Write(
            "workspace/skills/one/SKILL.md",
            "---\ndescription: For one kind of work.\n---\nDo it well.\n"
        );
        var plan = _fixture.Plan(
            PlannerFixture.Minimal.Replace(
                "debian:12\" }",
                "debian:12\", network: { allow: [nuget] } }",
                StringComparison.Ordinal
            ) + "response: { json-schema: schema.json }\nsubagents: { max: 2 }\nskills: [skills]\n",
            request => request with { PolicyFile = _fixture.Policy("rules: [ { id: web, allow: web_fetch } ]\n") }
        );
        var offered = TaskTools
            .Offered(plan.Tasks[0], Resumption.Answers(plan.Tasks[0], null))
            .Select(tool => tool.Name);
        Assert.Empty(ToolNames.All.Except(offered));

        var size = PromptSize.Of(plan, plan.Tasks[0]);

        Assert.InRange(size.System + size.Tools, 2_000, 6_000);
        Assert.Contains(
            $"{size.System + size.Tools} tokens before the task",
            PlanPrinter.Text(plan),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("model: replay/run", "task.yaml:3:1: there is no recording of task fix-it in `run`")]
    [InlineData(
        "model: antropic/x",
        "task.yaml:3:1: there is no provider `antropic`; known: anthropic, openai, openai-chat, scripted, replay. Did you mean `anthropic`?"
    )]
    [InlineData("model: scripted/none.yaml", "task.yaml:3:1: there is no script `none.yaml`")]
    [InlineData("", "task.yaml:1:1: there is no model: set `model` here or pass --model")]
    [InlineData(
        "limits: { max-cost-usd: 1 }\nmodel: anthropic/claude-unheard-of",
        "task.yaml:4:1: the price of anthropic/claude-unheard-of is not known, so `max-cost-usd` cannot be held. Give its price in a models file, choose another model or limit tokens instead."
    )]
    public void A_model_that_cannot_be_used_is_a_mistake_with_its_place(string model, string expected) =>
        Assert.Equal(
            expected,
            _fixture.Errors(
                PlannerFixture.Minimal.Replace("model: anthropic/claude-sonnet-4-5", model, StringComparison.Ordinal)
            )
        );

    [Fact]
    public void The_models_flag_wins_and_is_named_in_its_mistakes()
    {
        Assert.Equal(
            "--model: a model is provider/name, such as `anthropic/claude-sonnet-4-5`, not `sonnet`",
            _fixture.Errors(
                PlannerFixture.Minimal,
                request => request with { CommandLine = new() { Model = "sonnet" } }
            )
        );
        var script = _fixture.Files.Write("s.yaml", "version: 1\nreplies: [ { text: hi } ]\n");
        var task = Assert.Single(
            _fixture
                .Plan(
                    PlannerFixture.Minimal,
                    request => request with { CommandLine = new() { Model = $"scripted/{script}" } }
                )
                .Tasks
        );
        Assert.Equal($"scripted/{script}", task.Model.ToString());
        Assert.Equal("--model", task.Origins.Single(origin => origin.Key == "model").Source);
    }

    [Fact]
    public void A_scripts_path_is_relative_to_the_task_file_and_its_mistakes_are_the_plans()
    {
        var task = PlannerFixture.Minimal.Replace(
            "anthropic/claude-sonnet-4-5",
            "scripted/s.yaml",
            StringComparison.Ordinal
        );
        _fixture.Files.Write("s.yaml", "version: 1\nreplies: [ { text: hi } ]\n");

        Assert.Equal(_fixture.Files["s.yaml"], _fixture.Plan(task).Tasks[0].Model.Id);

        _fixture.Files.Write("s.yaml", "version: 1\nreplies: [ { txt: hi } ]\n");
        Assert.Contains("s.yaml:2:14: unknown key `txt`. Did you mean `text`?", _fixture.Errors(task));
    }

    [Fact]
    public void A_fallback_is_resolved_as_the_model_is_and_belongs_to_the_tasks_model()
    {
        var task = PlannerFixture.Minimal + "fallback-models: [openai/gpt-5, openai-chat/gpt-4.1]\n";

        var plan = Assert.Single(_fixture.Plan(task).Tasks);
        Assert.Equal(["openai/gpt-5", "openai-chat/gpt-4.1"], plan.FallbackModels.Select(model => model.ToString()));

        var other = _fixture.Plan(
            task,
            request => request with { CommandLine = new() { Model = "openai/gpt-5-mini" } }
        );
        Assert.Empty(other.Tasks[0].FallbackModels);
        Assert.Contains(
            "there is no provider `azure`",
            _fixture.Errors(PlannerFixture.Minimal + "fallback-models: [azure/gpt-5]\n")
        );
        Assert.Contains(
            "the price of openai/new is not known",
            _fixture.Errors(PlannerFixture.Minimal + "fallback-models: [openai/new]\nlimits: { max-cost-usd: 1 }\n")
        );
    }

    [Fact]
    public void Effort_is_refused_where_a_model_cannot_be_told()
    {
        Assert.Equal(Effort.High, _fixture.Plan(PlannerFixture.Minimal + "effort: high\n").Tasks[0].Effort);
        Assert.Contains(
            "task.yaml:6:1: openai/gpt-4.1 cannot be told how hard to think",
            _fixture.Errors(PlannerFixture.Minimal + "effort: low\nfallback-models: [openai/gpt-4.1]\n")
        );
    }

    [Fact]
    public void A_models_file_gives_names_windows_and_prices()
    {
        var models = _fixture.Files.Write(
            "models.yaml",
            "version: 1\nmodels: [ { name: openai-chat/coder, model: Qwen/Coder, price: { input: 1, output: 2, as-of: 2026-11-01 } } ]\n"
        );
        var task =
            PlannerFixture.Minimal.Replace("anthropic/claude-sonnet-4-5", "openai-chat/coder")
            + "limits: { max-cost-usd: 1 }\n";

        var plan = _fixture.Plan(task, request => request with { ModelsFile = models }).Tasks[0];
        Assert.Equal(
            ("openai-chat/coder", "Qwen/Coder", 2m),
            (plan.Model.ToString(), plan.Model.Id, plan.Model.Facts.Price!.Rates.Output)
        );
        Assert.Equal("models.yaml", plan.Origins.Single(origin => origin.Key == "model.price").Source);
        Assert.Contains("the price of openai-chat/coder is not known", _fixture.Errors(task));
    }

    [Fact]
    public void A_cost_limit_of_the_policy_needs_a_known_price_too() =>
        Assert.Contains(
            "the price of anthropic/new is not known",
            _fixture.Errors(
                PlannerFixture.Minimal.Replace("claude-sonnet-4-5", "new", StringComparison.Ordinal),
                request => request with { PolicyFile = _fixture.Policy("limits: { max-cost-usd: 5 }\n") }
            )
        );

    [Fact]
    public void The_mistakes_of_all_files_and_variables_come_together()
    {
        var other = _fixture.Files.Write("other.yaml", "version: 1\n");

        Golden.Matches(
            _fixture.Errors(
                "version: 3\n",
                request =>
                    request with
                    {
                        TaskFiles = [.. request.TaskFiles, other, _fixture.Files["missing.yaml"]],
                        PolicyFile = _fixture.Policy("mode: all\n"),
                        Workspace = _fixture.Files["nowhere"],
                        CommandLine = new() { Sandbox = "podman" },
                        Environment = new()
                        {
                            PermissionMode = "readonly",
                            Sandbox = "dockre",
                            AutoCompactTokens = "200k",
                            McpTimeout = "soon",
                        },
                    }
            )
        );
    }

    [Theory]
    [InlineData("/", "the root directory cannot be the workspace; name the project's directory with --workspace")]
    [InlineData("/etc/passwd", "the workspace is a file, a directory is needed")]
    [InlineData("/nowhere/at/all", "there is no such directory to be the workspace")]
    public void A_workspace_that_is_none_is_refused(string workspace, string expected) =>
        Assert.Equal(
            $"{workspace}: {expected}",
            _fixture.Errors(PlannerFixture.Minimal, request => request with { Workspace = workspace })
        );

    // Operator, --policy, environment, task: the mode that comes of them and who said it.
    [Theory]
    [InlineData(null, null, null, null, "workspace-write", "built-in")]
    [InlineData(null, null, null, "read-only", "read-only", "task.yaml:6")]
    [InlineData(null, null, null, "danger-full-access", "workspace-write", "built-in")]
    [InlineData(null, null, "danger-full-access", null, "workspace-write", "built-in")]
    [InlineData(null, null, "read-only", "workspace-write", "read-only", "CLAW_CI_PERMISSION_MODE")]
    [InlineData(null, "danger-full-access", null, null, "danger-full-access", "policy.yaml:2")]
    [InlineData("read-only", "danger-full-access", "danger-full-access", null, "read-only", "operator.yaml:2")]
    [InlineData("danger-full-access", null, "workspace-write", null, "workspace-write", "CLAW_CI_PERMISSION_MODE")]
    [InlineData("danger-full-access", "danger-full-access", null, "workspace-write", "workspace-write", "task.yaml:6")]
    public void Only_the_policies_grant_a_mode_and_everyone_narrows_it(
        string? operatorMode,
        string? policyMode,
        string? environment,
        string? taskMode,
        string expected,
        string source
    )
    {
        string? Policy(string? mode, string name) => mode is null ? null : _fixture.Policy($"mode: {mode}\n", name);

        var task = Assert.Single(
            _fixture
                .Plan(
                    PlannerFixture.Minimal + (taskMode is null ? "" : $"permissions: {{ mode: {taskMode} }}\n"),
                    request =>
                        request with
                        {
                            OperatorPolicyFile = Policy(operatorMode, "operator.yaml"),
                            PolicyFile = Policy(policyMode, "policy.yaml"),
                            Environment = new() { PermissionMode = environment },
                        }
                )
                .Tasks
        );

        Assert.Equal(expected, PermissionPolicy.ModeName(task.Policy.Mode));
        Assert.Equal(source, task.Origins.Single(origin => origin.Key == "permissions.mode").Source);
    }

    [Fact]
    public void A_tasks_rules_narrow_the_policys()
    {
        var task = Assert.Single(
            _fixture
                .Plan(
                    PlannerFixture.Minimal
                        + "permissions: { allow: [\"bash(make:*)\", \"bash(ls)\"], deny: [\"bash(make install)\"] }\n",
                    request =>
                        request with
                        {
                            PolicyFile = _fixture.Policy("rules:\n  - { allow: bash, command: [make] }\n"),
                        }
                )
                .Tasks
        );

        Assert.True(Allowed("make test"));
        Assert.False(Allowed("make install"));
        Assert.False(Allowed("ls"));

        bool Allowed(string command) =>
            task
                .Policy.Decide(
                    "bash",
                    System.Text.Json.JsonSerializer.SerializeToElement(
                        new Dictionary<string, string> { ["command"] = command }
                    )
                )
                .Allowed;
    }

    [Fact]
    public void Hashes_say_what_changed()
    {
        var first = _fixture.Plan(PlannerFixture.Minimal).Tasks[0];
        var again = _fixture.Plan(PlannerFixture.Minimal, request => request with { Random = () => 0.1 }).Tasks[0];
        var comment = _fixture.Plan(PlannerFixture.Minimal + "# more\n").Tasks[0];
        var turns = _fixture
            .Plan(PlannerFixture.Minimal, request => request with { CommandLine = new() { MaxTurns = 3 } })
            .Tasks[0];

        Assert.Equal((first.TaskHash, first.PlanHash), (again.TaskHash, again.PlanHash));
        Assert.NotEqual(first.TaskHash, comment.TaskHash);
        Assert.Equal(first.TaskHash, turns.TaskHash);
        Assert.NotEqual(first.PlanHash, turns.PlanHash);
    }

    [Fact]
    public void Two_tasks_of_one_name_get_two_ids()
    {
        var path = _fixture.Files.Write("task.yaml", PlannerFixture.Minimal);

        var ids = Planner.Plan(_fixture.Request(path, path, path)).Tasks.Select(task => task.Id).ToList();

        Assert.Equal(3, ids.Distinct().Count());
        Assert.All(ids, id => Assert.Matches("^fix-it-[0-9a-f]{8}$", id));
    }

    private RunPlan Layered() =>
        _fixture.Plan(
            """
            version: 1
            name: fix it
            description: For $[[ run.id ]]
            model: anthropic/claude-sonnet-4-5
            prompt: |
              Do it.
              $[[run.id]] is the run.
            sandbox:
              image: debian:12
              memory: 512Mi
              env: { CI: "true" }
              setup: [ { run: make deps } ]
            permissions: { mode: danger-full-access, deny: ["bash(git push:*)"], required-tools: [Edit] }
            limits: { max-turns: 60, max-cost-usd: 9.5, timeout: 40m }
            protected-paths: { paths: ["tests/**"], on-change: restore }
            verify: { rounds: 2, checks: [ { id: test, run: make test, timeout: 90s } ] }
            apply: never
            """,
            request =>
                request with
                {
                    PolicyFile = _fixture.Policy(
                        """
                        mode: workspace-write
                        limits: { max-cost-usd: 5, idle-timeout: 1h, max-output-tokens: 100000 }
                        rules:
                          - { id: build, allow: bash, command: [make, [deps, test]] }
                        """
                    ),
                    OperatorPolicyFile = _fixture.Policy("limits: { max-turns: 50 }\n", "operator.yaml"),
                    CommandLine = new()
                    {
                        MaxTurns = 70,
                        Apply = ApplyMode.Always,
                        Timeout = TimeSpan.FromHours(2),
                        MaxCostUsd = 7,
                    },
                    Environment = new() { PermissionMode = "danger-full-access", AutoCompactTokens = "" },
                }
        );

    /// <summary>Every word of the system prompt and of the tools changes them.</summary>
    private string WithoutSizes(string plan) =>
        System.Text.RegularExpressions.Regex.Replace(
            plan.Replace(_fixture.Files.Path, "DIR", StringComparison.Ordinal),
            """\d+(?= tokens before| of the system| of tools| of what the workspace)|(?<="(system|tools|workspace)": )\d+""",
            "N"
        );
}
