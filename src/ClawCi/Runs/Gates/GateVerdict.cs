using ClawCi.Events;

namespace ClawCi.Runs.Gates;

/// <summary>What the gates say of a change set.</summary>
internal sealed record GateVerdict(IReadOnlyList<GateFinding> Findings)
{
    private const int MostNamed = 10;

    private GateFinding[] Blocking { get; } = [.. Findings.Where(finding => finding.Action == GateFinding.Block)];

    /// <summary>Whether the task may not end well as it stands.</summary>
    public bool Blocks => Blocking.Length > 0;

    /// <summary>Whether a secret is in the changes: then there is no patch either.</summary>
    public bool Withholds => Findings.Any(finding => finding.Gate == GateFinding.Secret);

    /// <summary>Whether a person has to look first: the patch is written and never applied.</summary>
    public bool AsksForReview => Findings.Any(finding => finding.Action == GateFinding.Review);

    private readonly HashSet<string> _restored =
    [
        .. Findings.Where(finding => finding.Action == GateFinding.Restore).Select(finding => finding.Path),
    ];

    public bool Restores(string path) => _restored.Contains(path);

    /// <summary>Why the task ends gate-blocked; only when it does.</summary>
    public Finding Reason =>
        new(
            Outcome.GateBlocked,
            Withholds ? GateFinding.Secret : Blocking[0].Gate,
            $"{(Withholds ? "The patch is withheld" : "A gate objects to the patch")}: {List(Withholds ? [.. Blocking.Where(finding => finding.Gate == GateFinding.Secret)] : Blocking)}."
        );

    /// <summary>What the model is told; empty when nothing blocks.</summary>
    public string Feedback =>
        Blocks
            ? "Your changes cannot be delivered as they are, and the task fails as long as that is so:\n"
                + string.Join('\n', Blocking.Take(MostNamed).Select(finding => $"- {finding}"))
                + "\nProtected paths must be put back exactly as they were. Solve the task without what is named here."
            : "";

    /// <summary>For people, on one line.</summary>
    public static string List(IReadOnlyList<GateFinding> findings) =>
        string.Join("; ", findings.Take(MostNamed))
        + (findings.Count > MostNamed ? $" and {findings.Count - MostNamed} more" : "");
}
