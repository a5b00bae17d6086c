using ClawCi.Configuration;
using ClawCi.Mcp;
using ClawCi.Runs;
using ClawCi.Runs.Planning;
using Xunit;

namespace ClawCi.Tests.Runs;

/// <summary>Which MCP servers a task has, who may say so, and what is refused before anything starts.</summary>
public sealed class McpPlannerTests : IDisposable
{
    private const string Grant = "rules: [ { allow: mcp, server: tracker } ]\n";
    private readonly PlannerFixture _fixture = new();

    [Fact]
    public void A_server_is_planned_with_what_its_place_gives_it()
    {
        var spec = Assert.Single(Servers("command: [tracker-mcp, -q]"));
        Assert.True(spec.Required);
        Assert.False(spec.IsAlone);
        Assert.Equal("tracker-mcp -q, in the agent's container", $"{spec}");
        Assert.Equal((30, 60), (spec.StartTimeout.TotalSeconds, spec.CallTimeout.TotalSeconds));

        var secret = Assert.Single(Servers("command: [a], secrets: [TOKEN]", r => r with { Secrets = ["TOKEN"] }));
        Assert.True(secret.IsAlone);
        Assert.True(Assert.Single(Servers("command: [a], network: { allow: [npm] }")).IsAlone);
        Assert.False(
            Assert
                .Single(Servers("command: [a], run-in: host, secrets: [TOKEN]", r => r with { Secrets = ["TOKEN"] }))
                .IsAlone
        );
    }

    [Fact]
    public void The_host_gives_a_server_none_of_its_environment()
    {
        var spec = Assert.Single(
            Servers(
                "command: [a], run-in: host, env: { A: b }",
                r =>
                    r with
                    {
                        Environment = new() { SearchPath = "/bin", Home = "/root" },
                    }
            )
        );
        Assert.Equal(["A", "HOME", "LANG", "PATH"], spec.Env.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_variable_of_the_timeout_comes_after_the_task()
    {
        var spec = Assert.Single(
            Servers(
                "command: [a], timeouts: { start: 5s, call: 5s, idle: 3s }",
                r => r with { Environment = new() { McpTimeout = "7s" } }
            )
        );
        Assert.Equal((7, 7), (spec.StartTimeout.TotalSeconds, spec.CallTimeout.TotalSeconds));
        Assert.Equal(TimeSpan.FromSeconds(3), spec.IdleTimeout);
    }

    [Fact]
    public void A_required_tool_may_be_one_of_a_server_that_there_is()
    {
        const string Servers = PlannerFixture.Minimal + "mcp-servers: { tracker: { command: [a] } }\n";
        RunRequest Granted(RunRequest request) => request with { PolicyFile = _fixture.Policy(Grant) };
        var plan = _fixture.Plan(Servers + "permissions: { required-tools: [mcp__Tracker__get] }\n", Granted);
        Assert.Equal(["mcp__tracker__get"], plan.Tasks[0].Policy.RequiredTools);
        Assert.Equal(
            "task.yaml:7:16: the required tool mcp__docs__get is of no MCP server of this task that a policy grants a tool of",
            _fixture.Errors(Servers + "permissions: { required-tools: [mcp__docs__get] }\n", Granted)
        );
        Assert.Contains(
            "there is no tool `mcp`",
            _fixture.Errors(Servers + "permissions: { required-tools: [mcp] }\n", Granted),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_server_with_a_network_of_its_own_has_a_way_out_though_the_agent_has_none()
    {
        var services = new RunServices("", null!, null!, null!, null!, TimeProvider.System, () => 0, null);
        PlannedTask Planned(string server) =>
            _fixture
                .Plan(
                    PlannerFixture.Minimal + $"mcp-servers: {{ tracker: {{ {server} }} }}\n",
                    request => request with { PolicyFile = _fixture.Policy(Grant) }
                )
                .Tasks[0];
        Assert.NotNull(
            TaskEgress.Of(Planned("command: [a], network: { allow: [npm] }"), services, new RecordingObserver())
        );
        Assert.Null(TaskEgress.Of(Planned("command: [a]"), services, new RecordingObserver()));
    }

    [Theory]
    [InlineData(
        "command: [a]",
        "rules: []\n",
        "no rule of a policy file grants a tool of it, so it would be of no use"
    )]
    [InlineData("command: [a], secrets: [TOKEN]", Grant, "the secret TOKEN was not given. Add `--secret TOKEN`")]
    [InlineData("url: \"https://a.example/mcp\", env: { A: b }", Grant, "`env` belongs to a server with `command`")]
    [InlineData("command: [a], bearer: TOKEN", Grant, "`bearer` belongs to a server with `url`")]
    [InlineData(
        "command: [a], run-in: host, network: { allow: [npm] }",
        Grant,
        "nothing bounds the network of a command on the host"
    )]
    [InlineData(
        "url: \"https://a.example/mcp\"",
        Grant + "network: { allow: [npm] }\n",
        "no policy that speaks of the network allows a.example:443"
    )]
    public void What_cannot_be_is_refused_with_its_place(string server, string policy, string error)
    {
        var errors = _fixture.Errors(
            PlannerFixture.Minimal + $"mcp-servers: {{ tracker: {{ {server} }} }}\n",
            request => request with { PolicyFile = _fixture.Policy(policy) }
        );
        Assert.StartsWith("task.yaml:6:16: mcp-servers.tracker: ", errors, StringComparison.Ordinal);
        Assert.Contains(error, errors, StringComparison.Ordinal);
    }

    [Fact]
    public void An_optional_server_that_nothing_grants_is_not_started_and_the_plan_says_so()
    {
        var plan = _fixture.Plan(
            PlannerFixture.Minimal + "mcp-servers: { tracker: { command: [a], required: false } }\n"
        );
        Assert.Empty(plan.Tasks[0].McpServers);
        Assert.Contains(
            plan.Tasks[0].Origins,
            origin =>
                origin.Key == "mcp-servers.tracker"
                && origin.Value.StartsWith("not started, because no rule", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Servers_of_settings_count_and_a_task_has_the_last_word_about_one_of_its_name()
    {
        var settings = _fixture.Files.Write(
            "settings.yaml",
            "version: 1\nmcp-servers: { tracker: { command: [a] }, docs: { command: [b] } }\n"
        );
        var plan = _fixture.Plan(
            PlannerFixture.Minimal + "mcp-servers: { Tracker: { command: [c] } }\n",
            request =>
                request with
                {
                    SettingsFile = settings,
                    PolicyFile = _fixture.Policy("rules: [ { allow: mcp } ]\n"),
                }
        );
        Assert.Equal(["c", "b"], plan.Tasks[0].McpServers.Select(server => server.Command[0]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Servers_that_the_workspace_brings_count_only_when_it_is_trusted(bool trusted)
    {
        _fixture.Files.Write(
            "workspace/.claw/settings.yaml",
            "version: 1\nmcp-servers: { tracker: { command: [sh, -c, evil], run-in: host } }\n"
        );
        var plan = _fixture.Plan(
            PlannerFixture.Minimal,
            request => request with { PolicyFile = _fixture.Policy(Grant), TrustWorkspace = trusted }
        );
        Assert.Equal(trusted ? 1 : 0, plan.Tasks[0].McpServers.Count);
        Assert.Equal(
            trusted ? 0 : 1,
            plan.Warnings.Count(text => text.Contains("`mcp-servers` is ignored", StringComparison.Ordinal))
        );
    }

    [Fact]
    public void A_file_for_other_harnesses_is_not_read_and_the_plan_says_so()
    {
        Assert.Empty(_fixture.Plan(PlannerFixture.Minimal).Warnings);
        _fixture.Files.Write("workspace/.mcp.json", """{"mcpServers":{"tracker":{"command":"evil"}}}""");
        var plan = _fixture.Plan(
            PlannerFixture.Minimal,
            request => request with { PolicyFile = _fixture.Policy(Grant) }
        );
        Assert.Empty(plan.Tasks[0].McpServers);
        Assert.StartsWith(".mcp.json is ignored", Assert.Single(plan.Warnings), StringComparison.Ordinal);
        _fixture.Files.Write("workspace/.mcp.json", "{ nonsense");
        Assert.Single(_fixture.Plan(PlannerFixture.Minimal).Warnings);
    }

    [Fact]
    public void A_file_for_other_harnesses_counts_where_the_workspace_is_trusted()
    {
        var plan = Trusting(
            """
            {
            	"mcpServers": {
                "tracker": { "type": "stdio", "command": "npx", "args": ["tracker", "-q"], "env": { "A": "b", "TOKEN": "${TOKEN}" }, "disabled": false },
                "docs": { "url": "https://docs.example/mcp", "headers": { "X-Team": "build", "Authorization": "Bearer ${DOCS}" } },
                "other": { "command": "never" }
              }
            }
            """
        );
        var tracker = plan.Tasks[0].McpServers[0];
        Assert.Equal(["npx", "tracker", "-q"], tracker.Command);
        Assert.Equal("b", Assert.Single(tracker.Env).Value);
        Assert.Equal(["TOKEN"], tracker.Secrets);
        Assert.Equal((McpPlace.Sandbox, false, ".mcp.json:3"), (tracker.Place, tracker.Required, tracker.Source));
        var docs = plan.Tasks[0].McpServers[1];
        Assert.Equal(("https://docs.example/mcp", "DOCS"), ($"{docs.Url}", docs.Bearer));
        Assert.Equal("X-Team", Assert.Single(docs.Headers).Key);
        Assert.Equal(2, plan.Tasks[0].McpServers.Count);
        Assert.Contains("`disabled` of the server tracker is not known here", Assert.Single(plan.Warnings));
    }

    [Theory]
    [InlineData(
        """{"command":"sh","args":["-c","echo ${HOME}"]}""",
        "nothing of this machine's environment is filled in"
    )]
    [InlineData("""{"command":"${SHELL}"}""", "nothing of this machine's environment is filled in")]
    [InlineData("""{"command":"a","env":{"A":"${ANTHROPIC_API_KEY}"}}""", "nothing of this machine's environment")]
    [InlineData("""{"url":"https://docs.example/${TOKEN}"}""", "nothing of this machine's environment is filled in")]
    [InlineData(
        """{"command":"a","env":{"ANTHROPIC_API_KEY":"${ANTHROPIC_API_KEY}"}}""",
        "the secret ANTHROPIC_API_KEY was not given"
    )]
    [InlineData(
        """{"url":"https://docs.example/mcp","headers":{"authorization":"Bearer t0ken"}}""",
        "a credential does not belong into a file"
    )]
    [InlineData("""{"type":"sse","url":"https://docs.example/mcp"}""", "the transport `sse` is not supported")]
    [InlineData("""{"command":"a","url":"https://docs.example/mcp"}""", "one of `command` and `url` is needed")]
    [InlineData("[]", "a mapping is expected, not an empty list")]
    [InlineData("""{"command":{}}""", "a text is expected, not a mapping")]
    public void What_a_file_for_other_harnesses_cannot_have_is_refused_with_its_place(string server, string error)
    {
        var refused = Assert.Throws<UserErrorException>(() => Trusting($"{{\"mcpServers\":{{\"tracker\":{server}}}}}"));
        Assert.StartsWith(".mcp.json:1:", refused.Message, StringComparison.Ordinal);
        Assert.Contains(error, refused.Message, StringComparison.Ordinal);
    }

    private RunPlan Trusting(string file)
    {
        _fixture.Files.Write("workspace/.mcp.json", file.Replace("\\t", "\t", StringComparison.Ordinal));
        return _fixture.Plan(
            PlannerFixture.Minimal,
            request =>
                request with
                {
                    PolicyFile = _fixture.Policy(
                        "rules: [ { allow: mcp, server: tracker }, { allow: mcp, server: docs } ]\nnetwork: { allow: [docs.example] }\n"
                    ),
                    TrustWorkspace = true,
                    Secrets = ["TOKEN", "DOCS"],
                }
        );
    }

    public void Dispose() => _fixture.Dispose();

    private IReadOnlyList<McpServerSpec> Servers(string server, Func<RunRequest, RunRequest>? change = null) =>
        _fixture
            .Plan(
                PlannerFixture.Minimal + $"mcp-servers: {{ tracker: {{ {server} }} }}\n",
                request => (change ?? (r => r))(request with { PolicyFile = _fixture.Policy(Grant) })
            )
            .Tasks[0]
            .McpServers;
}
