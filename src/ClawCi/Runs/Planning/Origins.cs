using System.Globalization;
using ClawCi.Configuration;
using ClawCi.Events;

namespace ClawCi.Runs.Planning;

/// <summary>Collects where each effective value came from.</summary>
internal sealed class Origins
{
    public const string BuiltIn = "built-in";

    private readonly List<Origin> _origins = [];

    /// <summary>Sorted by key.</summary>
    public IReadOnlyList<Origin> All => [.. _origins.OrderBy(origin => origin.Key, StringComparer.Ordinal)];

    public void Add(string key, string value, string source) => _origins.Add(new(key, value, source));

    /// <summary>Notes the value, and gives it back.</summary>
    public T? Add<T>(string key, Resolved<T> resolved)
        where T : struct
    {
        Add(key, Text(resolved.Value), resolved.Source);
        return resolved.Value;
    }

    private static string Text(object? value) =>
        value switch
        {
            null => "none",
            TimeSpan duration => Duration.Write(duration),
            bool flag => flag ? "true" : "false",
            Enum word => System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName(word.ToString()),
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString()!,
        };
}
