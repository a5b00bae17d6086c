using System.Globalization;
using ClawCi.Messages;

namespace ClawCi.Artifacts;

/// <summary>Numbers as people read them.</summary>
internal static class Amount
{
    public static string Duration(long milliseconds)
    {
        var time = TimeSpan.FromMilliseconds(milliseconds);
        return time.TotalSeconds switch
        {
            < 1 => Text($"{milliseconds} ms"),
            < 10 => Text($"{time.TotalSeconds:0.0} s"),
            < 60 => Text($"{(int)time.TotalSeconds} s"),
            < 3600 => Text($"{time.Minutes} min {time.Seconds:00} s"),
            _ => Text($"{(int)time.TotalHours} h {time.Minutes:00} min"),
        };
    }

    /// <summary>Null, for a model whose price is not known, is <c>unknown</c>: it must not look like nothing.</summary>
    public static string Cost(decimal? usd) =>
        usd switch
        {
            null => "unknown",
            0 => "$0.00",
            < 0.0001m => "under $0.0001",
            < 0.1m => Text($"${usd:0.0000}"),
            _ => Text($"${usd:#,0.00}"),
        };

    public static string Bytes(long bytes) =>
        bytes switch
        {
            < 1000 => Text($"{bytes} B"),
            < 1_000_000 => Text($"{bytes / 1e3:0.0} kB"),
            _ => Text($"{bytes / 1e6:#,0.0} MB"),
        };

    public static string Number(long number) => Text($"{number:#,0}");

    /// <summary><c>1 file</c>, <c>2 files</c>.</summary>
    public static string Count(long number, string singular, string? plural = null) =>
        $"{Number(number)} {(number == 1 ? singular : plural ?? singular + "s")}";

    /// <summary>Tokens read, from the cache or not, and written.</summary>
    public static string Tokens(Usage usage)
    {
        var read = usage.InputTokens + usage.CacheCreationInputTokens + usage.CacheReadInputTokens;
        return $"{Number(read)} tokens in, {Number(usage.OutputTokens)} out";
    }

    /// <summary>The same where there is little room: <c>182k in, 3,400 out</c>.</summary>
    public static string ShortTokens(Usage usage) =>
        $"{Short(usage.InputTokens + usage.CacheCreationInputTokens + usage.CacheReadInputTokens)} in, {Short(usage.OutputTokens)} out";

    /// <summary><c>9,999</c>, <c>182k</c>, <c>8.4M</c>.</summary>
    public static string Short(long number) =>
        number switch
        {
            < 10_000 => Number(number),
            < 1_000_000 => $"{Number(number / 1000)}k",
            _ => Text($"{number / 1e6:#,0.0}M"),
        };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
