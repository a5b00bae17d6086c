namespace ClawCi.Sessions;

/// <summary>A text without secrets, and what was replaced in it.</summary>
internal readonly record struct MaskedText(string Text, IReadOnlyList<FoundSecret> Secrets)
{
    public int Count => Secrets.Count;
}
