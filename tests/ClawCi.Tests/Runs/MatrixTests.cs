using ClawCi.Runs.Planning;
using Xunit;

namespace ClawCi.Tests.Runs;

/// <summary>From a task file with a strategy to its tasks.</summary>
public sealed class MatrixTests : IDisposable
{
    private const string Head = """
        version: 1
        name: fix
        model: anthropic/claude-sonnet-4-5
        sandbox: { image: "debian:12", env: { A: a } }

        """;

    private readonly PlannerFixture _fixture = new();

    [Theory]
    [InlineData("a: [1, 2], b: [x, y]", "a=1 b=x | a=1 b=y | a=2 b=x | a=2 b=y")]
    [InlineData("a: [1, 2], b: [x, y], exclude: [{ a: 1, b: y }]", "a=1 b=x | a=2 b=x | a=2 b=y")]
    [InlineData("a: [1, 2], b: [x, y], exclude: [{ a: 1 }]", "a=2 b=x | a=2 b=y")]
    [InlineData("include: [{ a: 1 }, { a: 2, b: x }]", "a=1 | a=2 b=x")]
    [InlineData("a: [8.0, '1e3', true, 010]", "a=8.0 | a=1e3 | a=true | a=010")]
    // What is excluded comes back by an include, which then adds to nothing.
    [InlineData("a: [1], exclude: [{ a: 1 }], include: [{ a: 1, b: x }]", "a=1 b=x")]
    // The example of GitHub's documentation.
    [InlineData(
        "fruit: [apple, pear], animal: [cat, dog], include: [{ color: green }, { color: pink, animal: cat }, "
            + "{ fruit: apple, shape: circle }, { fruit: banana }, { fruit: banana, animal: cat }]",
        "fruit=apple animal=cat color=pink shape=circle | fruit=apple animal=dog color=green shape=circle | "
            + "fruit=pear animal=cat color=pink | fruit=pear animal=dog color=green | fruit=banana | fruit=banana animal=cat"
    )]
    public void Combinations_are_those_of_GitHub_Actions(string matrix, string expected) =>
        Assert.Equal(
            expected,
            string.Join(
                " | ",
                Plan($"prompt: Do it.\nstrategy: {{ matrix: {{ {matrix} }} }}\n")
                    .Tasks.Select(task => string.Join(' ', task.Matrix.Select(pair => $"{pair.Key}={pair.Value}")))
            )
        );

    [Fact]
    public void A_combination_is_a_task_with_its_id_its_words_and_its_variables()
    {
        var plan = Plan(
            """
            description: For $[[ matrix.framework ]]
            prompt: Use $[[ matrix.framework ]] and $[[matrix.only-there]].
            strategy:
              matrix: { framework: [net8.0, net10.0], include: [{ framework: net10.0, only-there: "$[[ run.id ]]" }] }

            """
        );

        Assert.Equal(["fix-net8.0", "fix-net10.0-run.id"], plan.Tasks.Select(task => task.Id));
        Assert.Equal(["fix (net8.0)", "fix (net10.0, $[[ run.id ]])"], plan.Tasks.Select(task => task.Name));
        // What a value holds is not looked at again.
        Assert.Equal(
            ["Use net8.0 and .", "Use net10.0 and $[[ run.id ]]."],
            plan.Tasks.Select(task => task.Prompt.TrimEnd())
        );
        Assert.Equal("For net8.0", plan.Tasks[0].Description);
        Assert.Equal(
            new Dictionary<string, string> { ["A"] = "a", ["CLAW_MATRIX_FRAMEWORK"] = "net8.0" },
            plan.Tasks[0].Sandbox.Env
        );
        Assert.Equal("$[[ run.id ]]", plan.Tasks[1].Sandbox.Env["CLAW_MATRIX_ONLY_THERE"]);
        Assert.NotEqual(plan.Tasks[0].PlanHash, plan.Tasks[1].PlanHash);
        Assert.Contains(
            plan.Tasks[0].Origins,
            origin => origin is { Key: "matrix.framework", Value: "net8.0", Source: "task.yaml:8" }
        );
    }

    [Theory]
    [InlineData("matrix: {}", "task.yaml:6:21: `matrix` is empty")]
    [InlineData("matrix: { a: [] }", "`a` must be a list of values, not an empty list")]
    [InlineData("matrix: { a: 1 }", "`a` must be a list of values, not the number 1")]
    [InlineData("matrix: { a: [1, [2]] }", "a value of `a` must be text, a number, `true` or `false`, not a list")]
    [InlineData("matrix: { a: [1, 1] }", "task.yaml:6:30: `1` is in `a` twice")]
    [InlineData(
        "matrix: { a b: [1] }",
        "a name in `matrix` is letters, digits, `_` and `-`, first no digit, not `a b`"
    )]
    [InlineData(
        "matrix: { a-b: [1], A_B: [2] }",
        "the names `a-b` and `A_B` would both be the variable CLAW_MATRIX_A_B"
    )]
    [InlineData("matrix: { os: [1], exclude: [{ oss: 1 }] }", "which the matrix has no list of. Did you mean `os`?")]
    [InlineData("matrix: { a: [1], exclude: [{ a: 1 }] }", "`exclude` leaves nothing of the matrix")]
    [InlineData("matrix: { a: [1] }, max-paralel: 2", "unknown key `max-paralel`. Did you mean `max-parallel`?")]
    public void What_is_no_matrix_is_refused_with_its_place(string strategy, string error) =>
        Assert.Contains(
            error,
            _fixture.Errors(Head + $"prompt: Do it.\nstrategy: {{ {strategy} }}\n"),
            StringComparison.Ordinal
        );

    [Fact]
    public void A_matrix_that_explodes_is_refused_before_it_is_made()
    {
        var values = string.Join(", ", Enumerable.Range(1, 100));
        var axes = string.Join(", ", "abcdefghij".Select(name => $"{name}: [{values}]"));
        Assert.Contains(
            "`matrix` makes more than 1000 tasks",
            _fixture.Errors(Head + $"prompt: Do it.\nstrategy: {{ matrix: {{ {axes} }} }}\n"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_name_that_the_matrix_does_not_have_is_an_error_in_a_template() =>
        Assert.Contains(
            "task.yaml:5:9: unknown name `matrix.framwork` in a template. Did you mean `matrix.framework`?",
            _fixture.Errors(Head + "prompt: $[[ matrix.framwork ]]\nstrategy: { matrix: { framework: [a] } }\n"),
            StringComparison.Ordinal
        );

    [Fact]
    public void A_filter_chooses_by_id_or_name_and_changes_no_id()
    {
        const string Task = "prompt: Do it.\nstrategy: { matrix: { n: [1, 2, 3] } }\n";
        var all = Plan(Task).Tasks;

        Assert.Equal([all[1].Id], Ids("*-2"));
        Assert.Equal([all[0].Id, all[2].Id], Ids("fix (3)", "fix-1"));
        Assert.Contains(
            "fix-4 chooses no task; there are fix-1, fix-2, fix-3",
            _fixture.Errors(Head + Task, request => request with { Filter = ["fix-4"] }),
            StringComparison.Ordinal
        );

        IEnumerable<string> Ids(params string[] patterns) =>
            _fixture.Plan(Head + Task, request => request with { Filter = patterns }).Tasks.Select(task => task.Id);
    }

    [Fact]
    public void What_took_how_long_is_read_from_a_result_and_a_broken_one_that_was_named_is_an_error()
    {
        const string Task = "prompt: Do it.\nstrategy: { matrix: { n: [1, 2] } }\n";
        _fixture.Files.Write("out/result.json", """{"tasks":[{"task_id":"fix-1","duration_ms":1500}]}""");
        Assert.Equal([TimeSpan.FromSeconds(1.5), null], Plan(Task).Tasks.Select(task => task.Expected));

        _fixture.Files.Write("out/result.json", "{");
        Assert.All(Plan(Task).Tasks, task => Assert.Null(task.Expected));
        Assert.Contains(
            "it is no result; --durations is the result.json of an earlier run",
            _fixture.Errors(Head + Task, request => request with { DurationsFile = _fixture.Files["out/result.json"] }),
            StringComparison.Ordinal
        );
    }

    public void Dispose() => _fixture.Dispose();

    private RunPlan Plan(string rest) => _fixture.Plan(Head + rest);
}
