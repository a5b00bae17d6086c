using System.Globalization;

namespace ClawCi.ToolServer.Commands;

/// <summary>Everything that one command started, however it tried to get away.</summary>
/// <param name="Session">The command's session, which is also its process group.</param>
/// <param name="Mark">A variable that only this command's environment holds: a daemon keeps it through setsid and double fork.</param>
internal sealed record ProcessFamily(int Session, string Mark)
{
    private const int Kill = 9;
    private const int Rounds = 50;
    private const int EnvironmentBytes = 256 * 1024;

    public void Signal(int signal)
    {
        _ = CommandLibc.Kill(-Session, signal);
        foreach (var pid in Members())
            _ = CommandLibc.Kill(pid, signal);
    }

    /// <summary>Kills until nothing is left, or something forks faster than we kill.</summary>
    public void KillAll()
    {
        for (var round = 0; round < Rounds; round++)
        {
            _ = CommandLibc.Kill(-Session, Kill);
            var left = Members();
            if (left.Count == 0)
                return;
            foreach (var pid in left)
                _ = CommandLibc.Kill(pid, Kill);
        }
    }

    /// <summary>Kills all descendants of this process.</summary>
    public static void KillDescendants()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var processes = All();
            var family = new HashSet<int> { Environment.ProcessId };
            for (var before = 0; before < family.Count; )
            {
                before = family.Count;
                family.UnionWith(processes.Where(p => family.Contains(p.Parent)).Select(p => p.Pid).ToList());
            }
            family.Remove(Environment.ProcessId);
            if (family.Count == 0)
                return;
            foreach (var pid in family)
                _ = CommandLibc.Kill(pid, Kill);
        }
    }

    private List<int> Members() =>
        [
            .. All()
                .Where(p => p.Session == Session || p.Pid != Environment.ProcessId && HasMark(p.Pid))
                .Select(p => p.Pid),
        ];

    private bool HasMark(int pid) => ReadProc($"/proc/{pid}/environ").Contains(Mark, StringComparison.Ordinal);

    /// <summary>All living processes. Dead ones that wait to be reaped are not among them.</summary>
    private static List<(int Pid, int Parent, int Session)> All()
    {
        var result = new List<(int, int, int)>();
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(directory), CultureInfo.InvariantCulture, out var pid))
                continue;
            var stat = ReadProc($"{directory}/stat");
            // The name stands in parentheses and may hold anything: fields are counted from its end.
            var fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length > 3 && fields[0] is not ("Z" or "X"))
                result.Add((pid, Number(fields[1]), Number(fields[3])));
        }
        return result;
    }

    private static int Number(string field) => int.Parse(field, CultureInfo.InvariantCulture);

    /// <summary>Empty when the process is gone, or not ours to look into.</summary>
    private static string ReadProc(string path)
    {
        try
        {
            using var file = File.OpenHandle(path);
            var buffer = new byte[EnvironmentBytes];
            var length = 0;
            while (RandomAccess.Read(file, buffer.AsSpan(length), length) is > 0 and var read)
                length += read;
            return System.Text.Encoding.Latin1.GetString(buffer, 0, length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
