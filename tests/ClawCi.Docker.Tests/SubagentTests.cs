using ClawCi.Artifacts;
using ClawCi.Docker.Tests.Verification;
using ClawCi.Events;
using ClawCi.Messages;
using ClawCi.Sessions;
using Xunit;

namespace ClawCi.Docker.Tests;

/// <summary>Conversations below a task's own, in a real sandbox.</summary>
public sealed class SubagentTests
{
    private const string Below =
        "tools: [bash, bash_output, bash_kill, read_file, write_file, edit_file, glob_search, grep_search]";

    [Fact]
    public async Task Two_of_one_reply_work_at_the_same_time_and_answer_in_its_order()
    {
        using var run = new EngineRun();
        var ended = await run.RunAsync(
            "subagents: { max: 2 }",
            [
                $"tool-uses: [{Agent("part one")}, {Agent("part two")}, {{ name: bash, input: {{ command: cat one two }} }}]",
                // Neither can end before the other has begun.
                $"for-prompt: part one, expect: {{ {Below} }}, {EngineRun.Bash("touch one; until test -e two; do sleep 0.05; done; echo 1 > one")}",
                "for-prompt: part one, text: one is done",
                $"for-prompt: part two, expect: {{ {Below} }}, {EngineRun.Bash("touch two; until test -e one; do sleep 0.05; done; echo 2 > two")}",
                "for-prompt: part two, text: two is done",
                "expect: { tool-result-contains: ['one is done', 'two is done', \"1\\n2\"] }, text: Both are done.",
            ]
        );

        Assert.True(ended.ExitCode == 0, ended.Message);
        Assert.Equal((6, "Both are done."), (ended.NumTurns, ended.Result));
        Assert.Equal(2, ended.Changes!.Files);
        Assert.Equal(
            ["one is done", "two is done", "1\n2\n"],
            Results(run).TakeLast(3).Select(result => result.Text.Split("[exit")[0])
        );
        Assert.Equal(["general-1", "general-2"], run.Events.OfType<SubagentStarted>().Select(each => each.AgentId));
        Assert.Equal(
            Enumerable.Range(1, 6),
            run.Events.OfType<MessageAdded>().Where(IsReply).Select(reply => reply.Turn).Order()
        );
        var report = RunRecord.Read(run.Files["out"]);
        Assert.Equal(6, report.Tasks[0].Digest.Replies);
        Assert.Equal(5, report.Tasks[0].Digest.ToolCalls);
        var html = string.Concat(
            ArtifactWriters
                .All.SelectMany(writer => writer.Write(report))
                .SelectMany(file => file.Parts)
                .Select(part => System.Text.Encoding.UTF8.GetString(part.Span))
        );
        Assert.Contains("general-2", html, StringComparison.Ordinal);
        EveryPrefixIsASession(run);
    }

    [Fact]
    public async Task With_room_for_one_the_next_begins_when_it_has_ended()
    {
        using var run = new EngineRun();
        var ended = await run.RunAsync(
            "subagents: { max: 1 }",
            [
                $"tool-uses: [{Agent("part one")}, {Agent("part two")}]",
                $"for-prompt: part one, {EngineRun.Bash("echo 1 > b.txt")}",
                "for-prompt: part one, text: one",
                $"for-prompt: part two, {EngineRun.Bash("echo 2 >> b.txt")}",
                "for-prompt: part two, text: two",
                "text: Done.",
            ]
        );

        Assert.True(ended.ExitCode == 0, ended.Message);
        Assert.Equal(
            ["general-1", "general-1", "general-2", "general-2"],
            run.Events.OfType<MessageAdded>()
                .Where(reply => IsReply(reply) && !reply.IsMain)
                .Select(reply => reply.AgentId)
        );
    }

    [Fact]
    public async Task A_type_of_the_workspace_has_what_its_file_leaves_and_its_denials_count()
    {
        using var run = new EngineRun();
        run.File(
            ".claude/agents/looker.md",
            "---\nname: looker\ndescription: looks\ntools: [Read, 'Bash(ls:*)']\n---\nLook well.\n"
        );
        var ended = await run.RunAsync(
            "subagents: {}\nlimits: { max-denials: 1 }\napply: never",
            [
                $"tool-uses: [{Agent("part one", "looker")}]",
                "for-prompt: part one, expect: { system-contains: Look well., tools: [bash, bash_output, bash_kill, read_file] }, "
                    + "tool-uses: [{ name: write_file, input: { path: a.txt, content: x } }]",
                $"for-prompt: part one, expect: {{ tool-result-contains: There is no tool named write_file }}, {EngineRun.Bash("ls; rm a.txt")}",
                $"for-prompt: part one, expect: {{ tool-result-contains: Denied by policy }}, {EngineRun.Bash("rm a.txt")}",
            ]
        );

        Assert.Equal((12, "max-denials"), (ended.ExitCode, ended.Reason));
        Assert.Equal(2, ended.PermissionDenials.Count);
        Assert.All(ended.PermissionDenials, denial => Assert.Equal("tools", denial.RuleId));
    }

    [Fact]
    public async Task A_limit_that_one_reaches_is_the_tasks()
    {
        using var run = new EngineRun();
        var ended = await run.RunAsync(
            "subagents: {}\nlimits: { max-turns: 3 }\nexpect-changes: false",
            [$"tool-uses: [{Agent("part one")}]", $"for-prompt: part one, {EngineRun.Bash("echo on")}, repeat: forever"]
        );

        Assert.Equal((13, "max-turns", 3), (ended.ExitCode, ended.Reason, ended.NumTurns));
        Assert.Contains(
            "did not come to its end: 3 of 3 turns are used.",
            Results(run)[^1].Text,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task One_whose_model_fails_ends_the_task_and_the_others()
    {
        using var run = new EngineRun();
        var ended = await run.RunAsync(
            "subagents: {}",
            [
                $"tool-uses: [{Agent("part one")}, {Agent("part two")}]",
                $"for-prompt: part one, {EngineRun.Bash("sleep 600")}",
                "for-prompt: part two, status: 401",
            ]
        );

        Assert.Equal(17, ended.ExitCode);
    }

    [Fact]
    public async Task What_names_no_type_or_part_is_an_error_and_starts_nothing()
    {
        using var run = new EngineRun();
        var ended = await run.RunAsync(
            "subagents: {}\nexpect-changes: false",
            [
                $"tool-uses: [{Agent("part one", "no-such")}, {{ name: agent, input: {{ description: x }} }}]",
                "expect: { tool-result-contains: [There is no type no-such, prompt must be a text] }, text: So be it.",
            ]
        );

        Assert.True(ended.ExitCode == 0, ended.Message);
        Assert.Empty(run.Events.OfType<SubagentStarted>());
    }

    [Fact]
    public async Task The_example_mends_two_modules_and_has_them_read()
    {
        var example = Path.Combine(Repository.Root, "examples/subagents");
        using var run = new EngineRun();
        foreach (var file in Directory.EnumerateFiles($"{example}/project", "*", SearchOption.AllDirectories))
        {
            if (!file.Contains("__pycache__", StringComparison.Ordinal))
                run.File(Path.GetRelativePath($"{example}/project", file), await File.ReadAllTextAsync(file, Ct));
        }
        var ended = await run.RunAsync($"{example}/task.yaml", $"{example}/policy.yaml", "two-parts");

        Assert.True(ended.ExitCode == 0, ended.Message);
        Assert.Equal(2, ended.Changes!.Files);
        Assert.Equal(
            ["general-1", "general-2", "reviewer-3"],
            run.Events.OfType<SubagentStarted>().Select(each => each.AgentId)
        );
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Wherever a kill cuts it, the main conversation is whole, and what was under way is known.</summary>
    private static void EveryPrefixIsASession(EngineRun run)
    {
        var lines = TranscriptReader.Read(run.Files["out/tasks/t/transcript.jsonl"]);
        var underWay = 0;
        for (var kept = 1; kept <= lines.Count; kept++)
        {
            var progress = Progress.Of([.. lines.Take(kept)]);
            var replies = lines.Take(kept).Select(line => line.Event).OfType<MessageAdded>().Where(IsReply).ToList();
            Assert.Equal(replies.Count, progress.Turns);
            Assert.Equal(replies.Count(reply => !reply.IsMain), progress.RequestsBelow);
            Assert.Equal(
                replies.Where(reply => reply.IsMain).Select(reply => reply.Content),
                progress
                    .Session.Messages.Where(message => message.Role == Role.Assistant)
                    .Select(message => message.Content)
            );
            var unfinished = progress.Unfinished.Select(call => call.Tool).ToList();
            Assert.True(unfinished is [] or ["agent"] or ["agent", "agent"] or ["bash"], string.Join(' ', unfinished));
            underWay = Math.Max(underWay, unfinished.Count);
        }
        Assert.Equal(2, underWay);
    }

    private static bool IsReply(MessageAdded message) => message.Role == Role.Assistant;

    private static List<ToolResultBlock> Results(EngineRun run) =>
        [
            .. run
                .Events.OfType<MessageAdded>()
                .Where(message => message.IsMain)
                .SelectMany(message => message.Content.OfType<ToolResultBlock>()),
        ];

    private static string Agent(string prompt, string? type = null) =>
        $"{{ name: agent, input: {{ description: {prompt}, prompt: Do {prompt}.{(type is null ? "" : $", subagent_type: {type}")} }} }}";
}
