namespace ClawCi.Permissions.Shell;

/// <summary>What reading one line may cost, shared by everything that is read inside it.</summary>
internal sealed class ParseBounds
{
    /// <summary>Deeper than people write, and far from the end of the stack.</summary>
    public const int MaxDepth = 40;

    /// <summary>Characters, each counted as often as it is read: a script inside a script is read again.</summary>
    private const int MaxWork = 512 * 1024;

    private int _work;

    public int Depth { get; set; }

    /// <returns>False when there is nothing left.</returns>
    public bool Spend(int characters) => (_work += characters) <= MaxWork;
}
