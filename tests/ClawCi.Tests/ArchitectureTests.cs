using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Xunit;

namespace ClawCi.Tests;

/// <summary>The shape of the code, held by reading it.</summary>
public sealed partial class ArchitectureTests
{
    private const int LongestFile = 400;

    /// <summary>What each folder of the engine may use. A folder that is not here may use nothing.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Messages"] = [],
        ["Sandboxes"] = ["Git"],
        ["Auth"] = [],
        ["Git"] = [],
        ["Configuration"] = [],
        ["Events"] = ["Messages"],
        ["Permissions"] = ["Messages", "Configuration", "Sandboxes"],
        ["Models"] = ["Auth", "Messages", "Configuration"],
        ["Hooks"] = ["Configuration", "Events"],
        // The moments of hooks are words of files.
        ["Tools"] = ["Permissions", "Hooks", "Configuration", "Events", "Messages"],
        // Starts programs in sandboxes, reaches hosts under their rules with credentials, and its servers are sections of files.
        ["Mcp"] = ["Tools", "Permissions", "Sandboxes", "Auth", "Configuration", "Events", "Messages"],
        // A tool of the runner's that reaches hosts under the rules for sandboxes.
        ["Web"] = ["Tools", "Permissions", "Sandboxes", "Messages"],
        ["Sessions"] = ["Models", "Events", "Messages"],
        ["Prompts"] = ["Tools", "Messages"],
        ["Conversations"] = ["Sessions", "Models", "Tools", "Permissions", "Events", "Messages"],
        ["Runs"] =
        [
            "Conversations",
            "Sessions",
            "Models",
            "Tools",
            "Permissions",
            "Hooks",
            "Mcp",
            "Web",
            "Prompts",
            "Sandboxes",
            "Git",
            "Auth",
            "Configuration",
            "Events",
            "Messages",
        ],
        ["Telemetry"] = ["Sessions", "Events", "Messages"],
        ["Artifacts"] = ["Runs", "Sessions", "Events", "Messages"],
        // Reads what a run recorded, and looks at its patches by the gates' own rules.
        ["Publishing"] = ["Artifacts", "Runs", "Sessions", "Sandboxes", "Git", "Configuration", "Events", "Messages"],
        ["GitHub"] = ["Runs", "Sessions", "Events", "Messages"],
    };

    /// <summary>Linked into engine and tool server; they use nothing of either.</summary>
    private static readonly string[] SharedFolders = ["Shared", "ChangeSets", "Tunnels"];

    private static readonly string Source = Path.GetFullPath(Path.Combine(Here(), "../../src"));

    [Fact]
    public void Dependencies_point_one_way()
    {
        var wrong =
            from file in Files(Path.Combine(Source, "ClawCi"))
            let folder = Path.GetRelativePath(Path.Combine(Source, "ClawCi"), file).Split('/')[0]
            where !folder.EndsWith(".cs", StringComparison.Ordinal)
            from Match use in Using().Matches(File.ReadAllText(file))
            let used = use.Groups[1].Value
            where
                used != folder && !SharedFolders.Contains(used) && !Allowed.GetValueOrDefault(folder, []).Contains(used)
            select $"{Path.GetRelativePath(Source, file)} uses {used}";
        Assert.Empty(wrong);
    }

    [Fact]
    public void The_tool_server_does_not_know_the_engine() =>
        Assert.DoesNotContain(
            Files(Path.Combine(Source, "ClawCi.ToolServer")),
            file => Using().Matches(File.ReadAllText(file)).Any(use => Allowed.ContainsKey(use.Groups[1].Value))
        );

    [Fact]
    public void No_file_is_longer_than_a_few_pages() =>
        Assert.DoesNotContain(Files(Source), file => File.ReadLines(file).Count() > LongestFile);

    [Theory]
    [InlineData("ClawCi/Runs/TaskRunner.cs")]
    [InlineData("ClawCi/Conversations/Conversation.cs")]
    [InlineData("ClawCi/Tools/ToolDispatcher.cs")]
    public void The_three_files_that_everyone_opens_first_are_short(string file) =>
        Assert.InRange(File.ReadLines(Path.Combine(Source, file)).Count(), 1, 220);

    [Fact]
    public void An_interface_has_at_least_two_implementations()
    {
        var code = Files(Source).Select(File.ReadAllText).ToList();
        var lonely =
            from text in code
            from Match declared in Interface().Matches(text)
            let name = declared.Groups[1].Value
            where code.Sum(other => Regex.Count(other, $@"(?:class|record|struct)[^;{{]*[:,]\s*{name}\b")) < 2
            select name;
        Assert.Empty(lonely);
    }

    [Fact]
    public void Only_a_task_a_tool_and_the_end_of_a_run_swallow_whatever_went_wrong()
    {
        var catching = Files(Source)
            .Where(file =>
                CatchAll()
                    .Matches(File.ReadAllText(file))
                    .Any(match => !match.Groups[1].Value.Contains("throw", StringComparison.Ordinal))
            )
            .Select(file => Path.GetRelativePath(Source, file));
        Assert.Empty(
            catching.Except([
                "ClawCi/Runs/TaskRunner.cs",
                "ClawCi/Runs/Deliverer.cs",
                "ClawCi.Cli/Verbs/RunEnding.cs",
                "ClawCi.ToolServer/ToolCatalog.cs",
            ])
        );
    }

    [Fact]
    public void Every_registered_event_has_a_case_of_its_own_in_the_published_page()
    {
        var page = File.ReadAllText(Path.Combine(Source, "../docs/formats/transcript.md"));
        Assert.DoesNotContain(Events.RunEvent.Types, type => !page.Contains($"`{type}`", StringComparison.Ordinal));
    }

    private static IEnumerable<string> Files(string folder) =>
        Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories);

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;

    [GeneratedRegex(@"^using (?:static )?ClawCi\.(\w+)", RegexOptions.Multiline)]
    private static partial Regex Using();

    [GeneratedRegex(@"\binterface (I[A-Z]\w*)")]
    private static partial Regex Interface();

    [GeneratedRegex(@"catch\s*(?:\(Exception(?:\s+\w+)?\)\s*)?\{([^{}]*)\}")]
    private static partial Regex CatchAll();
}
