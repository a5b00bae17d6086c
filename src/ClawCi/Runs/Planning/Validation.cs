using ClawCi.Configuration;
using ClawCi.Models;
using ClawCi.Models.Scripted;
using ClawCi.Permissions;
using ClawCi.Runs.Continuing;
using ClawCi.Runs.Extensions;
using ClawCi.Runs.Planning.TaskFiles;
using ClawCi.Runs.Settings;
using ClawCi.Sessions;

namespace ClawCi.Runs.Planning;

/// <summary>Checks one file of whichever kind: task, policy, cases for a policy, settings, script, models, plugin, command, skill or session.</summary>
internal static class Validation
{
    /// <returns>Warnings: the file is right, but not all of it does what it seems to.</returns>
    /// <exception cref="UserErrorException">All mistakes of the file.</exception>
    public static IReadOnlyList<UserError> Check(string path) =>
        Check(
            Path.GetFileName(path) == TaskDirectory.SessionName
                ? SourceFile.Read(path, SessionFile.MaxBytes)
                : SourceFile.Read(path)
        );

    /// <inheritdoc cref="Check(string)"/>
    public static IReadOnlyList<UserError> Check(SourceFile file)
    {
        if (SessionReader.IsSession(file))
        {
            SessionReader.Read(file);
            return [];
        }
        switch (KindOf(file))
        {
            case FileKind.Skill:
                Skill.Read(file, Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(file.Name))!));
                return [];
            case FileKind.Command:
                Command.Read(Path.GetFileNameWithoutExtension(file.Name), file, mayRun: true);
                return [];
            case FileKind.Plugin:
                Plugin.ReadManifest(file);
                return [];
            case FileKind.Policy:
                var policy = Policy.Read(file);
                return [.. Warnings(file.Name, policy.Layer, policy.Document.Value.Mode)];
            case FileKind.PolicyTest:
                PolicyTests.Read(file);
                return [];
            case FileKind.Settings:
                SettingsSource.Read(file);
                return [];
            case FileKind.Script:
                ScriptReader.Read(file);
                return [];
            case FileKind.Models:
                ModelsFile.Read(file);
                return [];
            default:
                var task = TaskFileReader.Read(file, SourceFile.Read);
                var layer = TaskRules.Of(task.Document);
                return [.. Warnings(file.Name, layer, task.File.Permissions?.Mode), .. RequiredButDenied(task, layer)];
        }
    }

    /// <summary>By its name where that says it, else by the keys at the top, so that a mistake in one of them does not change the kind.</summary>
    private static FileKind KindOf(SourceFile file)
    {
        if (file.Name.EndsWith(".md", StringComparison.Ordinal))
            return Path.GetFileName(file.Name) == Skill.FileName ? FileKind.Skill : FileKind.Command;
        if (Path.GetFileName(file.Name) == PluginFile.FileName)
            return FileKind.Plugin;
        if (SourceTree.Read(file, new SourceErrors(file.Name)) is not SourceMapping root)
            return FileKind.Task;
        // Every key of settings is one of a task or a policy too.
        if (Path.GetFileNameWithoutExtension(file.Name).EndsWith("settings", StringComparison.Ordinal))
            return FileKind.Settings;
        return Enum.GetValues<FileKind>()
            .Where(kind => kind <= FileKind.Models)
            .MaxBy(kind => root.Entries.Count(entry => Keys(kind).Contains(entry.Key)));
    }

    private static IEnumerable<string> Keys(FileKind kind) =>
        (
            kind switch
            {
                FileKind.Task => (System.Text.Json.Serialization.Metadata.JsonTypeInfo)TaskFileJson.Default.TaskFile,
                FileKind.Policy => PolicyFileJson.Default.PolicyFile,
                FileKind.PolicyTest => PolicyTestJson.Default.PolicyTestFile,
                FileKind.Settings => SettingsFileJson.Default.SettingsFile,
                FileKind.Models => ModelsFileJson.Default.ModelsFile,
                _ => ScriptJson.Default.Script,
            }
        ).Properties.Select(property => property.Name);

    private static IEnumerable<UserError> Warnings(string file, PolicyLayer layer, PermissionMode? mode) =>
        PolicyWarnings.Of(layer, mode).Select(warning => new UserError(file, warning.Line, 1, warning.Message));

    private static IEnumerable<UserError> RequiredButDenied(TaskSource task, PolicyLayer layer)
    {
        var place = task.Document.PlaceOf("permissions", "required-tools");
        foreach (var name in task.File.Permissions?.RequiredTools ?? [])
        {
            if (layer.Hides(ToolNames.Resolve(name)!) is { } rule)
                yield return new(
                    task.Document.File.Name,
                    place.Line,
                    place.Column,
                    $"the required tool {name} is denied by rule `{rule.Id}`: the task would always end policy-blocked"
                );
        }
    }

    private enum FileKind
    {
        Task,
        Policy,
        PolicyTest,
        Script,
        Settings,
        Models,
        Skill,
        Command,
        Plugin,
    }
}
