using System.ComponentModel;
using System.Text.Json.Serialization;
using ClawCi.Configuration;

namespace ClawCi.Permissions;

/// <summary>A file of cases for a policy, as written. docs/formats/policy-test.md is its published form.</summary>
internal sealed record PolicyTestFile
{
    [Description("Version of this format: 1.")]
    [Between(1, 1)]
    public required int Version { get; init; }

    [Description("Calls, and what must be decided of each.")]
    public required IReadOnlyList<PolicyCase> Cases { get; init; }
}

/// <summary>One call, and what must be decided of it.</summary>
internal sealed record PolicyCase
{
    [Description("The tool: bash, read_file, write_file, …")]
    [Text(TextFormat.NotEmpty)]
    public required string Tool { get; init; }

    [Description("Its command line, or its path.")]
    [Text(TextFormat.NotEmpty)]
    public required string Input { get; init; }

    [Description("The decision that is right.")]
    public required PolicyExpectation Expect { get; init; }

    [Description("The rule that must decide.")]
    [Text(TextFormat.Id)]
    public string? Rule { get; init; }
}

internal enum PolicyExpectation
{
    Allow,
    Deny,
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.KebabCaseLower,
    Converters = [typeof(KebabCaseEnumConverter<PolicyExpectation>)]
)]
[JsonSerializable(typeof(PolicyTestFile))]
internal sealed partial class PolicyTestJson : JsonSerializerContext;

/// <summary>Tries the cases of a file on a policy.</summary>
internal static class PolicyTests
{
    /// <exception cref="UserErrorException">All mistakes of the file.</exception>
    public static SourceDocument<PolicyTestFile> Read(SourceFile file) =>
        StrictReader.Read(file, PolicyTestJson.Default.PolicyTestFile, CheckTools);

    /// <returns>How many there are.</returns>
    /// <exception cref="UserErrorException">Mistakes of the file, or every case that does not hold.</exception>
    public static int Check(SourceFile file, PermissionPolicy policy)
    {
        var document = Read(file);
        List<UserError> errors = [];
        for (var i = 0; i < document.Value.Cases.Count; i++)
        {
            var place = document.PlaceOf("cases", i);
            if (Problem(document.Value.Cases[i], policy) is { } problem)
                errors.Add(new(file.Name, place.Line, place.Column, problem));
        }
        return errors.Count == 0 ? document.Value.Cases.Count : throw new UserErrorException(errors);
    }

    private static void CheckTools(SourceMapping root, SourceErrors errors)
    {
        foreach (var node in (root["cases"]?.Value as SourceSequence)?.Items.OfType<SourceMapping>() ?? [])
        {
            if (node["tool"]?.Value is SourceScalar { Text.Length: > 0 } tool && ToolNames.Resolve(tool.Text) is null)
                errors.Add(
                    tool.Place,
                    $"there is no tool {SourceNode.Quote(tool.Text)}{DidYouMean.Suffix(tool.Text, ToolNames.All)}"
                );
        }
    }

    private static string? Problem(PolicyCase expected, PermissionPolicy policy)
    {
        var tool = ToolNames.Resolve(expected.Tool)!;
        var decision = policy.Decide(tool, PolicySubject.Input(tool, expected.Input));
        var decided = decision.Allowed ? "allowed" : "denied";
        var by = $"by {(decision.RuleId is null ? "the mode" : $"rule `{decision.RuleId}`")}, {decision.Source}";
        if (decision.Allowed != (expected.Expect == PolicyExpectation.Allow))
            return $"{SourceNode.Quote(expected.Input)} is {decided} {by}: {decision.Reason}";
        return expected.Rule is { } rule && rule != decision.RuleId
            ? $"{SourceNode.Quote(expected.Input)} is {decided} {by}, not by rule `{rule}`"
            : null;
    }
}
