using System.Text.RegularExpressions;
using ClawCi.Configuration;
using ClawCi.Permissions;
using ClawCi.Runs.Extensions;
using ClawCi.Runs.Trust;

namespace ClawCi.Runs.Subagents;

/// <summary>
/// Types of subagents from Markdown files of the workspace. What they say is data: it describes a type, and may take tools away from
/// it, never add one.
/// </summary>
internal static partial class SubagentFiles
{
    private const int Most = 16;
    private const int MostCharacters = 16_000;
    private const int LongestDescription = 200;
    private static readonly string[] Directories = [".claw/agents", ".claude/agents"];

    /// <param name="models">Of the task; a file may choose among them.</param>
    /// <param name="note">Told of each file, and what came of it.</param>
    public static IReadOnlyList<SubagentType> Find(
        string checkout,
        IReadOnlyList<string> models,
        Action<string, string> note
    )
    {
        List<SubagentType> types = [SubagentType.General];
        var files = new PlainFiles(checkout, "");
        foreach (var path in Directories.SelectMany(directory => Paths(files, directory)).Take(Most))
        {
            try
            {
                var type = Read(files, path, models);
                if (types.Exists(other => other.Name == type.Name))
                    throw new UserErrorException(path, $"there is a type `{type.Name}` already");
                types.Add(type);
                note(path, type.Only is null ? type.Name : $"{type.Name}: {string.Join(", ", type.Only.Rules)}");
            }
            catch (UserErrorException e)
            {
                note(path, $"not used: {e.Errors[0].Message}");
            }
        }
        return types;
    }

    private static IEnumerable<string> Paths(PlainFiles files, string directory) =>
        files
            .Names(directory)
            .Where(name => name.EndsWith(".md", StringComparison.Ordinal))
            .Select(name => $"{directory}/{name}");

    private static SubagentType Read(PlainFiles files, string path, IReadOnlyList<string> models)
    {
        var file = files.Find(path) ?? throw new UserErrorException(path, "it is no plain file");
        if (file.Text.Length > MostCharacters)
            throw new UserErrorException(path, $"it is longer than {MostCharacters} characters");
        var markdown = MarkdownFile.Read(file);
        var errors = new SourceErrors(path);
        var name = markdown.Text("name", errors) ?? Path.GetFileNameWithoutExtension(path);
        var description = markdown.Text("description", errors);
        var tools = markdown.List("tools", errors);
        var model = markdown.Text("model", errors);
        errors.ThrowIfAny();
        if (!NameShape().IsMatch(name))
            throw new UserErrorException(path, "its name is not made of lower-case letters, digits and hyphens");
        if (description is null)
            throw new UserErrorException(path, "it has no `description`");
        description = VisibleText.Line(description);
        if (description.Length > LongestDescription)
            description = description[..LongestDescription] + "…";
        return new(name, description, markdown.Body.Trim())
        {
            Source = path,
            Only = tools is null ? null : new PolicyLayer(Rules(path, tools)),
            // Another model than the task's would be the workspace's word on what the run costs, and who reads it.
            Model = models.FirstOrDefault(one => one == model),
        };
    }

    private static List<Rule> Rules(string path, IReadOnlyList<SourceScalar> tools)
    {
        var rules = tools
            .Select(tool =>
                RuleSpelling
                    .Parse(tool.Text, out _)
                    ?.ToRule("tools", Path.GetFileName(path), tool.Place.Line, RuleEffect.Allow)
            )
            .OfType<Rule>()
            .ToList();
        return rules.Count > 0 ? rules : throw new UserErrorException(path, "its `tools` name no tool that there is");
    }

    [GeneratedRegex(@"^[a-z0-9][a-z0-9-]{0,39}\z")]
    private static partial Regex NameShape();
}
