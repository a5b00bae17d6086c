using System.Security.Cryptography;
using ClawCi.ChangeSets.Posix;

namespace ClawCi.Sandboxes.Local;

/// <summary>
/// Who the agent is where there is no container. A root runner gives it a user that nobody else is; any other runner has
/// only its own to give.
/// </summary>
/// <param name="Id">User and group; null is the runner's own.</param>
internal sealed record LocalUser(uint? Id)
{
    // Within what user namespaces usually map, above what distributions give out.
    private const int Lowest = 20_000;
    private const int Highest = 60_000;

    public static LocalUser Choose()
    {
        if (Libc.GetEUid() != 0)
            return new LocalUser(default(uint?));
        var known = KnownIds();
        while (true)
        {
            var id = RandomNumberGenerator.GetInt32(Lowest, Highest);
            if (!known.Contains(id))
                return new LocalUser((uint)id);
        }
    }

    /// <summary>In words, whom it will choose.</summary>
    public static string Describe() => Libc.GetEUid() == 0 ? "a user of its own" : "the same user as claw-ci";

    /// <summary>As the guard takes it.</summary>
    public override string ToString() => Id is { } id ? $"{id}" : "-";

    private static HashSet<int> KnownIds()
    {
        var known = new HashSet<int>();
        foreach (var file in (string[])["/etc/passwd", "/etc/group"])
        {
            if (!File.Exists(file))
                continue;
            foreach (var line in File.ReadLines(file))
                if (line.Split(':') is [_, _, var id, ..] && int.TryParse(id, out var number))
                    known.Add(number);
        }
        return known;
    }
}
