using System.Security.Cryptography;
using System.Text;
using ClawCi.Configuration;
using ClawCi.Events;
using ClawCi.Hooks;
using ClawCi.Models;
using ClawCi.Permissions;
using ClawCi.Runs.Continuing;
using ClawCi.Runs.Extensions;
using ClawCi.Runs.Gates;
using ClawCi.Runs.Planning.TaskFiles;
using ClawCi.Runs.Settings;
using ClawCi.Sandboxes;

namespace ClawCi.Runs.Planning;

/// <summary>Resolves one task: built-in values, the task's, the environment's, the command line's, under the ceilings.</summary>
internal sealed class TaskPlanner(
    RunRequest request,
    IReadOnlyList<Policy> policies,
    SettingsSource? settings,
    IReadOnlyList<Hook> hooks,
    IReadOnlyList<McpServerSource> servers,
    ExtensionPlanner extensionPlanner,
    ModelCatalog catalog,
    EarlierSession? session,
    string runId
)
{
    /// <exception cref="UserErrorException">The model is missing or unknown, or its cost cannot be limited.</exception>
    /// <param name="at">Which of the request's files the task is of, from 0.</param>
    public PlannedTask Plan(TaskVariant variant, string id, int at)
    {
        var origins = new Origins();
        var task = variant.Source;
        var (file, document) = (task.File, task.Document);
        var models = new ModelPlan(task, id, settings, catalog, origins);
        var model = models.Resolve(request.CommandLine.Model);
        var fallbacks = models.Fallbacks(request.CommandLine.Model);
        var effort = models.Effort(fallbacks.Prepend(model));
        var compactAt = CompactionPlanner.Resolve(task, settings, request.Environment, model, catalog, origins);
        var limits = new LimitsPlan(task, settings, policies, origins).Resolve(request.CommandLine.MaxTurns);
        foreach (var each in fallbacks.Prepend(model))
            RequirePrice(task, each, limits);
        ImageCeiling.Check(task, policies, origins);
        var extensions = extensionPlanner.Resolve(task, origins);
        IReadOnlyList<Hook> allHooks = [.. hooks, .. extensions.Hooks];
        HookPlanner.Note(allHooks, origins);
        var target = new TargetPlan(variant, request, origins).Resolve();
        var checkout = target?.Checkout ?? Path.GetFullPath(request.Workspace);
        var kind = SandboxChoice.Resolve(request, policies, origins);
        RequireSecrets(task);
        var network = new NetworkPlan(task, policies, origins);
        var sandbox = SandboxChoice.Place(Sandbox(file.Sandbox, document, kind, origins), kind, request, runId, id) with
        {
            Network = network.Sandbox(),
        };
        sandbox = sandbox with { Env = variant.In(sandbox.Env) };
        sandbox = sandbox with { Mounts = new MountPlan(task, request, checkout, policies, origins).Resolve(sandbox) };
        if (file.Response is { } response)
            origins.Add("response.json-schema", response.JsonSchema, document.SourceOf("response", "json-schema"));
        var policy = new PolicyPlan(task, policies, origins).Resolve(
            request.Environment.PermissionMode,
            sandbox.Workspace,
            isConfined: kind == SandboxKind.Docker,
            extensions.Command?.Layer
        );
        var subagents = SubagentPlanner.Resolve(task, request.Workspace, fallbacks.Prepend(model), origins);
        var mcp = new McpPlanner(request, task, policies, [.. extensions.Servers, .. servers], origins).Resolve(
            policy,
            sandbox
        );
        NoteReports(origins);
        foreach (var value in task.Inputs)
            origins.Add(
                InputValue.Key(value.Input.Name),
                value.Text.Length == 0 ? "none" : SourceNode.Shorten(value.Text),
                value.Source
            );
        var strategy = StrategyPlan.Of(variant, at, origins);
        var retry = RetryPlan.Of(task, origins);
        if (session is not null)
            origins.Add("session", $"run {session.File.RunId}, sha256:{session.Sha256}", "--session");
        var plan = new PlannedTask(
            id,
            variant.Name,
            file.Description,
            model,
            extensions.Prompt,
            checkout,
            sandbox,
            network.Setup(sandbox.Network),
            policy,
            limits,
            new GatesPlanner(task, policies, origins).Resolve(),
            Verify(file.Verify, document, origins),
            Value(
                origins,
                "expect-changes",
                file.Response is null && extensions.Command?.ChangesFiles != false,
                file.ExpectChanges,
                document
            ),
            Apply(file.Apply, document, origins),
            ContextFiles(file.ContextFiles, document, origins),
            origins.All,
            document.File.Sha256,
            Hash(string.Join('\n', policies.Select(policy => policy.Document.File.Sha256))),
            ""
        )
        {
            FallbackModels = fallbacks,
            McpServers = mcp,
            Subagents = subagents,
            Effort = effort,
            CompactAtTokens = compactAt,
            Response = task.Response,
            TrustsWorkspace = request.TrustWorkspace,
            Skills = extensions.Skills,
            Scripts = extensions.Command?.Scripts ?? [],
            Parts =
            [
                .. extensions.Parts,
                .. allHooks.Select(hook => new LoadedPart("hook", HookPlanner.Words(hook), hook.Source)),
                .. mcp.Select(server => new LoadedPart("mcp-server", server.Name, server.Source)),
            ],
            Matrix = variant.Matrix,
            Target = target,
            Strategy = strategy,
            Retry = retry,
            Session = session,
        };
        var values = variant.Matrix.ToDictionary(pair => $"matrix.{pair.Key}", pair => pair.Value);
        values[Template.RunId] = runId;
        foreach (var (name, value) in variant.Target is { } where ? TargetPlan.Values(where) : [])
            values[name] = value;
        foreach (var value in task.Inputs)
            values[InputValue.Key(value.Input.Name)] = plan.Scripts.Aggregate(value.Shown, WithoutMark);
        return plan with
        {
            PlanHash = Hash(PlanPrinter.Canonical(plan)),
            Prompt = Template.Expand(plan.Prompt, values),
            Description = plan.Description is { } text ? Template.Expand(text, values) : null,
            Hooks = allHooks,
        };
    }

    /// <summary>Only a command's own text has a place for what its script prints, and only once.</summary>
    private static string WithoutMark(string text, CommandScript script) =>
        text.Replace(script.Mark, script.Mark.Replace('[', '('), StringComparison.Ordinal);

    private void RequireSecrets(TaskSource task)
    {
        var errors = new SourceErrors(task.Document.File.Name);
        foreach (var (index, step) in (task.File.Sandbox.Setup ?? []).Index())
        foreach (var name in (step.Secrets ?? []).Except(request.Secrets))
            errors.Add(task.Document.PlaceOf("sandbox", "setup", index, "secrets"), RunRequest.NotGiven(name));
        errors.ThrowIfAny();
    }

    private void RequirePrice(TaskSource task, ModelChoice model, TaskLimits limits)
    {
        var limited = limits.MaxCostUsd is not null ? "max-cost-usd" : null;
        limited ??= request.CommandLine.MaxCostUsd is not null ? "--max-cost-usd" : null;
        if (limited is null || model.Facts.Price is not null)
            return;
        var place = task.Document.PlaceOf("model");
        throw new UserErrorException([
            new(
                task.Document.File.Name,
                place.Line,
                place.Column,
                $"the price of {model} is not known, so `{limited}` cannot be held. Give its price in a models file, choose another model or limit tokens instead."
            ),
        ]);
    }

    private static SandboxSpec Sandbox(
        SandboxSection section,
        SourceDocument<TaskFile> document,
        SandboxKind kind,
        Origins origins
    )
    {
        string Source(string key, bool given) => given ? document.SourceOf("sandbox", key) : Origins.BuiltIn;
        var spec = new SandboxSpec(
            section.Image,
            section.Pull ?? PullPolicy.Missing,
            section.Workspace ?? "/workspace",
            section.User,
            section.Cpus ?? 2,
            (section.Memory ?? new ByteSize(4L << 30)).Bytes,
            section.Pids ?? 512,
            (section.Tmp ?? new ByteSize(1L << 30)).Bytes,
            section.Env ?? new Dictionary<string, string>()
        )
        {
            DiskBytes = (section.Disk ?? new ByteSize(10L << 30)).Bytes,
        };
        origins.Add("sandbox.image", spec.Image, Source("image", true));
        origins.Add("sandbox.pull", Word(spec.Pull), Source("pull", section.Pull is not null));
        if (kind == SandboxKind.Docker)
            origins.Add("sandbox.workspace", spec.Workspace, Source("workspace", section.Workspace is not null));
        origins.Add("sandbox.user", spec.User ?? "owner of the workspace", Source("user", section.User is not null));
        origins.Add("sandbox.cpus", $"{spec.Cpus}", Source("cpus", section.Cpus is not null));
        origins.Add(
            "sandbox.memory",
            $"{new ByteSize(spec.MemoryBytes)}",
            Source("memory", section.Memory is not null)
        );
        origins.Add("sandbox.pids", $"{spec.Pids}", Source("pids", section.Pids is not null));
        origins.Add("sandbox.tmp", $"{new ByteSize(spec.TmpBytes)}", Source("tmp", section.Tmp is not null));
        origins.Add("sandbox.disk", $"{new ByteSize(spec.DiskBytes)}", Source("disk", section.Disk is not null));
        origins.Add("sandbox.env", List(spec.Env.Keys), Source("env", section.Env is not null));
        origins.Add("sandbox.setup", $"{section.Setup?.Count ?? 0}", Source("setup", section.Setup is not null));
        return spec;
    }

    private static VerifyPlan Verify(VerifySection? section, SourceDocument<TaskFile> document, Origins origins)
    {
        var plan = new VerifyPlan(
            section?.Rounds ?? 3,
            [
                .. (section?.Checks ?? []).Select(check => new Check(
                    check.Id,
                    check.Run,
                    check.Timeout?.Value ?? TimeSpan.FromMinutes(10),
                    check.Must ?? MustWord.Pass,
                    check.Report?.Items ?? []
                )),
            ],
            section?.Baseline ?? section?.Checks?.Any(check => check.Must is not (null or MustWord.Pass)) ?? false,
            section?.FlakyReruns ?? 0
        );
        origins.Add(
            "verify.baseline",
            plan.Baseline ? "true" : "false",
            section?.Baseline is not null ? document.SourceOf("verify", "baseline")
                : plan.Baseline ? document.SourceOf("verify", "checks")
                : Origins.BuiltIn
        );
        origins.Add(
            "verify.flaky-reruns",
            $"{plan.FlakyReruns}",
            section?.FlakyReruns is null ? Origins.BuiltIn : document.SourceOf("verify", "flaky-reruns")
        );
        origins.Add(
            "verify.rounds",
            $"{plan.Rounds}",
            section?.Rounds is null ? Origins.BuiltIn : document.SourceOf("verify", "rounds")
        );
        origins.Add(
            "verify.checks",
            List(plan.Checks.Select(check => check.Id)),
            section?.Checks is null ? Origins.BuiltIn : document.SourceOf("verify", "checks")
        );
        return plan;
    }

    private ApplyMode Apply(ApplyMode? given, SourceDocument<TaskFile> document, Origins origins)
    {
        var (value, source) =
            request.CommandLine.Apply is { } flag ? (flag, "--apply")
            : given is { } own ? (own, document.SourceOf("apply"))
            : settings?.Document.Value.Apply is { } preset ? (preset, settings.Document.SourceOf("apply"))
            : (ApplyMode.OnSuccess, Origins.BuiltIn);
        origins.Add("apply", Word(value), source);
        return value;
    }

    /// <summary>They are made from what the run records, and so is the wish for them.</summary>
    private void NoteReports(Origins origins)
    {
        if (request.CommandLine.Reports is { Count: > 0 } flag)
            origins.Add(ReportKinds.Key, ReportKinds.Write(flag), "--reports");
        else if (settings?.Document.Value.Reports is { Count: > 0 } preset)
            origins.Add(ReportKinds.Key, ReportKinds.Write(preset), settings.Document.SourceOf(ReportKinds.Key));
    }

    private static IReadOnlyList<string> ContextFiles(
        IReadOnlyList<string>? given,
        SourceDocument<TaskFile> document,
        Origins origins
    )
    {
        var files = given ?? ["AGENTS.md", "CLAUDE.md"];
        origins.Add("context-files", List(files), given is null ? Origins.BuiltIn : document.SourceOf("context-files"));
        return files;
    }

    private static bool Value(
        Origins origins,
        string key,
        bool builtIn,
        bool? given,
        SourceDocument<TaskFile> document
    ) =>
        origins.Add(key, new Resolved<bool>(builtIn, Origins.BuiltIn).Then(given, () => document.SourceOf(key)))!.Value;

    private static string Word<T>(T value)
        where T : struct, Enum => System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());

    private static string List(IEnumerable<string> items) =>
        string.Join(", ", items) is { Length: > 0 } text ? text : "none";

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
