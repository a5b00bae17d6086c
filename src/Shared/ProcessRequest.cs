namespace ClawCi.Shared;

/// <summary>A host process to run to its end.</summary>
/// <param name="Path">The program: an absolute path, or a name found through this process's PATH.</param>
internal sealed record ProcessRequest(string Path, IReadOnlyList<string> Arguments)
{
    /// <summary>The child's whole environment; nothing is inherited.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Null is this process's own working directory.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Writes the child's stdin, which is closed afterwards. Null is an empty stdin.</summary>
    public Func<Stream, CancellationToken, Task>? WriteInput { get; init; }

    /// <summary>Where stdout goes as it comes; null keeps it in the result. Not disposed.</summary>
    public Stream? Output { get; init; }

    /// <summary>Bytes of stdout that are kept, or passed on; the rest is read and dropped.</summary>
    public long MaxOutputBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Bytes of stderr that are kept; the rest is read and dropped.</summary>
    public int MaxErrorBytes { get; init; } = 64 * 1024;

    /// <summary>After this the child and its descendants are killed.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromMinutes(2);
}
