using ClawCi.Permissions;
using ClawCi.Runs;
using ClawCi.Runs.Planning;
using CsCheck;
using Xunit;

namespace ClawCi.Tests.Runs;

/// <summary>Who may say what.</summary>
public sealed class SettingsTests : IDisposable
{
    private readonly PlannerFixture _fixture = new();

    [Fact]
    public void Settings_are_values_below_the_tasks_own()
    {
        var plan = Plan(
            "limits: { max-turns: 60 }\n",
            settings: "model: anthropic/claude-haiku-4-5\nlimits: { max-turns: 7, max-tool-calls: 8 }\napply: never\n"
        );

        Assert.Equal("60 task.yaml:6", Origin(plan, "limits.max-turns"));
        Assert.Equal("8 settings.yaml:3", Origin(plan, "limits.max-tool-calls"));
        Assert.Equal("never settings.yaml:4", Origin(plan, "apply"));
        Assert.Equal("anthropic/claude-sonnet-4-5 task.yaml:3", Origin(plan, "model"));
    }

    [Theory]
    [InlineData(false, "code-quality, sarif settings.yaml:2")]
    [InlineData(true, "sarif --reports")]
    public void Reports_are_the_settings_unless_the_command_line_names_some(bool flag, string origin)
    {
        var plan = Plan(
            "",
            settings: "reports: [sarif, code-quality]\n",
            change: request =>
                flag
                    ? request with
                    {
                        CommandLine = request.CommandLine with { Reports = [ReportKind.Sarif] },
                    }
                    : request
        );

        Assert.Equal(origin, Origin(plan, "reports"));
    }

    [Fact]
    public void The_workspaces_own_settings_only_narrow()
    {
        var plan = Plan(
            "",
            own: """
            model: anthropic/claude-haiku-4-5
            apply: always
            reports: [sarif]
            limits: { max-turns: 5, max-tool-calls: 100000 }
            permissions: { mode: danger-full-access, allow: [bash], deny: ["bash(rm:*)"] }
            protected-paths: { paths: [src/**], on-change: review }
            hooks: [ { event: session-start, run: "touch pwned" } ]

            """
        );

        Assert.Equal("5 settings.yaml:5", Origin(plan, "limits.max-turns"));
        Assert.Equal("500 built-in", Origin(plan, "limits.max-tool-calls"));
        Assert.Equal("workspace-write built-in", Origin(plan, "permissions.mode"));
        Assert.Equal("on-success built-in", Origin(plan, "apply"));
        Assert.Contains("claude-sonnet", Origin(plan, "model"), StringComparison.Ordinal);
        var rule = Assert.Single(plan.Tasks[0].Policy.Layers.SelectMany(layer => layer.Rules));
        Assert.Equal(RuleEffect.Deny, rule.Effect);
        Assert.Equal(ClawCi.Configuration.ProtectedChange.Block, plan.Tasks[0].ProtectedPaths.ActionFor(".github/a"));
        Assert.Empty(plan.Tasks[0].Hooks);
        Assert.Equal(
            ["model", "apply", "reports", "permissions.allow", "hooks"],
            plan.Warnings.Select(warning => warning.Split('`')[1])
        );
    }

    [Fact]
    public void Hooks_of_the_workspace_take_trust()
    {
        var plan = Plan(
            "",
            own: "hooks: [ { event: stop, run: ./x } ]\n",
            change: request => request with { TrustWorkspace = true }
        );

        Assert.Equal("./x", Assert.Single(plan.Tasks[0].Hooks).Run);
        Assert.Empty(plan.Warnings);
    }

    [Theory]
    [InlineData("mdoel: x\n")]
    [InlineData("permissions: { ask: [bash] }\n")]
    [InlineData("permissions: { deny: [no_such_tool] }\n")]
    public void Settings_that_cannot_be_read_stop_the_run(string own)
    {
        var error = Assert.Throws<UserErrorException>(() => Plan("", own: own));
        Assert.All(error.Errors, mistake => Assert.Equal(".claw/settings.yaml", mistake.File));
    }

    [Fact]
    public void A_link_in_place_of_the_workspaces_settings_is_not_followed()
    {
        Directory.CreateDirectory(_fixture.Files["workspace/.claw"]);
        File.CreateSymbolicLink(_fixture.Files["workspace/.claw/settings.yaml"], "/etc/passwd");
        Assert.Throws<UserErrorException>(() => Plan(""));
    }

    [Theory]
    [InlineData("images: [\"debian:*\"]", true)]
    [InlineData("images: [\"registry.example.com/**\"]", false)]
    public void A_policy_says_which_images_may_be_used(string policy, bool fits)
    {
        var errors = _fixture.Errors(
            PlannerFixture.Minimal,
            request => request with { PolicyFile = _fixture.Policy(policy + "\n") }
        );
        Assert.Equal(fits, errors.Length == 0);
        if (!fits)
            Assert.StartsWith(
                "task.yaml:5:12: the image `debian:12` is not allowed by policy.yaml:2",
                errors,
                StringComparison.Ordinal
            );
    }

    /// <summary>Whatever the workspace says, a run may do no more than without it.</summary>
    [Fact]
    public void Another_lower_source_never_allows_more() =>
        Gen.Select(
                Gen.OneOf(Gen.Const(""), Gen.Const("mode: danger-full-access\n"), Gen.Const("mode: read-only\n")),
                Gen.Enum<PermissionMode>(),
                Gen.Int[1, 200],
                Gen.OneOf(Gen.Const("block"), Gen.Const("restore"), Gen.Const("review")),
                Gen.Int[1, 50]
            )
            .Sample(
                (policy, mode, turns, onChange, files) =>
                {
                    var own =
                        $"limits: {{ max-turns: {turns} }}\npermissions: {{ mode: {PermissionPolicy.ModeName(mode)}, allow: [bash] }}\n"
                        + $"protected-paths: {{ paths: [x], on-change: {onChange} }}\ngates: {{ max-files: {files} }}\n";
                    var without = Plan("gates: { max-files: 25 }\n", policy: policy).Tasks[0];
                    var with = Plan("gates: { max-files: 25 }\n", policy: policy, own: own).Tasks[0];
                    return with.Policy.Mode <= without.Policy.Mode
                        && with.Limits.MaxTurns <= without.Limits.MaxTurns
                        && with.Gates.MaxFiles <= without.Gates.MaxFiles
                        && with.ProtectedPaths.ActionFor(".github/x") == without.ProtectedPaths.ActionFor(".github/x")
                        && with.ProtectedPaths.Matches("x")
                        && with.Policy.Layers.All(layer => layer.Rules.Count == 0);
                },
                iter: 60,
                threads: 1
            );

    public void Dispose() => _fixture.Dispose();

    private static string Origin(RunPlan plan, string key)
    {
        var origin = plan.Tasks[0].Origins.Single(origin => origin.Key == key);
        return $"{origin.Value} {origin.Source}";
    }

    private RunPlan Plan(
        string task,
        string? settings = null,
        string? own = null,
        string policy = "",
        Func<RunRequest, RunRequest>? change = null
    )
    {
        var path = _fixture.Files["workspace/.claw/settings.yaml"];
        if (File.Exists(path) && new FileInfo(path).LinkTarget is null)
            File.Delete(path);
        if (own is not null)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, "version: 1\n" + own);
        }
        return _fixture.Plan(
            PlannerFixture.Minimal + task,
            request =>
                (change ?? (same => same))(
                    request with
                    {
                        PolicyFile = policy.Length == 0 ? null : _fixture.Policy(policy),
                        SettingsFile = settings is null ? null : _fixture.Policy(settings, "settings.yaml"),
                    }
                )
        );
    }
}
