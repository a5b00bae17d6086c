using System.Text;
using ClawCi.Shared;

namespace ClawCi.Sessions;

/// <summary>Shortens a text to its head and its tail.</summary>
internal static class BothEnds
{
    /// <summary>What says how much is left out.</summary>
    private const int Notice = 120;

    /// <summary>The text as it is when it has no more than so many bytes of UTF-8.</summary>
    /// <param name="where">How to get what is left out.</param>
    public static string Of(string text, int maxBytes, string where)
    {
        if (Encoding.UTF8.GetByteCount(text) <= maxBytes)
            return text;
        var room = Math.Max(0, maxBytes - Notice - where.Length);
        var cut = new Truncation(room * 2 / 3, Math.Max(1, room / 3));
        cut.Append(Encoding.UTF8.GetBytes(text));
        return cut.ToText(where);
    }
}
