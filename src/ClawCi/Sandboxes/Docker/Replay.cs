using System.Buffers.Binary;
using ClawCi.ChangeSets;
using ClawCi.ChangeSets.Patches;
using ClawCi.ChangeSets.Posix;

namespace ClawCi.Sandboxes.Docker;

/// <summary>Sends a change set or a patch into a container that waits for one, and takes its one line of answer.</summary>
internal static class Replay
{
    private const int LongestAnswer = 1 << 20;
    private const int MostNamed = 5;

    /// <exception cref="SandboxException">It does not fit the base it was read from.</exception>
    public static async Task SendAsync(Stream stream, ChangeSet changes, CancellationToken ct)
    {
        await changes.WriteToAsync(stream, ct);
        await stream.FlushAsync(ct);
        var (_, problem) = Read(await ReadLineAsync(stream, ct));
        if (problem is not null)
            throw new SandboxException(
                SandboxFailure.Daemon,
                $"The changes could not be replayed for the checks: {problem}. Was the checkout changed while claw-ci ran?"
            );
    }

    /// <param name="checkout">From which the patch leads, whatever setup has made of it by now.</param>
    /// <returns>How many files were changed.</returns>
    /// <exception cref="PatchRefusedException">The patch does not fit the base.</exception>
    public static async Task<int> SendPatchAsync(Stream stream, byte[] patch, string checkout, CancellationToken ct)
    {
        var own = OwnFiles(patch, checkout);
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, patch.Length);
        await stream.WriteAsync(length, ct);
        await stream.WriteAsync(patch, ct);
        var writer = new ChangeSetWriter(stream);
        await writer.BeginAsync(ct);
        foreach (var (path, kind, content) in own)
        {
            using var bytes = new MemoryStream(content);
            await writer.EntryAsync(path, null, null, new FileState(kind, content.Length, [], null), bytes, ct);
        }
        await writer.EndAsync(unlisted: 0, ct);
        await stream.FlushAsync(ct);
        var (files, problem) = Read(await ReadLineAsync(stream, ct));
        return problem is null ? files : throw new PatchRefusedException(problem);
    }

    /// <summary>The files that the patch changes, as far as the checkout has them.</summary>
    private static List<(byte[] Path, FileKind Kind, byte[] Content)> OwnFiles(byte[] patch, string checkout)
    {
        var own = new List<(byte[], FileKind, byte[])>();
        try
        {
            using var root = Tree.OpenRoot(checkout);
            foreach (var file in PatchReader.Read(patch))
            {
                var (kind, content, problem) = PatchedTree.Read(root, file.Path);
                if (problem is not null)
                    throw new ChangeSetException($"{file.DisplayPath} {problem}");
                if (kind is { } known)
                    own.Add((file.Path, known, content));
            }
            return own;
        }
        catch (Exception e) when (e is ChangeSetException or PosixException)
        {
            throw new PatchRefusedException(e.Message);
        }
    }

    private static (int Files, string? Problem) Read(byte[] answer)
    {
        try
        {
            return ReplayAnswer.Parse(answer) switch
            {
                ApplyResult.Applied applied => (applied.Files, null),
                ApplyResult.Mismatch mismatch => (0, Named(mismatch.Conflicts)),
                ApplyResult.Failed failed => (0, VisibleText.Line(failed.Reason)),
                _ => (0, "the answer is of no kind that we know"),
            };
        }
        catch (ChangeSetException e)
        {
            return (0, e.Message);
        }
    }

    private static string Named(IReadOnlyList<ApplyConflict> conflicts)
    {
        var named = string.Join(
            ", ",
            conflicts.Take(MostNamed).Select(conflict => VisibleText.Line($"{conflict.Path} {conflict.Problem}"))
        );
        return conflicts.Count > MostNamed ? $"{named} and {conflicts.Count - MostNamed} more" : named;
    }

    /// <summary>Byte by byte: what follows the line belongs to the tool protocol.</summary>
    private static async Task<byte[]> ReadLineAsync(Stream stream, CancellationToken ct)
    {
        var line = new List<byte>();
        var one = new byte[1];
        while (await stream.ReadAsync(one, ct) == 1 && one[0] != (byte)'\n' && line.Count < LongestAnswer)
            line.Add(one[0]);
        return [.. line];
    }
}
