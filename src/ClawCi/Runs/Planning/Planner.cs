using System.Security.Cryptography;
using System.Text;
using ClawCi.Configuration;
using ClawCi.Hooks;
using ClawCi.Models;
using ClawCi.Permissions;
using ClawCi.Runs.Batch;
using ClawCi.Runs.Continuing;
using ClawCi.Runs.Extensions;
using ClawCi.Runs.Planning.TaskFiles;
using ClawCi.Runs.Settings;
using ClawCi.Runs.Trust;
using ClawCi.Sandboxes.Workspaces;

namespace ClawCi.Runs.Planning;

/// <summary>
/// Resolves a request into a plan. Reads every file the user named and reports the mistakes of all of them at once;
/// starts and changes nothing.
/// </summary>
internal static class Planner
{
    /// <summary>A task is given two processors.</summary>
    private const int MostWorkersUnasked = 4;

    /// <exception cref="UserErrorException">Every mistake found.</exception>
    /// <exception cref="UntrustedException">A file is a pull request's own, and its base cannot be had.</exception>
    public static RunPlan Plan(RunRequest request)
    {
        List<UserError> errors = [.. RequestCheck.Errors(request)];
        var isSound = errors.Count == 0;
        var files = new NamedFiles(request.Workspace, request.PullRequest);
        var policies = new[] { Existing(request.OperatorPolicyFile), request.PolicyFile }
            .OfType<string>()
            .Select(path => Try(() => Policy.Read(files.Read(path)), errors))
            .ToList();
        var settings = request.SettingsFile is { } named
            ? Try(() => SettingsSource.Read(files.Read(named)), errors)
            : null;
        var found = isSound ? Try(() => WorkspaceSettings.Find(request.Workspace)!, errors) : null;
        var mcp = isSound ? Try(() => WorkspaceMcpFile.Read(request.Workspace, request.TrustWorkspace), errors) : null;
        var sources = request
            .TaskFiles.Select(path => Try(() => TaskFileReader.Read(files.Read(path), files.Read), errors))
            .ToList();
        var catalog = request.ModelsFile is { } models
            ? Try(() => ModelCatalog.Read(files.Read(models)), errors)
            : ModelCatalog.BuiltIn;
        var session = request.SessionFile is { } earlier ? Try(() => SessionReader.Read(earlier), errors) : null;
        ThrowIfAny(errors);

        errors.AddRange(InputValue.Unknown([.. sources.Select(source => source!)], request.Inputs));
        sources =
        [
            .. sources.Select(source =>
                Try(() => source! with { Inputs = InputValue.Resolve(source!, request.Inputs, files.Read) }, errors)
            ),
        ];
        ThrowIfAny(errors);

        var runId = request.RunId ?? RunId.Create(request.Time, request.Random);
        var all = TaskChoice.Of(request, [.. sources.Select(source => source!)]);
        var chosen = TaskChoice.In(request.Shard, all);
        var durations = RecordedDurations.Read(request);
        List<Hook> hooks = [];
        foreach (var policy in policies)
            hooks.AddRange(HookPlanner.Of(policy!.Document, policy.Document.Value.Hooks));
        foreach (var source in request.TrustWorkspace ? [settings, found] : new[] { settings })
        {
            if (source is not null)
                hooks.AddRange(HookPlanner.Of(source.Document, source.Document.Value.Hooks));
        }
        McpServerSource[] servers =
        [
            .. mcp?.Servers ?? [],
            .. found is not null && request.TrustWorkspace
                ? McpServerSource.Of(found.Document, found.Document.Value.McpServers)
                : [],
            .. settings is null ? [] : McpServerSource.Of(settings.Document, settings.Document.Value.McpServers),
        ];
        Policy?[] ceilings =
        [
            .. policies,
            settings?.Narrowing(limits: false, allow: true),
            found?.Narrowing(limits: true, allow: false),
        ];
        var planner = new TaskPlanner(
            request,
            [.. ceilings.OfType<Policy>()],
            settings,
            hooks,
            servers,
            new ExtensionPlanner(request, files, settings, found),
            catalog!,
            session,
            runId
        );
        var tasks = chosen.Select(task => Try(() => planner.Plan(task.Variant, task.Id, task.File), errors)).ToList();
        if (session is not null && tasks.Count != 1)
            errors.Add(
                new(session.Name, null, null, $"a session is one task's to go on from, and these are {tasks.Count}")
            );
        ThrowIfAny(errors);
        return new RunPlan(
            runId,
            Path.GetFullPath(request.OutDirectory),
            [.. tasks.Select(task => task! with { Expected = durations.Of(task!.Id) })],
            request.CommandLine.Timeout,
            request.CommandLine.MaxCostUsd
        )
        {
            Workers = request.CommandLine.Workers ?? Math.Clamp(Environment.ProcessorCount / 2, 1, MostWorkersUnasked),
            MaxFailures = request.CommandLine.MaxFailures,
            Workspace = Path.GetFullPath(request.Workspace),
            Shard = request.Shard,
            ShardFile = request.Shard is { } shard ? ShardFileOf(shard, all, request, ceilings) : null,
            Warnings =
            [
                .. found is null ? [] : WorkspaceSettings.Ignored(found.Document.Value, request.TrustWorkspace),
                .. mcp?.Warnings ?? [],
                .. tasks
                    .SelectMany(task => task!.Parts)
                    .Where(part => part is { Kind: "plugin" or "skill", Refused: not null })
                    .Select(part => $"The {part.Kind} {part.Name} ({part.Source}) takes no part: {part.Refused}.")
                    .Distinct(),
            ],
        };
    }

    /// <summary>Tasks are the same for two shards when file, inputs, policies and the commit under the checkout are.</summary>
    private static ShardFile ShardFileOf(
        Shard shard,
        IReadOnlyList<TaskChoice> tasks,
        RunRequest request,
        IReadOnlyList<Policy?> ceilings
    )
    {
        var commit = BaseCommit.Read(Path.GetFullPath(request.Workspace));
        var policies = string.Join('\n', ceilings.OfType<Policy>().Select(policy => policy.Document.File.Sha256));
        string Inputs(TaskSource task) =>
            string.Concat(task.Inputs.Select(value => $"\0{value.Input.Name}={value.Text}"));
        // What is cloned is told apart by its ref, as the file says it.
        string? Under(TaskVariant task) =>
            task.Target is { Address: null, Section: { Ref: null, Repository: var directory } }
                ? BaseCommit.Read(Path.GetFullPath(directory, Path.GetFullPath(request.Workspace)))
                : commit;
        string Hash(TaskChoice task) =>
            Convert.ToHexStringLower(
                SHA256.HashData(
                    Encoding.UTF8.GetBytes(
                        $"{task.Variant.Source.Document.File.Sha256}\n{policies}\n{Under(task.Variant)}\n{request.CommandLine.Model}{Inputs(task.Variant.Source)}"
                    )
                )
            );
        return ShardFile.Of(shard, commit, tasks.ToDictionary(task => task.Id, Hash));
    }

    private static string? Existing(string? path) => File.Exists(path) ? path : null;

    private static T? Try<T>(Func<T> read, List<UserError> errors)
        where T : class
    {
        try
        {
            return read();
        }
        catch (UserErrorException e)
        {
            errors.AddRange(e.Errors);
            return null;
        }
    }

    private static void ThrowIfAny(List<UserError> errors)
    {
        if (errors.Count > 0)
            throw new UserErrorException([.. errors.Distinct()]);
    }
}
