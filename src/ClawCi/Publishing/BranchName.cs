namespace ClawCi.Publishing;

/// <summary>Names of branches that are plain everywhere: a part of what git allows.</summary>
internal static class BranchName
{
    public static bool IsOne(string name) =>
        name.Length is > 0 and <= 200
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '/' or '-' or '@' or '+' or '#')
        && name[0] is not '-'
        && !name.Contains("..", StringComparison.Ordinal)
        && name != "@"
        && name.Split('/')
            .All(part =>
                part.Length > 0
                && part[0] != '.'
                && !part.EndsWith('.')
                && !part.EndsWith(".lock", StringComparison.Ordinal)
            );
}
