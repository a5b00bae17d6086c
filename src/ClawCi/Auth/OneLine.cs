namespace ClawCi.Auth;

/// <summary>Text of someone else's, fit for the middle of a message.</summary>
internal static class OneLine
{
    private const int Length = 300;

    public static string Of(string text)
    {
        var line = VisibleText.Line(text.Trim());
        return line.Length <= Length ? line : $"{line[..Length]}…";
    }
}
