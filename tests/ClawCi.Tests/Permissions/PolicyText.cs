using System.Text.Json;
using ClawCi.Configuration;
using ClawCi.Permissions;

namespace ClawCi.Tests.Permissions;

/// <summary>Policies from the YAML of their rules, and calls from their one argument.</summary>
internal static class PolicyText
{
    /// <summary>Of the repository.</summary>
    public static string Root { get; } = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "../../.."));

    public static PolicyLayer Layer(string rules)
    {
        IReadOnlyList<Rule> read = [];
        var text = "version: 1\nrules:\n" + string.Concat(rules.Split('\n').Select(line => $"  {line}\n"));
        StrictReader.Read(
            SourceFile.From("policy.yaml", System.Text.Encoding.UTF8.GetBytes(text)),
            PolicyFileJson.Default.PolicyFile,
            (root, errors) => read = new RuleReader(errors).Read(root)
        );
        return new PolicyLayer(read);
    }

    public static PermissionPolicy Policy(params string[] layers) => Policy(PermissionMode.WorkspaceWrite, layers);

    public static PermissionPolicy Policy(PermissionMode mode, params string[] layers) =>
        new(mode, "built-in", [.. layers.Select(Layer)], [], "/workspace");

    public static PermissionDecision Bash(this PermissionPolicy policy, string command) =>
        policy.Decide("bash", Input("command", command));

    public static PermissionDecision File(this PermissionPolicy policy, string tool, string path) =>
        policy.Decide(tool, Input("path", path));

    private static string Here([System.Runtime.CompilerServices.CallerFilePath] string file = "") => file;

    public static JsonElement Input(string name, string value) =>
        JsonSerializer.SerializeToElement(new Dictionary<string, string> { [name] = value });
}
