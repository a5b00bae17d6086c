using System.Text;
using System.Text.RegularExpressions;
using ClawCi.ChangeSets.Posix;
using ClawCi.Configuration;
using ClawCi.Permissions;
using Microsoft.Win32.SafeHandles;

namespace ClawCi.Runs.Subagents;

/// <summary>
/// Types of subagents from Markdown files of the workspace. What they say is data: it describes a type, and may take tools away from
/// it, never add one.
/// </summary>
internal static partial class SubagentFiles
{
    private const int Most = 16;
    private const int MostBytes = 16 << 10;
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
        using var root = Tree.OpenRoot(checkout);
        foreach (var path in Directories.SelectMany(directory => Files(checkout, directory)).Take(Most))
        {
            try
            {
                var type = Read(root, path, models);
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

    /// <summary>The names alone. That none leads out of the checkout is seen to where they are opened.</summary>
    private static IEnumerable<string> Files(string checkout, string directory)
    {
        var full = new DirectoryInfo(Path.Combine(checkout, directory));
        return full is { Exists: true, LinkTarget: null }
            ? full.EnumerateFiles("*.md").Select(file => $"{directory}/{file.Name}").Order(StringComparer.Ordinal)
            : [];
    }

    private static SubagentType Read(SafeFileHandle root, string path, IReadOnlyList<string> models)
    {
        var file = FrontMatter.Read(SourceFile.From(path, Bytes(root, path)));
        var name = file["name"] ?? Path.GetFileNameWithoutExtension(path);
        if (!NameShape().IsMatch(name))
            throw new UserErrorException(path, "its name is not made of lower-case letters, digits and hyphens");
        if (file["description"] is not { Length: > 0 } description)
            throw new UserErrorException(path, "it has no `description`");
        description = VisibleText.Line(description.Trim());
        if (description.Length > LongestDescription)
            description = description[..LongestDescription] + "…";
        return new(name, description, VisibleText.Of(file.Text))
        {
            Source = path,
            Only = file.Words("tools") is { } tools ? new PolicyLayer(Rules(path, tools)) : null,
            // Another model than the task's would be the workspace's word on what the run costs, and who reads it.
            Model = models.FirstOrDefault(model => model == file["model"]),
        };
    }

    private static List<Rule> Rules(string path, IReadOnlyList<string> tools)
    {
        var rules = tools
            .Select(tool =>
                RuleSpelling.Parse(tool, out _)?.ToRule("tools", Path.GetFileName(path), 1, RuleEffect.Allow)
            )
            .OfType<Rule>()
            .ToList();
        return rules.Count > 0 ? rules : throw new UserErrorException(path, "its `tools` name no tool that there is");
    }

    private static byte[] Bytes(SafeFileHandle root, string path)
    {
        using var file = Beneath.Open(root, Encoding.UTF8.GetBytes(path), OpenFlags.Read, out _);
        if (file is null || !Tree.Status(file).IsFile)
            throw new UserErrorException(path, "it is no plain file");
        var bytes = new byte[MostBytes + 1];
        var length = RandomAccess.Read(file, bytes, 0);
        return length <= MostBytes
            ? bytes[..length]
            : throw new UserErrorException(path, $"it is longer than {MostBytes >> 10} KiB");
    }

    [GeneratedRegex(@"^[a-z0-9][a-z0-9-]{0,39}\z")]
    private static partial Regex NameShape();
}
