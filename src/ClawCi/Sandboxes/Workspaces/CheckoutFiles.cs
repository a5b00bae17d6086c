using System.Security.Cryptography;
using System.Text;
using ClawCi.ChangeSets;
using ClawCi.ChangeSets.Posix;
using ClawCi.Shared;
using Microsoft.Win32.SafeHandles;

namespace ClawCi.Sandboxes.Workspaces;

/// <summary>
/// What files a checkout holds: those that git tracks, by its index, which costs no walk; without one those that are there, but for
/// what tools put there. Bounded, whatever the checkout is.
/// </summary>
internal sealed class CheckoutFiles(string checkout, string hidden)
{
    private const int MaxIndexBytes = 64 << 20;
    private const int MostDirectories = 4_000;
    private const int MostNames = 200_000;

    /// <summary>Of so many it is asked whether they are as git saw them last.</summary>
    private const int MostCompared = 20_000;

    private const long MostHashedBytes = 8 << 20;

    /// <summary>Of packages, environments and caches; what a walk would drown in.</summary>
    private static readonly byte[][] PassedOver =
    [
        .. ".git node_modules .venv venv __pycache__ .tox .mypy_cache .gradle .cache"
            .Split(' ')
            .Select(Encoding.UTF8.GetBytes),
    ];

    private long _hashed;

    /// <param name="visit">Gets every path, relative, as bytes that are valid during the call.</param>
    /// <exception cref="IOException">The checkout cannot be opened.</exception>
    public CheckoutListing Each(Action<ReadOnlySpan<byte>> visit)
    {
        using var root = Tree.OpenRoot(checkout);
        return BaseCommit.Index(checkout, MaxIndexBytes) is { } content && GitIndex.Read(content) is { } index
            ? Tracked(root, index, visit)
            : new(IsTracked: false, IsComplete: Walk(root, visit), Changed: null);
    }

    public static bool IsPassedOver(byte[] directory) =>
        Array.Exists(PassedOver, name => name.AsSpan().SequenceEqual(directory));

    private CheckoutListing Tracked(SafeFileHandle root, GitIndex index, Action<ReadOnlySpan<byte>> visit)
    {
        List<string>? changed = index.Count <= MostCompared ? [] : null;
        index.Each(entry =>
        {
            visit(entry.Path);
            if (changed is not null && entry is { IsFile: true, IsSkipped: false } && IsChanged(root, entry))
                changed.Add(ChangePath.Display(entry.Path));
        });
        return new(IsTracked: true, IsComplete: true, changed);
    }

    private bool IsChanged(SafeFileHandle root, GitIndexEntry entry)
    {
        try
        {
            if (Tree.Status(root, entry.Path) is not { IsFile: true } status)
                return true;
            var isSameSize = (uint)status.Size == entry.Size;
            if (isSameSize && status.Modified == entry.Modified)
                return false;
            return entry.Size != 0 && !isSameSize || !HasContent(root, entry, status.Size);
        }
        catch (PosixException)
        {
            return true;
        }
    }

    /// <summary>A copy of a checkout has other times and the same files. Beyond the bound they are taken for the same.</summary>
    private bool HasContent(SafeFileHandle root, GitIndexEntry entry, long size)
    {
        _hashed += size;
        if (_hashed > MostHashedBytes)
            return true;
        using var file = Beneath.Open(root, entry.Path, OpenFlags.Read, out _);
        if (file is null || !Tree.Status(file).IsFile)
            return false;
        var blob = new byte[size];
        var length = RandomAccess.Read(file, blob, 0);
        using var hash = IncrementalHash.CreateHash(
            entry.Hash.Length == 20 ? HashAlgorithmName.SHA1 : HashAlgorithmName.SHA256
        );
        hash.AppendData(Encoding.ASCII.GetBytes($"blob {size}\0"));
        hash.AppendData(blob, 0, length);
        return hash.GetHashAndReset().AsSpan().SequenceEqual(entry.Hash);
    }

    /// <returns>Whether the walk came to its end.</returns>
    private bool Walk(SafeFileHandle root, Action<ReadOnlySpan<byte>> visit)
    {
        var relative = Path.GetRelativePath(checkout, hidden);
        var outside = Encoding.UTF8.GetBytes(relative);
        var (directories, names) = (0, 0);
        var pending = new Queue<byte[]>([
            [],
        ]);
        for (; pending.TryDequeue(out var path); directories++)
        {
            if (directories == MostDirectories || names > MostNames)
                return false;
            using var directory = Beneath.Open(root, path, OpenFlags.Directory, out _);
            if (directory is null)
                continue;
            foreach (var entry in Tree.ListEntries(directory, MostNames))
            {
                names++;
                if (!(entry.IsDirectory ?? Tree.Status(directory, entry.Name) is { IsDirectory: true }))
                    visit(ChangePath.Join(path, entry.Name));
                else if (!IsPassedOver(entry.Name))
                {
                    var below = ChangePath.Join(path, entry.Name);
                    if (!outside.AsSpan().SequenceEqual(below))
                        pending.Enqueue(below);
                }
            }
        }
        return true;
    }
}
