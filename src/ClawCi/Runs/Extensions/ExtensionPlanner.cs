using ClawCi.Configuration;
using ClawCi.Events;
using ClawCi.Runs.Planning;
using ClawCi.Runs.Planning.TaskFiles;
using ClawCi.Runs.Settings;
using ClawCi.Runs.Trust;

namespace ClawCi.Runs.Extensions;

/// <summary>
/// Settles which commands, skills and plugins take part in a task. Files are read, nothing is started. What was named is the caller's
/// word; of what is found in an untrusted workspace only text counts, and as data.
/// </summary>
/// <param name="settings">The file of <c>--settings</c>.</param>
/// <param name="found">The workspace's own.</param>
internal sealed class ExtensionPlanner(
    RunRequest request,
    NamedFiles files,
    SettingsSource? settings,
    SettingsSource? found
)
{
    private const int MostSkills = 64;
    private const string PluginsDirectory = ".claw/plugins";
    private const string NeedsTrust = "found in the workspace; --trust-workspace lets it take part";

    private static readonly string[] SkillDirectories = [".claw/skills", ".claude/skills"];

    /// <exception cref="UserErrorException">Something that was named cannot be had, or is wrong.</exception>
    /// <exception cref="UntrustedException">A command or plugin is a pull request's own.</exception>
    public PlannedExtensions Resolve(TaskSource task, Origins origins)
    {
        List<LoadedPart> parts = [.. Refused()];
        var plugins = Plugins(task, parts, origins);
        var skills = Skills(task, plugins, parts, origins);
        var named = new CommandPrompt(files, plugins, request.TrustWorkspace).Resolve(task);
        if (named is var (command, _))
        {
            parts.Add(new("command", "/" + command.Name, command.Source));
            origins.Add("prompt.command", "/" + command.Name, command.Source);
        }
        return new(
            named?.Text ?? task.Prompt,
            named?.Command,
            [.. plugins.SelectMany(plugin => HookPlanner.Of(plugin.Document, plugin.Document.Value.Hooks))],
            [.. plugins.SelectMany(plugin => McpServerSource.Of(plugin.Document, plugin.Document.Value.McpServers))],
            skills,
            parts
        );
    }

    /// <summary>What the workspace's settings would start, were they trusted.</summary>
    private IEnumerable<LoadedPart> Refused()
    {
        if (found is null || request.TrustWorkspace)
            yield break;
        var own = found.Document;
        foreach (var hook in HookPlanner.Of(own, own.Value.Hooks))
            yield return new("hook", HookPlanner.Words(hook), hook.Source, NeedsTrust);
        foreach (var server in McpServerSource.Of(own, own.Value.McpServers))
            yield return new("mcp-server", server.Name, server.Source, NeedsTrust);
    }

    private List<Plugin> Plugins(TaskSource task, List<LoadedPart> parts, Origins origins)
    {
        List<Plugin> plugins = [];
        List<UserError> errors = [];
        foreach (
            var read in Named(task.Document, task.File.Plugins)
                .Concat(settings is null ? [] : Named(settings.Document, settings.Document.Value.Plugins))
                .Concat(FoundPlugins(parts))
        )
        {
            try
            {
                var plugin = read();
                if (plugins.Exists(other => other.Name == plugin.Name))
                {
                    parts.Add(new("plugin", plugin.Name, plugin.Source, "another plugin has that name"));
                    continue;
                }
                plugins.Add(plugin);
                parts.Add(new("plugin", plugin.Name, plugin.Source));
            }
            catch (UserErrorException e)
            {
                errors.AddRange(e.Errors);
            }
        }
        if (errors.Count > 0)
            throw new UserErrorException(errors);
        origins.Add(
            "plugins",
            plugins.Count == 0 ? "none" : string.Join(", ", plugins.Select(plugin => plugin.Name)),
            plugins.Count == 0 ? Origins.BuiltIn : string.Join(", ", plugins.Select(plugin => plugin.Source).Distinct())
        );
        return plugins;
    }

    private IEnumerable<Func<Plugin>> Named<T>(SourceDocument<T> document, IReadOnlyList<string>? directories) =>
        (directories ?? []).Select(
            (directory, i) =>
                (Func<Plugin>)(
                    () =>
                        ReadPlugin(
                            TaskSource.Resolve(document.File.Name, directory),
                            document.SourceOf("plugins", i),
                            message =>
                            {
                                var place = document.PlaceOf("plugins", i);
                                return new(document.File.Name, place.Line, place.Column, message);
                            }
                        )
                )
        );

    /// <summary>In the workspace: those its settings name, and those in its directory of plugins.</summary>
    private IEnumerable<Func<Plugin>> FoundPlugins(List<LoadedPart> parts)
    {
        string[] directories =
        [
            .. (found?.Document.Value.Plugins ?? []).Select(BesideSettings),
            .. files
                .Workspace.Names(PluginsDirectory)
                .Select(name => $"{PluginsDirectory}/{name}")
                .Where(path => files.Workspace.Find($"{path}/{PluginFile.FileName}") is not null),
        ];
        foreach (var directory in directories.Distinct())
        {
            if (request.TrustWorkspace)
                yield return () =>
                    ReadPlugin(
                        Path.GetFullPath(Path.Combine(request.Workspace, directory)),
                        directory,
                        message => new(directory, null, null, message)
                    );
            else
                parts.Add(new("plugin", Path.GetFileName(directory), directory, NeedsTrust));
        }
    }

    /// <summary>Relative to the workspace, of a path that is relative to its settings.</summary>
    private string BesideSettings(string path) =>
        Path.GetRelativePath(
            request.Workspace,
            TaskSource.Resolve(Path.Combine(request.Workspace, WorkspaceSettings.Name), path)
        );

    private Plugin ReadPlugin(string directory, string source, Func<string, UserError> error)
    {
        var manifest = Path.Combine(directory, PluginFile.FileName);
        if (request.PullRequest is null && !File.Exists(manifest))
            throw new UserErrorException([error($"there is no {PluginFile.FileName} in {directory}")]);
        var file = files.Read(manifest);
        if (file.IsFromBaseCommit)
            throw new UntrustedException(
                directory,
                "this plugin is part of a pull request, and so is what it would run. Keep plugins outside the workspace, or pass "
                    + "--trust-workspace if every author of pull requests is trusted."
            );
        return new(directory, Plugin.ReadManifest(file), source);
    }

    private List<Skill> Skills(TaskSource task, List<Plugin> plugins, List<LoadedPart> parts, Origins origins)
    {
        var directories = task.File.Skills ?? SkillDirectories;
        origins.Add(
            "skills",
            directories.Count == 0 ? "none" : string.Join(", ", directories),
            task.File.Skills is null ? Origins.BuiltIn : task.Document.SourceOf("skills")
        );
        List<Skill> skills = [];
        foreach (var plugin in plugins)
            Collect(plugin.Files, "skills", $"{plugin.Name}:", isData: false, isThere: false);
        foreach (var (i, directory) in directories.Index())
        {
            if (task.File.Skills is not null && files.Workspace.Names(directory).Count == 0)
                throw NoSkills(task.Document, i, directory);
            Collect(files.Workspace, directory.TrimEnd('/'), "", isData: !request.TrustWorkspace, isThere: true);
        }
        return skills;

        void Collect(PlainFiles place, string directory, string prefix, bool isData, bool isThere)
        {
            foreach (var name in place.Names(directory))
            {
                var path = $"{directory}/{name}";
                try
                {
                    if (place.Find($"{path}/{Skill.FileName}") is not { } file)
                        continue;
                    var (own, description) = Skill.Read(file, name);
                    var problem =
                        skills.Exists(skill => skill.Name == prefix + own) ? "another skill has that name"
                        : skills.Count == MostSkills ? $"there are {MostSkills} already"
                        : null;
                    parts.Add(new("skill", prefix + own, file.Name, problem));
                    if (problem is null)
                        skills.Add(
                            new(prefix + own, description, place, path, isData) { InSandbox = isThere ? path : null }
                        );
                }
                catch (UserErrorException e) when (isData)
                {
                    // Whoever may write to the repository may not stop its runs.
                    parts.Add(new("skill", name, path, e.Errors[0].ToString()));
                }
            }
        }
    }

    private static UserErrorException NoSkills(SourceDocument<TaskFile> document, int index, string directory)
    {
        var place = document.PlaceOf("skills", index);
        return new([
            new(
                document.File.Name,
                place.Line,
                place.Column,
                $"the workspace has no directory {SourceNode.Quote(directory)}, or nothing is in it; a skill is a directory in there with a {Skill.FileName}"
            ),
        ]);
    }
}
