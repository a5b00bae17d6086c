using System.Text.RegularExpressions;

namespace ClawCi.Configuration;

/// <summary>What a scalar is.</summary>
internal enum ScalarKind
{
    Text,
    Null,
    Boolean,
    Integer,
    Number,

    /// <summary>A number of YAML's that JSON has no word for: hexadecimal, octal, infinite, not a number.</summary>
    ForeignNumber,
}

/// <summary>YAML 1.2's core schema: <c>no</c> and <c>on</c> are text, <c>true</c> is not.</summary>
internal static partial class CoreSchema
{
    /// <param name="text">A plain scalar: neither quoted nor a block.</param>
    public static ScalarKind Resolve(string text) =>
        text switch
        {
            "" or "~" or "null" or "Null" or "NULL" => ScalarKind.Null,
            "true" or "True" or "TRUE" or "false" or "False" or "FALSE" => ScalarKind.Boolean,
            _ when Integer().IsMatch(text) => ScalarKind.Integer,
            _ when Number().IsMatch(text) => ScalarKind.Number,
            _ when Foreign().IsMatch(text) => ScalarKind.ForeignNumber,
            _ => ScalarKind.Text,
        };

    [GeneratedRegex(@"^[-+]?[0-9]+\z")]
    private static partial Regex Integer();

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\z")]
    private static partial Regex Number();

    [GeneratedRegex(@"^(0o[0-7]+|0x[0-9a-fA-F]+|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))\z")]
    private static partial Regex Foreign();
}
