using ClawCi.Events;
using Xunit;

namespace ClawCi.Docker.Tests.Verification;

/// <summary>Green although nothing, or the wrong thing, happened: what is known of it in the field, each with the exit code that it must have.</summary>
public sealed class FalseSuccessTests
{
    private const string AllGood = "text: 'All tests pass, the task is complete.'";

    /// <summary>What is no reply is asked for again; nothing better comes.</summary>
    private const string Gone = "status: 529, retry-after: 0, repeat: forever";
    private const string NoCheck = "apply: on-success";
    private const string WithReport =
        "verify: { rounds: 1, baseline: true, checks: [{ id: tests, run: sh run-tests, report: out.tap }] }";
    private const string WithSchema = "response: { json-schema: schema.json }";
    private static readonly string Mend = EngineRun.Bash("echo two > a.txt");

    private static readonly FalseSuccess[] All =
    [
        // What the model says.
        new("it claims success and the check is red", 10, "check-failed", EngineRun.Bash("echo x > b"), AllGood),
        new("it does nothing and claims success", 11, "no-changes", AllGood) { Task = NoCheck },
        new("it replies with nothing at all", 16, "overloaded", "stop-reason: end_turn", Gone) { Task = NoCheck },
        new("it refuses", 10, "refused", "text: 'I cannot help with that.', stop-reason: refusal"),
        new(
            "it stops for a tool and names none",
            16,
            "overloaded",
            Mend,
            "text: Now the edit., stop-reason: tool_use",
            Gone
        ),
        new(
            "its reply is cut at its length, again and again",
            13,
            "reply-length",
            Mend,
            "text: And, stop-reason: max_tokens, repeat: forever"
        ),
        new("its stream is cut", 16, "overloaded", Mend, "text: 'All good.', cut-after-bytes: 200", Gone),
        new("its last turn is beyond the limit", 13, "max-turns", Mend, Mend, AllGood)
        {
            Task = "limits: { max-turns: 2 }",
        },
        new("it reports that it cannot, in green", 10, "agent-cannot", Mend, Report("cannot"), AllGood),
        new(
            "it reports done and the check is red",
            10,
            "check-failed",
            EngineRun.Bash("echo x > b"),
            Report("done"),
            AllGood
        ),
        new("it reports that there is nothing to do", 11, "nothing-to-do", Report("nothing-to-do"), AllGood)
        {
            Task = NoCheck,
        },
        // What it did.
        new("it took its change back", 11, "no-changes", Mend, EngineRun.Bash("echo one > a.txt"), AllGood)
        {
            Task = NoCheck,
        },
        new("it changed ignored files only", 11, "no-changes", EngineRun.Bash("echo x > build.log"), AllGood)
        {
            Task = NoCheck,
        },
        new(
            "it wrote beside the workspace",
            11,
            "no-changes",
            EngineRun.Bash("echo two > /tmp/a.txt; mkdir -p ~/w && echo two > ~/w/a.txt"),
            AllGood
        )
        {
            Task = NoCheck,
        },
        new(
            "its work was still running in the background",
            10,
            "check-failed",
            "tool-uses: [{ name: bash, input: { command: 'sleep 600; echo two > a.txt', run_in_background: true } }]",
            AllGood
        ),
        new(
            "a tool it needs was denied",
            12,
            "required-tool-denied",
            "tool-uses: [{ name: edit_file, input: { path: a.txt, old_string: one, new_string: two } }]",
            AllGood
        )
        {
            Task = "permissions: { required-tools: [edit_file] }",
            Policy = "rules: [{ id: docs-only, allow: edit_file, paths: ['docs/**'] }]",
        },
        new(
            "every tool was denied and it went on without",
            12,
            "max-denials",
            EngineRun.Bash("echo two > a.txt"),
            EngineRun.Bash("make"),
            AllGood
        )
        {
            Task = "limits: { max-denials: 1 }",
            Policy = "rules: [{ id: ls, allow: bash, command: [ls] }]",
        },
        // What it did to the tests.
        new("it weakened a protected test", 19, "protected-path", EngineRun.Bash("echo exit 0 > run-tests"), AllGood)
        {
            Task =
                "protected-paths: { paths: [run-tests] }\nverify: { rounds: 1, checks: [{ id: tests, run: sh run-tests }] }",
        },
        new(
            "it weakened a protected test that is put back",
            10,
            "check-failed",
            EngineRun.Bash("echo exit 0 > run-tests; echo x > b"),
            AllGood
        )
        {
            Task =
                "protected-paths: { paths: [run-tests], on-change: restore }\nverify: { rounds: 1, checks: [{ id: tests, run: sh run-tests }] }",
        },
        new("it deleted the failing test", 10, "tests-vanished", EngineRun.Bash("sed -i /two/d tests"), AllGood)
        {
            Task = WithReport,
        },
        new(
            "it skipped the failing test",
            10,
            "tests-vanished",
            EngineRun.Bash("sed -i 's/^two.*/skip two/' tests"),
            AllGood
        )
        {
            Task = WithReport,
        },
        new("it emptied the list of tests", 10, "no-tests", EngineRun.Bash(": > tests"), AllGood)
        {
            Task = WithReport.Replace("baseline: true, ", "", StringComparison.Ordinal),
        },
        new(
            "it put another test in its place",
            10,
            "tests-vanished",
            EngineRun.Bash("sed -i 's/^two.*/other true/' tests"),
            AllGood
        )
        {
            Task = WithReport,
        },
        new(
            "it planted a green report",
            10,
            "report-missing",
            EngineRun.Bash("printf '1..1\\nok 1 - all\\n' > out.tap; echo two > a.txt; echo exit 0 > run-tests"),
            AllGood
        )
        {
            Task = WithReport.Replace("baseline: true, ", "", StringComparison.Ordinal),
        },
        new("an MCP server that it needs does not start", 5, "mcp-server", Mend, AllGood)
        {
            Task = "mcp-servers: { tracker: { command: [sh, -c, exit 1], run-in: sandbox } }",
            Policy = "rules: [{ id: tracker, allow: mcp, server: tracker }]",
        },
        new("an MCP server does not start and it pretends", 11, "no-changes", AllGood)
        {
            Task = "mcp-servers: { tracker: { command: [sh, -c, exit 1], run-in: sandbox, required: false } }",
            Policy = "rules: [{ id: tracker, allow: mcp, server: tracker }]",
        },
        // What the checks would have believed.
        new("a check's command does not exist", 5, "check-command-missing", Mend, AllGood)
        {
            Task = "verify: { checks: [{ id: lint, run: no-such-linter . }] }",
        },
        new(
            "the tool it installed is gone where the check runs",
            5,
            "check-command-missing",
            EngineRun.Bash(
                "mkdir -p ~/bin /tmp/bin; for d in ~/bin /tmp/bin; do printf '#!/bin/sh\\n' > $d/lint; chmod +x $d/lint; done; echo two > a.txt"
            ),
            AllGood
        )
        {
            Task = "verify: { checks: [{ id: lint, run: lint . }] }",
        },
        new(
            "only its own build output is green",
            10,
            "check-failed",
            EngineRun.Bash("mkdir out; echo ok > out/result; echo x > b"),
            AllGood
        )
        {
            Task = "verify: { rounds: 1, checks: [{ id: built, run: grep -q ok out/result }] }",
        },
        new(
            "a green program of its own shadows the check's",
            10,
            "check-failed",
            EngineRun.Bash("printf '#!/bin/sh\\n' > grep; chmod +x grep; cp grep test; export PATH=.:$PATH"),
            AllGood
        ),
        // What it handed in.
        new(
            "the answer does not fit the schema",
            15,
            "invalid-output",
            "tool-uses: [{ name: structured_output, input: { verdict: 7 } }], repeat: 4",
            AllGood
        )
        {
            Task = WithSchema,
        },
        new(
            "the answer stands in the text only",
            15,
            "invalid-output",
            "text: '{\"verdict\":\"good\"}', repeat: forever"
        )
        {
            Task = WithSchema,
        },
        new(
            "a key is in the patch",
            19,
            "secret",
            EngineRun.Bash("echo ghp_$(printf 'A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8') > a.txt"),
            AllGood
        )
        {
            Task = "verify: { rounds: 1 }",
        },
    ];

    public static TheoryData<string> Names => [.. All.Select(scenario => scenario.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Is_not_green(string name)
    {
        var scenario = All.Single(scenario => scenario.Name == name);
        using var run = Project();
        var ended = await run.RunAsync(scenario.Task, scenario.Replies, scenario.Policy);
        Assert.True(
            (scenario.ExitCode, scenario.Reason) == (ended.ExitCode, ended.Reason),
            $"{ended.ExitCode} {ended.Reason}: {ended.Message}"
        );
        Assert.Equal(
            "one\n",
            await File.ReadAllTextAsync(run.Files["checkout/a.txt"], TestContext.Current.CancellationToken)
        );
    }

    [Fact]
    public async Task A_checkout_that_changed_meanwhile_is_not_overwritten()
    {
        using var run = Project();
        var ended = await run.RunAsync(
            NoCheck,
            [Mend, AllGood],
            meanwhile: happened =>
            {
                if (happened is ToolAnswered)
                    run.File("a.txt", "mine\n");
            }
        );
        Assert.Equal((22, "conflict"), (ended.ExitCode, ended.Reason));
        Assert.Equal(
            "mine\n",
            await File.ReadAllTextAsync(run.Files["checkout/a.txt"], TestContext.Current.CancellationToken)
        );
    }

    /// <summary>The same project with the work done: none of the above is red by accident.</summary>
    [Fact]
    public async Task The_work_done_is_green()
    {
        using var run = Project();
        var ended = await run.RunAsync(
            $"{WithReport}\n{WithSchema}",
            [
                $"expect: {{ system-contains: structured_output }}, {Mend}",
                "tool-uses: [{ name: structured_output, input: { verdict: 7 } }]",
                "expect: { tool-result-contains: '/verdict: ', tool-result-is-error: true }, tool-uses: [{ name: structured_output, input: { verdict: good } }]",
                AllGood,
            ]
        );
        Assert.True(ended.ExitCode == 0, ended.Message);
        Assert.Equal("good", ended.StructuredOutput!.Value.GetProperty("verdict").GetString());
        Assert.Contains("response.json", ended.Artifacts);
        Assert.Equal(
            "two\n",
            await File.ReadAllTextAsync(run.Files["checkout/a.txt"], TestContext.Current.CancellationToken)
        );
    }

    /// <summary>One test of the two fails, until a.txt says two. A line of <c>tests</c> is a name and a command.</summary>
    private static EngineRun Project()
    {
        var run = new EngineRun("false-success");
        run.File(".gitignore", "*.log\nout/\n");
        run.File("tests", "always true\ntwo grep -q two a.txt\n");
        run.File(
            "run-tests",
            """
            n=0; bad=0; : > out.tap
            while read -r name command; do
              n=$((n+1))
              if test "$name" = skip; then echo "ok $n - $command # SKIP" >> out.tap
              elif sh -c "$command"; then echo "ok $n - $name" >> out.tap
              else bad=1; echo "not ok $n - $name" >> out.tap; fi
            done < tests
            echo "1..$n" >> out.tap; exit $bad
            """
        );
        File.WriteAllText(
            run.Files["schema.json"],
            """{"type":"object","required":["verdict"],"properties":{"verdict":{"type":"string"}}}"""
        );
        return run;
    }

    private static string Report(string outcome) =>
        $"tool-uses: [{{ name: report_outcome, input: {{ outcome: {outcome}, reason: because }} }}]";
}
