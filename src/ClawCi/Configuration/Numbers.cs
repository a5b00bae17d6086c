using System.Globalization;

namespace ClawCi.Configuration;

/// <summary>Which numbers a type takes.</summary>
/// <param name="Whole">Whether only whole ones.</param>
internal readonly record struct Numbers(bool Whole, double Min, double Max)
{
    /// <summary>Null for a type that is no number.</summary>
    public static Numbers? Of(Type type, BetweenAttribute? between)
    {
        var core = Nullable.GetUnderlyingType(type) ?? type;
        Numbers? own =
            core == typeof(int) ? new(true, int.MinValue, int.MaxValue)
            : core == typeof(long) ? new(true, -(1L << 53), 1L << 53)
            : core == typeof(decimal) || core == typeof(double) ? new(false, -1e15, 1e15)
            : null;
        return own is { } numbers && between is not null ? numbers with { Min = between.Min, Max = between.Max } : own;
    }

    public string Expected => Whole ? "a whole number" : "a number";

    public bool Accepts(SourceNode node) =>
        node is SourceScalar { Kind: ScalarKind.Integer }
        || (!Whole && node is SourceScalar { Kind: ScalarKind.Number });

    /// <summary>What is wrong with an accepted scalar's size; null when nothing is.</summary>
    public string? RangeError(string text)
    {
        var value = double.Parse(text, CultureInfo.InvariantCulture);
        return value >= Min && value <= Max ? null
            : Min == Max ? $"{Min}"
            : string.Create(CultureInfo.InvariantCulture, $"between {Min:0.############} and {Max:0.############}");
    }
}
