using System.Collections.Concurrent;
using ClawCi.ChangeSets.Posix;

namespace ClawCi.ToolServer.Files;

/// <summary>What the files looked like when the model last saw them.</summary>
internal sealed class SeenFiles
{
    private readonly ConcurrentDictionary<string, FileStatus> _seen = new();

    /// <param name="path">As <see cref="Location.Path"/> gives it.</param>
    public void Remember(string path, FileStatus status) => _seen[path] = status;

    /// <summary>Null when the model has not seen the file.</summary>
    public bool? IsUnchanged(string path, FileStatus now) =>
        _seen.TryGetValue(path, out var then)
            ? (then.Size, then.Modified, then.Changed) == (now.Size, now.Modified, now.Changed)
            : null;
}
