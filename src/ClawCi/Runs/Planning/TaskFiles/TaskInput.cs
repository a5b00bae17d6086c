using System.Text;
using System.Text.RegularExpressions;
using ClawCi.Configuration;

namespace ClawCi.Runs.Planning.TaskFiles;

/// <summary>An input that a task file declares.</summary>
/// <param name="Options">What a choice may be; empty for every other type.</param>
/// <param name="Default">As it is spelled in the file; null without one.</param>
internal sealed partial record TaskInput(
    string Name,
    InputType Type,
    bool IsRequired,
    IReadOnlyList<string> Options,
    string? Default
)
{
    /// <summary>Half of what Linux takes in one variable of the environment.</summary>
    public const int MaxBytes = 64 * 1024;

    /// <summary>The environment variable that setup, checks and bash find it in.</summary>
    public string Variable => $"CLAW_INPUT_{Name.ToUpperInvariant().Replace('-', '_')}";

    /// <summary>The value when neither caller nor file has one, as in GitHub Actions.</summary>
    public string Unsaid =>
        Type switch
        {
            InputType.Boolean => "false",
            InputType.Number => "0",
            InputType.Choice => Options[0],
            _ => "",
        };

    /// <summary>What is wrong with a value; null when nothing is.</summary>
    public string? Problem(string value)
    {
        if (Encoding.UTF8.GetByteCount(value) > MaxBytes)
            return $"the value is larger than {MaxBytes >> 10} KiB";
        if (value.Contains('\0', StringComparison.Ordinal))
            return "the value holds a NUL character, which no environment can take";
        if (Type != InputType.UntrustedText && value.Any(c => char.IsControl(c) && c is not ('\t' or '\n' or '\r')))
            return "the value holds a control character";
        if (IsRequired && value.Trim().Length == 0)
            return "the value is empty, and the input is required";
        return Type switch
        {
            InputType.Number when !Number().IsMatch(value) => $"{SourceNode.Quote(value)} is no number",
            InputType.Boolean when value is not ("true" or "false") =>
                $"{SourceNode.Quote(value)} is neither `true` nor `false`",
            InputType.Choice when !Options.Contains(value) =>
                $"{SourceNode.Quote(value)} is none of {string.Join(", ", Options.Select(SourceNode.Quote))}{DidYouMean.Suffix(value, Options)}",
            _ => null,
        };
    }

    /// <summary>As JSON has them, so that every program that reads the variable agrees.</summary>
    [GeneratedRegex(@"^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?\z")]
    private static partial Regex Number();
}
