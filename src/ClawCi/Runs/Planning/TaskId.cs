using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace ClawCi.Runs.Planning;

/// <summary>
/// Makes the ids of tasks: <c>[a-z0-9._-]</c>, at most 80 characters, unique in the run, good as directory names. The same task
/// has the same id in another run, whatever else runs with it and in whichever order: shards and reports are told apart by it.
/// </summary>
internal static partial class TaskId
{
    private const int MaxLength = 80;

    /// <param name="tasks">
    /// What each id is made of, and what tells the task apart from one whose id would be the same. The ids come in the same order.
    /// </param>
    public static IReadOnlyList<string> Create(IReadOnlyList<(string Words, string Identity)> tasks)
    {
        var slugs = tasks.Select(task => Slug(task.Words)).ToList();
        var plain = slugs
            .CountBy(slug => slug)
            .Where(slug => slug is { Value: 1, Key.Length: > 0 and <= MaxLength })
            .Select(slug => slug.Key)
            .ToHashSet();
        HashSet<string> taken = [.. plain];
        List<string> ids = [];
        foreach (var (slug, (_, identity)) in slugs.Zip(tasks))
        {
            var id = slug;
            // The same file twice: only the order tells one from the other.
            for (var again = 0; !plain.Contains(slug); again++)
            {
                id = WithHash(slug, again == 0 ? identity : $"{identity}\n{again}");
                if (taken.Add(id))
                    break;
            }
            ids.Add(id);
        }
        return ids;
    }

    private static string Slug(string name) => Others().Replace(name.ToLowerInvariant(), "-").Trim('-', '.');

    private static string WithHash(string slug, string identity)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity)))[..8];
        var kept = slug.Length > MaxLength - 9 ? slug[..(MaxLength - 9)] : slug;
        return kept.Length == 0 ? $"task-{hash}" : $"{kept}-{hash}";
    }

    [GeneratedRegex("[^a-z0-9._]+")]
    private static partial Regex Others();
}
