using System.Text;

namespace ClawCi.Prompts;

/// <summary>A skill as a model is told of it.</summary>
/// <param name="IsData">Whether nobody whom the run trusts has written it.</param>
internal sealed record SkillLine(string Name, string Description, bool IsData)
{
    private const int LongestDescription = 240;

    /// <summary>More than this of all together crowds out the task; descriptions are cut before a skill goes unnamed.</summary>
    private const int MaxBytes = 4096;

    /// <summary>A line for each, in order; empty without any.</summary>
    public static string List(IEnumerable<SkillLine> skills)
    {
        var all = skills.ToList();
        for (var longest = LongestDescription; ; longest /= 2)
        {
            var text = string.Concat(all.Select(skill => skill.Line(longest)));
            if (longest == 0 || Encoding.UTF8.GetByteCount(text) <= MaxBytes)
                return text;
        }
    }

    private string Line(int longest)
    {
        if (longest == 0)
            return $"- {Name}\n";
        var description = VisibleText.Line(Description);
        return $"- {Name}: {(description.Length <= longest ? description : description[..longest] + "…")}\n";
    }
}
