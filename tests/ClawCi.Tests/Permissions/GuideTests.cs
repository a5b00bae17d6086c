using System.Text.RegularExpressions;
using ClawCi.Configuration;
using ClawCi.Permissions;
using Xunit;

namespace ClawCi.Tests.Permissions;

/// <summary>What docs/guides/policy.md shows is what happens. <c>UPDATE_GOLDEN=1</c> rewrites it.</summary>
public sealed partial class GuideTests
{
    private static readonly string File = Path.Combine(PolicyText.Root, "docs/guides/policy.md");

    [Fact]
    public void The_guide_shows_what_policy_explain_prints()
    {
        var page = System.IO.File.ReadAllText(File);
        var policy = PermissionPolicy.Alone(
            Policy.Read(SourceFile.From("policy.yaml", System.Text.Encoding.UTF8.GetBytes(Yaml(page).Last()))),
            "/workspace"
        );

        var expected = Console()
            .Replace(
                page,
                block =>
                    $"```console\n$ claw-ci policy explain bash '{block.Groups[1].Value}'\n{PolicyExplanation.Of(policy, "bash", block.Groups[1].Value).Text()}```"
            );

        Assert.Equal(10, Console().Count(page));
        if (
            Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1"
            && Environment.GetEnvironmentVariable("CI") is null or ""
        )
            System.IO.File.WriteAllText(File, expected);
        else
            Assert.Equal(expected, page);
    }

    [Fact]
    public void The_cases_in_the_guide_are_cases()
    {
        var error = Assert.Throws<UserErrorException>(() =>
            PolicyTests.Check(
                SourceFile.From(
                    "cases.yaml",
                    System.Text.Encoding.UTF8.GetBytes(Yaml(System.IO.File.ReadAllText(File)).First())
                ),
                PolicyText.Policy("- { id: no-push, deny: bash, command: [git, push] }")
            )
        );

        Assert.Equal(
            ["cases.yaml:5:5: `src/generated/a.cs` is allowed by the mode, built-in: mode workspace-write"],
            error.Errors.Select(wrong => wrong.ToString())
        );
    }

    private static IEnumerable<string> Yaml(string page) =>
        Block().Matches(page).Select(block => block.Groups[1].Value);

    [GeneratedRegex(@"```yaml\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"```console\n\$ claw-ci policy explain bash '([^\n]*)'\n.*?```", RegexOptions.Singleline)]
    private static partial Regex Console();
}
