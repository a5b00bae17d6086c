namespace ClawCi.Git;

/// <summary>A repository cannot be had.</summary>
internal sealed class CloneException(string message, bool isRefusal = false, bool isTransient = false)
    : Exception(message)
{
    /// <summary>It asks for other credentials.</summary>
    public bool IsRefusal { get; } = isRefusal;

    /// <summary>It may be otherwise in a while.</summary>
    public bool IsTransient { get; } = isTransient;
}
