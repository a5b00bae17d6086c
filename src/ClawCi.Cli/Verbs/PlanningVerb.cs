using System.Globalization;
using ClawCi.Cli.Arguments;
using ClawCi.Configuration;
using ClawCi.Runs;
using ClawCi.Runs.Planning;
using CommandLine;

namespace ClawCi.Cli.Verbs;

/// <summary>What <c>run</c> and <c>plan</c> have in common: from flags and environment to a plan.</summary>
internal abstract record PlanningVerb : Verb
{
    protected const string OptionHelp = """
          --policy FILE            what the agent may do
          --settings FILE          values for tasks that do not say otherwise
          --workspace DIR          the checkout to work on; the current directory by default
          --out DIR                where reports go; claw-ci-out by default
          --model PROVIDER/NAME    instead of the task's model
          --models FILE            models of your own, and prices over the built-in ones
          --sandbox KIND           what confines the agent: docker, or none on a machine that is thrown away
          --apply WHEN             apply the patch to the checkout: on-success, always or never
          --max-turns N            bound on the model's replies, for each task
          --max-cost-usd X         bound on the cost of the whole run
          --timeout D              bound on the time of the whole run, such as 40m or 1h30m
          --workers N              tasks at once; one for each two processors by default, at most 4
          --filter GLOB            only tasks whose id or name fits; may be given again
          --shard I/N              the I-th of N parts of the tasks; auto asks the CI system's variables, auto/N where they say which only
          --max-failures N         after so many tasks that did not succeed, begin no more
          --durations FILE         a result.json of an earlier run: tasks that took longest begin first
          --trust-workspace        run the workspace's own hooks, and in a pull request take its files as they are
          --session FILE           go on from an earlier run: the session.json of its task, with the patch in it
          --reports LIST           make these reports too: code-quality (GitLab's), sarif, or both with a comma between
          --input K=V              a value for the task's input K, or K=@FILE; may be given again
          --input-env K=VAR        the same from the variable VAR as it is, for text that strangers wrote; may be given again
          --secret NAME            for setup steps that list it: the variable NAME, or NAME=@FILE; may be given again
        """;

    /// <summary>As typed.</summary>
    protected abstract string Name { get; }

    [Value(0)]
    public IEnumerable<string> Tasks { get; init; } = [];

    [Option("policy")]
    public string? Policy { get; init; }

    [Option("settings")]
    public string? Settings { get; init; }

    [Option("workspace")]
    public string? Workspace { get; init; }

    [Option("out")]
    public string? Out { get; init; }

    [Option("model")]
    public string? Model { get; init; }

    [Option("models")]
    public string? Models { get; init; }

    [Option("sandbox")]
    public string? Sandbox { get; init; }

    [Option("apply")]
    public string? Apply { get; init; }

    [Option("max-turns")]
    public string? MaxTurns { get; init; }

    [Option("max-cost-usd")]
    public string? MaxCostUsd { get; init; }

    [Option("timeout")]
    public string? Timeout { get; init; }

    [Option("workers")]
    public string? Workers { get; init; }

    [Option("filter")]
    [Repeatable]
    public string? Filter { get; init; }

    [Option("shard")]
    public string? Shard { get; init; }

    [Option("max-failures")]
    public string? MaxFailures { get; init; }

    [Option("durations")]
    public string? Durations { get; init; }

    [Option("trust-workspace")]
    public bool TrustWorkspace { get; init; }

    [Option("session")]
    public string? Session { get; init; }

    [Option("reports")]
    public string? Reports { get; init; }

    [Option("input")]
    [Repeatable]
    public string? Input { get; init; }

    [Option("input-env")]
    [Repeatable]
    public string? InputEnv { get; init; }

    [Option("secret")]
    [Repeatable]
    public string? Secret { get; init; }

    /// <summary>The values of secrets, by name.</summary>
    protected IReadOnlyDictionary<string, string> Secrets(Invocation invocation) =>
        SecretArguments.Read(Secret, invocation.Environment, Name);

    /// <exception cref="UsageException">A flag's value makes no sense.</exception>
    /// <exception cref="UserErrorException">A file, or a variable of the environment, makes no sense.</exception>
    /// <param name="runId">Of a run that is resumed; null makes a new one.</param>
    protected RunPlan Plan(Invocation invocation, string? runId = null)
    {
        var secrets = Secrets(invocation).Keys.ToList();
        var shard = ShardArgument.Read(Shard, name => invocation.Environment[name], Name);
        var plan = Planner.Plan(
            new RunRequest
            {
                TaskFiles = [.. Tasks.Select(StandardInput.Path)],
                PolicyFile = Policy,
                OperatorPolicyFile = "/etc/claw-ci/policy.yaml",
                SettingsFile = Settings,
                TrustWorkspace = TrustWorkspace,
                PullRequest = TrustWorkspace ? null : invocation.Environment.PullRequest,
                ModelsFile = Models ?? invocation.Environment.ModelsFile,
                SessionFile = Session,
                Workspace = Workspace ?? ".",
                OutDirectory = Out ?? OutDirectory.DefaultName,
                Filter = Filter?.Split(RepeatableAttribute.Separator) ?? [],
                DurationsFile = Durations,
                Shard = shard?.Shard,
                CommandLine = new()
                {
                    Model = Model,
                    Sandbox = Sandbox,
                    Apply = Read("apply", Apply, ApplyModeOf, "on-success, always or never"),
                    MaxTurns = Read("max-turns", MaxTurns, CountOf(int.MaxValue), "a whole number from 1"),
                    MaxCostUsd = Read("max-cost-usd", MaxCostUsd, DollarsOf, "an amount above 0 such as 2.50"),
                    Workers = Read("workers", Workers, CountOf(256), "a whole number from 1 to 256"),
                    MaxFailures = Read("max-failures", MaxFailures, CountOf(int.MaxValue), "a whole number from 1"),
                    Reports = ReportNames.Read(Reports, Name),
                    Timeout = Read("timeout", Timeout, text => Duration.Parse(text)?.Value, Duration.Expected),
                },
                Environment = invocation.Environment.Controls,
                Inputs = new InputArguments(CliEnvironment.Exact, secrets, Name).Read(Input, InputEnv),
                Secrets = secrets,
                RunId = runId,
                Time = invocation.Time,
                Random = invocation.Random,
            }
        );
        // Loudly: a variable that means something else would leave tasks undone.
        if (shard is var (part, source))
            invocation.Error.WriteLine(
                $"claw-ci: shard {part} ({source}): {plan.Tasks.Count} of {plan.ShardFile!.Tasks.Count} tasks"
            );
        return plan;
    }

    private static ApplyMode? ApplyModeOf(string value) =>
        value switch
        {
            "on-success" => ApplyMode.OnSuccess,
            "always" => ApplyMode.Always,
            "never" => ApplyMode.Never,
            _ => null,
        };

    protected static Func<string, int?> CountOf(int most) =>
        value =>
            int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && count > 0
            && count <= most
                ? count
                : null;

    private static decimal? DollarsOf(string value) =>
        decimal.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var dollars)
        && dollars > 0
            ? dollars
            : null;

    /// <summary>Null when the flag was not given.</summary>
    protected T? Read<T>(string flag, string? value, Func<string, T?> parse, string expected)
        where T : struct =>
        value is null
            ? null
            : parse(value) ?? throw new UsageException($"--{flag} {value}: {expected} is expected.", Name);
}
