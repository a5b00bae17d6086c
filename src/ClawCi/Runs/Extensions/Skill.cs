using ClawCi.Configuration;
using ClawCi.Runs.Trust;

namespace ClawCi.Runs.Extensions;

/// <summary>Instructions for a certain kind of work, which a model reads when it has that to do: a directory with a SKILL.md.</summary>
/// <param name="Files">Where it is found.</param>
/// <param name="Directory">Its own, relative to that.</param>
/// <param name="IsData">Whether nobody whom the run trusts has written it.</param>
internal sealed record Skill(string Name, string Description, PlainFiles Files, string Directory, bool IsData)
{
    public const string FileName = "SKILL.md";

    public string Path => $"{Directory}/{FileName}";

    /// <summary>Where the model finds its other files; null when the sandbox does not have them.</summary>
    public string? InSandbox { get; init; }

    /// <summary>Reads what is said of it at the top of its file.</summary>
    /// <param name="directoryName">What its directory is called.</param>
    /// <returns>Its name and description.</returns>
    /// <exception cref="UserErrorException">All mistakes of the file.</exception>
    public static (string Name, string Description) Read(SourceFile file, string directoryName)
    {
        var markdown = MarkdownFile.Read(file);
        var errors = new SourceErrors(file.Name);
        var name = markdown.Text("name", errors) ?? directoryName;
        var description = markdown.Text("description", errors);
        var place = markdown.Front?["name"]?.Place ?? new Place(1, 1);
        if (!TextFormats.Accepts(TextFormat.Id, name))
            errors.Add(place, $"`name` must be {TextFormats.Expected(TextFormat.Id)}, not {SourceNode.Quote(name)}");
        if (description is null && !errors.Any)
            errors.Add(new(1, 1), "a skill needs a `description` at its top, by which the model knows when to read it");
        errors.ThrowIfAny();
        return (name, description!);
    }

    /// <summary>What follows the front matter; null when it is no longer there.</summary>
    public string? Body()
    {
        try
        {
            return Files.Find(Path) is { } file ? MarkdownFile.Read(file).Body.Trim() : null;
        }
        catch (UserErrorException)
        {
            return null;
        }
    }
}
