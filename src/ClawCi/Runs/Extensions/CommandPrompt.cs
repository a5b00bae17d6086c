using System.Text.RegularExpressions;
using ClawCi.Configuration;
using ClawCi.Runs.Planning;
using ClawCi.Runs.Trust;

namespace ClawCi.Runs.Extensions;

/// <summary>Finds the command that a prompt's first word names: the workspace's own, a plugin's, or a built-in one.</summary>
internal sealed partial class CommandPrompt(NamedFiles files, IReadOnlyList<Plugin> plugins, bool trustsWorkspace)
{
    private static readonly string[] Directories = [".claw/commands", ".claude/commands"];

    /// <summary>What a sentence may begin with that is no command.</summary>
    private static readonly string[] Paths =
    [
        .. "bin boot dev etc home lib lib64 media mnt opt proc root run sbin srv sys tmp usr var workspace".Split(' '),
    ];

    /// <returns>Null when the prompt is none.</returns>
    /// <exception cref="UserErrorException">There is no such command, or it is wrong.</exception>
    public (Command Command, string Text)? Resolve(TaskSource task)
    {
        if (Start().Match(task.Prompt) is not { Success: true } start)
            return null;
        var name = start.Groups["name"].Value;
        if (Find(name) is { } command)
            return (command, command.Expand(task.Prompt[start.Length..].Trim()));
        if (Paths.Contains(name))
            return null;
        var meant = DidYouMean.Suffix("/" + name, Names());
        var place = task.Document.PlaceOf(task.File.Prompt is null ? "prompt-file" : "prompt");
        throw new UserErrorException([
            new(
                task.Document.File.Name,
                place.Line,
                place.Column,
                $"there is no command {SourceNode.Quote("/" + name)}{meant}{(meant.Length == 0 ? "." : "")} A prompt that is not to begin with a command needs another first word."
            ),
        ]);
    }

    private Command? Find(string name)
    {
        var path = name.Replace(':', '/') + ".md";
        foreach (var directory in Directories)
        {
            if (files.Find($"{directory}/{path}") is { } found)
                return Command.Read(name, found, trustsWorkspace);
        }
        return plugins.Select(plugin => plugin.Command(name)).FirstOrDefault(command => command is not null)
            ?? BuiltInCommands.All.FirstOrDefault(command => command.Name == name);
    }

    /// <summary>All that there are, for whoever mistyped one.</summary>
    private IEnumerable<string> Names() =>
        Directories
            .SelectMany(files.Workspace.Commands)
            .Concat(plugins.SelectMany(plugin => plugin.CommandNames))
            .Concat(BuiltInCommands.All.Select(command => command.Name))
            .Distinct()
            .Select(name => "/" + name);

    /// <summary>No path has it: a slash, a word, and then an end.</summary>
    [GeneratedRegex(@"^\s*/(?<name>[A-Za-z][A-Za-z0-9_-]*(:[A-Za-z0-9][A-Za-z0-9_-]*)*)(?=\s|$)")]
    private static partial Regex Start();
}
