namespace ClawCi.ChangeSets;

/// <summary>
/// What the agent changed of what it found. Paths are in the order of <see cref="ChangePath.Compare"/>, without duplicates, and no
/// entry's new file lies below another's.
/// </summary>
internal sealed class ChangeSet : IDisposable
{
    private readonly ContentSpool? _spool;
    private readonly bool _ownsSpool;
    private ChangeSet? _ofCheckout;

    internal ChangeSet(
        IReadOnlyList<ChangeEntry> entries,
        IReadOnlyList<SkippedPath> notes,
        long unlisted,
        ContentSpool? spool,
        bool ownsSpool = true
    )
    {
        _spool = spool;
        _ownsSpool = ownsSpool;
        Entries = entries;
        Skipped = [.. notes.Where(note => note.Reason != SkipReason.BaseChanged)];
        BaseChanged = [.. notes.Where(note => note.Reason == SkipReason.BaseChanged)];
        UnlistedSkips = unlisted;
    }

    /// <summary>No change; what an empty upper layer gives.</summary>
    public static ChangeSet Empty { get; } = new([], [], 0, null);

    public IReadOnlyList<ChangeEntry> Entries { get; }

    public IReadOnlyList<SkippedPath> Skipped { get; }

    /// <summary>How many more were skipped than <see cref="Skipped"/> lists.</summary>
    public long UnlistedSkips { get; }

    /// <summary>Entries whose base was changed underneath the run. Any of them means that nothing may be applied.</summary>
    public IReadOnlyList<SkippedPath> BaseChanged { get; }

    /// <summary>Nothing for a patch. Skipped paths do not count.</summary>
    public bool IsEmpty => Entries.Count == 0;

    /// <summary>
    /// What leads from the checkout, not from what setup had made of it, to what the agent left: of files that both changed
    /// the whole difference. It borrows the contents.
    /// </summary>
    public ChangeSet OfCheckout =>
        _ofCheckout ??= Entries.All(entry => entry.Own is null)
            ? this
            : new ChangeSet(
                [.. Entries.Select(entry => entry.OfCheckout()).OfType<ChangeEntry>()],
                [.. Skipped, .. BaseChanged],
                UnlistedSkips,
                _spool,
                ownsSpool: false
            );

    /// <summary>
    /// The changes that <paramref name="isRestored"/> is false for. What cannot stand beside a restored file, such as a
    /// file in place of its directory, goes too. The result borrows the contents: dispose this one last.
    /// </summary>
    public ChangeSet Without(Func<ChangeEntry, bool> isRestored)
    {
        var kept = Entries.Where(entry => !isRestored(entry)).ToList();
        if (kept.Count < Entries.Count)
        {
            var restored = Entries.Except(kept).Where(entry => entry.Old is not null).Select(entry => entry.Path);
            var files = new PathSet(restored);
            kept.RemoveAll(entry =>
                entry.New is not null && (files.HasBelow(entry.Path) || files.HasAbove(entry.Path))
            );
        }
        return new ChangeSet(kept, [.. Skipped, .. BaseChanged], UnlistedSkips, _spool, ownsSpool: false);
    }

    /// <summary>The same with more notes. The result takes the contents over: dispose it instead.</summary>
    public ChangeSet With(IEnumerable<SkippedPath> notes) =>
        new(Entries, [.. Skipped, .. BaseChanged, .. notes], UnlistedSkips, _spool, _ownsSpool);

    /// <summary>The content, of which the bytes must have come with the change set.</summary>
    public Stream OpenContent(FileState state) =>
        new SpoolStream(
            _spool ?? throw new InvalidOperationException("an empty change set has no contents"),
            state.Offset ?? throw new InvalidOperationException("only the hash of this content is known"),
            state.Length
        );

    /// <summary>Writes what a replay needs: all entries, new contents, hashes of the old ones.</summary>
    public async Task WriteToAsync(Stream stream, CancellationToken ct)
    {
        var writer = new ChangeSetWriter(stream);
        await writer.BeginAsync(ct);
        foreach (var entry in Entries)
        {
            if (entry.New is not null)
            {
                using var content = OpenContent(entry.New);
                await writer.EntryAsync(entry.Path, entry.Old, oldContent: null, entry.New, content, ct);
            }
            else
            {
                await writer.EntryAsync(entry.Path, entry.Old, oldContent: null, null, newContent: null, ct);
            }
        }
        await writer.EndAsync(unlisted: 0, ct);
    }

    public void Dispose()
    {
        if (_ownsSpool)
            _spool?.Dispose();
    }
}
