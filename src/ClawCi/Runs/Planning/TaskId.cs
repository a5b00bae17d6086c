using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace ClawCi.Runs.Planning;

/// <summary>Makes the ids of tasks: <c>[a-z0-9._-]</c>, at most 80 characters, unique in the run, good as directory names.</summary>
internal static partial class TaskId
{
    private const int MaxLength = 80;

    /// <param name="names">Of all tasks, in their order; the ids come in the same order.</param>
    public static IReadOnlyList<string> Create(IReadOnlyList<string> names)
    {
        HashSet<string> taken = [];
        List<string> ids = [];
        for (var i = 0; i < names.Count; i++)
        {
            var slug = Slug(names[i]);
            var id = slug.Length is > 0 and <= MaxLength && !taken.Contains(slug) ? slug : WithHash(slug, names[i], i);
            taken.Add(id);
            ids.Add(id);
        }
        return ids;
    }

    private static string Slug(string name) => Others().Replace(name.ToLowerInvariant(), "-").Trim('-', '.');

    private static string WithHash(string slug, string name, int index)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{name}\n{index}")))[..8];
        var kept = slug.Length > MaxLength - 9 ? slug[..(MaxLength - 9)] : slug;
        return kept.Length == 0 ? $"task-{hash}" : $"{kept}-{hash}";
    }

    [GeneratedRegex("[^a-z0-9._]+")]
    private static partial Regex Others();
}
