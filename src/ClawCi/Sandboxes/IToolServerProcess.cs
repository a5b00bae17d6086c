using ClawCi.Sandboxes.Docker;

namespace ClawCi.Sandboxes;

/// <summary>A running tool server that is held by its streams. Disposed means: it and all it started are gone.</summary>
internal interface IToolServerProcess : IAsyncDisposable
{
    /// <summary>For people: a container's id, or a process's.</summary>
    string Id { get; }

    /// <summary>Its stdout to read and its stdin to write. What comes out of it is hostile.</summary>
    Stream Stream { get; }

    /// <summary>Fires when it can say nothing more.</summary>
    CancellationToken Ended { get; }

    /// <summary>The last of what it wrote to stderr, for diagnosis only.</summary>
    string Errors { get; }

    /// <summary>Ends it.</summary>
    /// <returns>Whether it and all it started are known to be gone.</returns>
    Task<bool> EndAsync();

    /// <summary>Why it ended.</summary>
    Task<ContainerEnd> FindEndAsync();

    /// <summary>Why it says nothing although it has not ended.</summary>
    Task<ContainerEnd> FindSilenceAsync();
}
