using ClawCi.Configuration;
using ClawCi.Permissions;
using ClawCi.Runs.Planning;
using ClawCi.Runs.Trust;

namespace ClawCi.Runs.Extensions;

/// <summary>A directory that brings commands, skills, hooks and MCP servers. Whoever named it speaks through it.</summary>
/// <param name="Directory">Absolute.</param>
/// <param name="Source">Who named it.</param>
internal sealed record Plugin(string Directory, SourceDocument<PluginFile> Document, string Source)
{
    private const string CommandsDirectory = "commands";

    public string Name => Document.Value.Name;

    /// <summary>What lies in its directory.</summary>
    public PlainFiles Files => new(Directory, Directory);

    /// <summary>As prompts name them: <c>plugin:command</c>.</summary>
    public IEnumerable<string> CommandNames => Files.Commands(CommandsDirectory).Select(name => $"{Name}:{name}");

    /// <summary>Its command of that name; null when that is not one of its own.</summary>
    /// <exception cref="UserErrorException">All mistakes of the command's file.</exception>
    public Command? Command(string name)
    {
        if (!name.StartsWith($"{Name}:", StringComparison.Ordinal))
            return null;
        var path = name[(Name.Length + 1)..].Replace(':', '/');
        return Files.Find($"{CommandsDirectory}/{path}.md") is { } file
            ? Extensions.Command.Read(name, file, mayRun: true)
            : null;
    }

    /// <exception cref="UserErrorException">All mistakes of its manifest.</exception>
    public static SourceDocument<PluginFile> ReadManifest(SourceFile file) =>
        StrictReader.Read(
            file,
            PluginFileJson.Default.PluginFile,
            (root, errors) =>
            {
                McpServerCheck.Check(root["mcp-servers"]?.Value, errors);
                HookReader.Check(root["hooks"]?.Value, errors);
            }
        );
}
