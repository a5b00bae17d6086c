using System.Text.Json;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Cli.Tests;

/// <summary><c>policy test</c>, <c>explain</c> and <c>suggest</c>, as users run them.</summary>
public sealed class PolicyTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public PolicyTests() =>
        _directory.Write(
            "policy.yaml",
            """
            version: 1
            rules:
              - id: no-push
                deny: bash
                command: [git, push]
                message: Do not push.
                examples: { match: ["git -C . push"], no-match: ["git status"] }
              - { id: generated, deny: Edit, paths: ["gen/**"] }

            """
        );

    [Fact]
    public async Task Cases_that_hold_are_counted_and_those_that_do_not_are_named_with_their_places()
    {
        _directory.Write(
            "good.yaml",
            "version: 1\ncases:\n  - { tool: bash, input: 'ls; git push', expect: deny, rule: no-push }\n"
        );
        _directory.Write(
            "bad.yaml",
            """
            version: 1
            cases:
              - { tool: bash, input: git push, expect: allow }
              - { tool: edit_file, input: gen/a, expect: deny, rule: no-push }
              - { tool: bash, input: ls, expect: allow }

            """
        );
        Assert.Equal(
            (0, "policy.yaml: examples hold: 2, cases hold: 1\n"),
            await OutputAsync("policy", "test", "policy.yaml", "good.yaml")
        );
        Assert.Equal((0, "good.yaml: valid\n"), await OutputAsync("validate", "good.yaml"));
        string[] arguments = ["policy", "test", "policy.yaml", "bad.yaml"];
        Golden.Matches((await ClawCiProgram.RunAsync(_directory.Path, arguments)).Transcribe(arguments));
    }

    [Fact]
    public async Task An_explanation_is_for_people_or_one_object()
    {
        string[] arguments = ["policy", "explain", "bash", "cd src && sudo git push > gen/log", "--policy=policy.yaml"];
        var text = await ClawCiProgram.RunAsync(_directory.Path, arguments);
        Golden.Matches(text.Transcribe(arguments));

        var (code, json) = await OutputAsync([.. arguments, "--format=json"]);
        var explanation = JsonElement.Parse(json);
        Assert.Equal((0, false), (code, explanation.GetProperty("allowed").GetBoolean()));
        Assert.Equal("no-push", explanation.GetProperty("rule_id").GetString());
    }

    [Fact]
    public async Task Arguments_that_make_no_sense_are_usage_errors_and_a_broken_example_is_the_files()
    {
        Assert.Equal(2, (await OutputAsync("policy", "explain", "bash", "ls")).ExitCode);
        Assert.Equal(2, (await OutputAsync("policy", "explain", "bsh", "ls", "--policy=policy.yaml")).ExitCode);
        Assert.Equal(2, (await OutputAsync("policy", "tset", "policy.yaml")).ExitCode);

        _directory.Write(
            "broken.yaml",
            "version: 1\nrules:\n  - { id: a, deny: bash, command: [git], examples: { match: [ls] } }\n"
        );
        var end = await ClawCiProgram.RunAsync(_directory.Path, ["policy", "test", "broken.yaml"]);
        Assert.Equal(3, end.ExitCode);
        Assert.Contains("broken.yaml:3:", end.Error, StringComparison.Ordinal);
        Assert.Contains("is not matched", end.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_suggested_for_a_run_is_a_policy_under_which_it_has_no_denial()
    {
        var run = Path.Combine(ClawCiProgram.Root, "tests/Fixtures/sample-run");
        var (code, suggested) = await OutputAsync("policy", "suggest", run);
        Assert.Equal(0, code);

        _directory.Write("suggested.yaml", suggested);
        Assert.Equal((0, "suggested.yaml: valid\n"), await OutputAsync("validate", "suggested.yaml"));
        foreach (
            var line in File.ReadLines(Directory.GetFiles(run, "transcript.jsonl", SearchOption.AllDirectories)[0])
        )
        {
            var call = JsonElement.Parse(line);
            if (call.GetProperty("type").GetString() != "tool_call" || call.GetProperty("tool").GetString() != "bash")
                continue;
            var command = call.GetProperty("input").GetProperty("command").GetString()!;
            var explained = await OutputAsync("policy", "explain", "bash", command, "--policy=suggested.yaml");
            Assert.Contains("\nALLOWED", explained.Output, StringComparison.Ordinal);
        }
    }

    public void Dispose() => _directory.Dispose();

    private async Task<(int ExitCode, string Output)> OutputAsync(params string[] arguments)
    {
        var end = await ClawCiProgram.RunAsync(_directory.Path, arguments);
        return (end.ExitCode, end.Output);
    }
}
