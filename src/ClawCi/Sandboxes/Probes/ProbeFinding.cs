namespace ClawCi.Sandboxes.Probes;

/// <summary>What came of an attempt.</summary>
internal enum ProbeVerdict
{
    /// <summary>It failed, and for the right reason.</summary>
    Holds,

    /// <summary>It succeeded.</summary>
    Broken,

    /// <summary>It could not be made, or failed for a reason that proves nothing.</summary>
    Unknown,
}

/// <param name="Detail">How it was seen, or what went wrong.</param>
internal sealed record ProbeFinding(ProbeVerdict Verdict, string Detail)
{
    public static ProbeFinding Holds(string detail) => new(ProbeVerdict.Holds, detail);

    public static ProbeFinding Broken(string detail) => new(ProbeVerdict.Broken, detail);

    public static ProbeFinding Unknown(string detail) => new(ProbeVerdict.Unknown, detail);

    /// <summary>Holds when the condition does, else broken.</summary>
    public static ProbeFinding That(bool holds, string detail, string otherwise) =>
        holds ? Holds(detail) : Broken(otherwise);
}
