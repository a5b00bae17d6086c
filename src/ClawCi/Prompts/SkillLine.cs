using System.Text;

namespace ClawCi.Prompts;

/// <summary>A skill as a model is told of it.</summary>
/// <param name="IsData">Whether nobody whom the run trusts has written it.</param>
internal sealed record SkillLine(string Name, string Description, bool IsData)
{
    private const int LongestDescription = 240;
    private const int ShortDescription = 40;

    /// <summary>More than this of all together crowds out the task; descriptions are cut before a skill goes unnamed.</summary>
    private const int MaxBytes = 4096;

    /// <summary>A line for each, in order; empty without any.</summary>
    public static string List(IEnumerable<SkillLine> skills)
    {
        var all = skills.ToList();
        var lines = all.Select(skill => skill.Line(LongestDescription));
        var text = string.Concat(lines);
        return Encoding.UTF8.GetByteCount(text) <= MaxBytes
            ? text
            : string.Concat(all.Select(skill => skill.Line(ShortDescription)));
    }

    private string Line(int longest)
    {
        var description = VisibleText.Line(Description);
        return $"- {Name}: {(description.Length <= longest ? description : description[..longest] + "…")}\n";
    }
}
