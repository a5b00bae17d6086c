using ClawCi.ChangeSets;
using ClawCi.Events;
using ClawCi.Sessions;

namespace ClawCi.Runs.Gates;

/// <summary>
/// Looks for secrets in what a patch would carry. A value that the run knows may be on neither side of a change; what
/// only looks like a token may stay where it was.
/// </summary>
internal sealed class SecretScan(SecretMasker masker)
{
    /// <summary>Findings that are listed; one is enough to withhold the patch.</summary>
    private const int Most = 100;

    private const int Window = 1 << 20;

    /// <summary>Longer than any secret that is found: what the end of a window cuts is whole in the next.</summary>
    private const int Overlap = 1 << 16;

    public IReadOnlyList<GateFinding> Scan(ChangeSet changes)
    {
        List<(GateFinding Finding, string Text)> found = [];
        foreach (var entry in changes.Entries)
        {
            if (masker.Find(entry.DisplayPath) is [var inName, ..])
                found.Add((Finding(entry, null, inName.Kind), ""));
            if (entry.New is not null)
                found.AddRange(
                    Read(changes, entry.New, masker.Find).Select(hit => (Finding(entry, hit.Line, hit.Kind), hit.Text))
                );
            if (entry.Old is { Offset: not null })
                found.AddRange(
                    Read(changes, entry.Old, masker.FindKnown)
                        .Select(hit => (Finding(entry, hit.Line, $"{hit.Kind} in the file as it was"), ""))
                );
            if (found.Count >= Most)
                break;
        }
        if (found.Count == 0)
            return [];
        var before = Before(changes);
        return [.. found.Where(hit => !before.Contains(hit.Text)).Select(hit => hit.Finding).Distinct().Take(Most)];
    }

    /// <summary>What looked like a token before the agent came, in the files that it touched: they may have moved.</summary>
    private HashSet<string> Before(ChangeSet changes) =>
        [
            .. changes
                .Entries.Select(entry => entry.Old)
                .OfType<FileState>()
                .Where(state => state.Offset is not null)
                .SelectMany(state => Read(changes, state, masker.Find))
                .Select(hit => hit.Text),
        ];

    private static GateFinding Finding(ChangeEntry entry, int? line, string kind) =>
        new(GateFinding.Secret, entry.DisplayPath, GateFinding.Block, $"holds a secret: {kind}", line, kind);

    private static IEnumerable<(int Line, string Kind, string Text)> Read(
        ChangeSet changes,
        FileState state,
        Func<string, IReadOnlyList<FoundSecret>> find
    )
    {
        using var reader = new StreamReader(changes.OpenContent(state));
        var buffer = new char[Window];
        var (kept, line) = (0, 1);
        while (true)
        {
            var length = kept + reader.ReadBlock(buffer, kept, Window - kept);
            var isLast = length < Window;
            var next = isLast ? length : Window - Overlap;
            var text = new string(buffer, 0, length);
            foreach (var secret in find(text).Where(secret => secret.Start < next))
                yield return (
                    line + text.AsSpan(0, secret.Start).Count('\n'),
                    secret.Kind,
                    text[secret.Start..secret.End]
                );
            if (isLast)
                yield break;
            line += text.AsSpan(0, next).Count('\n');
            kept = length - next;
            buffer.AsSpan(next, kept).CopyTo(buffer);
        }
    }
}
