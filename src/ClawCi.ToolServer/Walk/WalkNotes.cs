using ClawCi.ChangeSets;

namespace ClawCi.ToolServer.Walk;

/// <summary>Lists skipped paths up to the cap and counts the rest. A changed base always finds room.</summary>
internal sealed class WalkNotes(ChangeSetWriter writer, ChangeSetCaps caps)
{
    private int _roomForBase = Math.Max(1, caps.MaxSkipped / 100);
    private int _room = caps.MaxSkipped - Math.Max(1, caps.MaxSkipped / 100);

    public long Unlisted { get; private set; }

    public async ValueTask AddAsync(ReadOnlyMemory<byte> path, SkipReason reason, long length, CancellationToken ct)
    {
        var hasRoom = reason == SkipReason.BaseChanged ? _roomForBase-- > 0 : _room-- > 0;
        if (hasRoom)
            await writer.SkippedAsync(path, reason, length, ct);
        else
            Unlisted++;
    }
}
