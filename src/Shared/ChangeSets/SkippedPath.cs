namespace ClawCi.ChangeSets;

/// <summary>A path that the agent touched and the change set does not carry, or not wholly.</summary>
/// <param name="Length">Bytes, for <see cref="SkipReason.TooLarge"/>; else 0.</param>
internal sealed record SkippedPath(byte[] Path, SkipReason Reason, long Length)
{
    public string DisplayPath { get; } = ChangePath.Display(Path);
}

/// <summary>Why a path is not in the change set.</summary>
internal enum SkipReason : byte
{
    /// <summary>The ignore rules of the base ignore it. A directory stands for all below it.</summary>
    Ignored = 1,

    /// <summary>The out directory.</summary>
    Excluded = 2,

    /// <summary>Some system would read the name as git's own, which makes a patch unappliable.</summary>
    GitName = 3,

    /// <summary>A fifo, socket or device.</summary>
    SpecialFile = 4,

    /// <summary>Setuid, setgid or sticky bit: the file is carried, the bit is not.</summary>
    SpecialMode = 5,

    /// <summary>Git records no empty directories.</summary>
    EmptyDirectory = 6,

    TooLarge = 7,

    /// <summary>Path or nesting longer than other systems can open.</summary>
    TooDeep = 8,

    /// <summary>Not skipped: the base of this entry changed after the run's start, so nothing may be applied.</summary>
    BaseChanged = 9,

    /// <summary>Setup put a directory where the checkout has a file, or the other way round: no patch of one leads there.</summary>
    SetupReplaced = 10,
}
