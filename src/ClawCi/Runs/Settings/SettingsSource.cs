using ClawCi.Configuration;
using ClawCi.Permissions;
using ClawCi.Runs.Planning;

namespace ClawCi.Runs.Settings;

/// <summary>A settings file, read and checked.</summary>
internal sealed record SettingsSource(SourceDocument<SettingsFile> Document)
{
    /// <exception cref="UserErrorException">All mistakes of the file.</exception>
    public static SettingsSource Read(SourceFile file) =>
        new(StrictReader.Read(file, SettingsFileJson.Default.SettingsFile, CheckContent));

    /// <summary>What the settings forbid, which holds beside every policy and grants nothing.</summary>
    /// <param name="limits">Whether the limits are ceilings too.</param>
    /// <param name="allow">Whether the allow-lists count, which the workspace's own do not.</param>
    public Policy Narrowing(bool limits, bool allow)
    {
        var file = Document.Value;
        var layer = new PolicyLayer([
            .. Rules("deny", RuleEffect.Deny, file.Permissions?.Deny),
            .. Rules("allow", RuleEffect.Allow, allow ? file.Permissions?.Allow : null),
        ]);
        var policy = new PolicyFile
        {
            Version = 1,
            Mode = file.Permissions?.Mode,
            Limits = limits ? file.Limits : null,
            ProtectedPaths = file.ProtectedPaths,
            Gates = file.Gates,
        };
        return new(new(Document.File, Document.Root, policy), layer) { MayGrant = false };
    }

    private IEnumerable<Rule> Rules(string key, RuleEffect effect, IReadOnlyList<string>? texts) =>
        (texts ?? []).Select(
            (text, i) =>
                RuleSpelling
                    .Parse(text, out _)!
                    .ToRule(
                        $"settings-{key}-{i + 1}",
                        Path.GetFileName(Document.File.Name),
                        Document.PlaceOf("permissions", key, i).Line,
                        effect
                    )
        );

    private static void CheckContent(SourceMapping root, SourceErrors errors)
    {
        McpServerCheck.Check(root["mcp-servers"]?.Value, errors);
        HookReader.Check(root["hooks"]?.Value, errors);
        foreach (var key in new[] { "deny", "allow" })
        foreach (
            var item in (
                (root["permissions"]?.Value as SourceMapping)?[key]?.Value as SourceSequence
            )?.Items.OfType<SourceScalar>() ?? []
        )
        {
            if (RuleSpelling.Parse(item.Text, out var problem) is null)
                errors.Add(item.Place, problem!);
        }
    }
}
