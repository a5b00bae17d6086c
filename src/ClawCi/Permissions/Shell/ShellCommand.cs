namespace ClawCi.Permissions.Shell;

/// <summary>One command that a line may run.</summary>
/// <param name="Words">Its words; empty when it cannot be known, so that it may be any command.</param>
/// <param name="Why">Why it cannot be known, in words that complete "this line cannot be judged: …".</param>
/// <param name="ForDeny">
/// Only deny rules look at it: it runs something else that is judged in its place, or it only steers the shell.
/// </param>
internal sealed record ShellCommand(IReadOnlyList<ShellWord> Words, string? Why = null, bool ForDeny = false)
{
    public override string ToString() => Why is null ? string.Join(' ', Words.Select(word => word.Source)) : "?";
}
