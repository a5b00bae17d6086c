using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Cli.Tests;

public sealed class SkillExampleTests
{
    private static readonly string Folder = Path.Combine(ClawCiProgram.Root, "examples", "with-skill");

    [Fact]
    public async Task A_command_and_a_skill_of_the_workspace_lead_a_model_through_its_task()
    {
        using var directory = new TempDirectory();
        ExampleRun.Copy(Path.Combine(Folder, "project"), directory["project"]);

        var end = await ClawCiProgram.RunAsync(
            directory.Path,
            [
                "run",
                Path.Combine(Folder, "task.yaml"),
                $"--workspace={directory["project"]}",
                $"--out={directory["out"]}",
            ]
        );

        Assert.True(end.ExitCode == 0, end.Error);
        Assert.Equal(
            "new: timers can be paused.\n",
            await File.ReadAllTextAsync(directory["project/notes/pause.md"], TestContext.Current.CancellationToken)
        );
        var transcript = await File.ReadAllTextAsync(
            directory["out/tasks/with-skill/transcript.jsonl"],
            TestContext.Current.CancellationToken
        );
        Assert.Contains(
            """
            "type":"loaded","parts":[{"kind":"skill","name":"release-note","source":".claw/skills/release-note/SKILL.md"},{"kind":"command","name":"/note","source":".claw/commands/note.md"}]
            """.Trim(),
            transcript,
            StringComparison.Ordinal
        );
    }
}
