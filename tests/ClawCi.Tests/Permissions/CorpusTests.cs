using System.Runtime.CompilerServices;
using ClawCi.Configuration;
using ClawCi.Permissions;
using Xunit;

namespace ClawCi.Tests.Permissions;

/// <summary>Lines that must be denied, and lines that must not be.</summary>
public sealed class CorpusTests
{
    private const double MostWronglyDenied = 0.05;

    [Fact]
    public void No_line_of_the_bypass_corpus_gets_through()
    {
        var cases = Read("bypass.txt").Select(fields => (Policy: fields[0], Line: fields[1])).ToList();

        Assert.True(cases.Count >= 150);
        Assert.DoesNotContain(cases, bypass => Policy(bypass.Policy).Bash(bypass.Line).Allowed);
    }

    [Fact]
    public void Everyday_lines_pass_under_typical_policies()
    {
        var cases = (
            from fields in Read("everyday.txt")
            from policy in fields[0] == "both" ? new[] { "deny", "allow" } : [fields[0]]
            select (Policy: policy, Line: fields[1])
        ).ToList();

        Assert.True(cases.Count >= Read("bypass.txt").Count());
        var denied = cases
            .Select(everyday => (everyday, Decision: Policy(everyday.Policy).Bash(everyday.Line)))
            .Where(pair => !pair.Decision.Allowed)
            .Select(pair => $"{pair.everyday.Policy}: {pair.everyday.Line}: {pair.Decision.Reason}")
            .ToList();
        Assert.True(
            denied.Count <= cases.Count * MostWronglyDenied,
            $"{denied.Count} of {cases.Count}\n{string.Join('\n', denied)}"
        );
    }

    internal static IEnumerable<string[]> Read(string name) =>
        File.ReadLines(Path.Combine(Folder(), name))
            .Where(line => line.Length > 0 && (line[0] != '#'))
            .Select(line => line.Replace('␤', '\n'))
            .Select(line => Fields(line, name));

    /// <summary>A line may contain tabs: the first field ends at the first, and the reason begins at the last.</summary>
    private static string[] Fields(string line, string name)
    {
        var (first, last) = (line.IndexOf('\t'), line.LastIndexOf('\t'));
        return name == "bypass.txt"
            ? [line[..first], line[(first + 1)..last], line[(last + 1)..]]
            : [line[..first], line[(first + 1)..]];
    }

    private static readonly PermissionPolicy Deny = Policies("policies.yaml");
    private static readonly PermissionPolicy Allow = Policies("allow-list.yaml");

    private static PermissionPolicy Policy(string name) => name == "deny" ? Deny : Allow;

    private static PermissionPolicy Policies(string file) =>
        new(
            PermissionMode.WorkspaceWrite,
            "built-in",
            [ClawCi.Permissions.Policy.Read(SourceFile.Read(Path.Combine(Folder(), file))).Layer],
            [],
            "/workspace"
        );

    private static string Folder([CallerFilePath] string file = "") =>
        Path.Combine(Path.GetDirectoryName(file)!, "Corpus");
}
