using ClawCi.Runs.Trust;

namespace ClawCi.Runs.Planning;

/// <summary>What a run was asked for, before anything was read. Paths are as the user gave them.</summary>
internal sealed record RunRequest
{
    public required IReadOnlyList<string> TaskFiles { get; init; }

    /// <summary><c>--policy</c>.</summary>
    public string? PolicyFile { get; init; }

    /// <summary>The operator's policy, <c>/etc/claw-ci/policy.yaml</c>; read when it exists.</summary>
    public string? OperatorPolicyFile { get; init; }

    /// <summary><c>--settings</c>.</summary>
    public string? SettingsFile { get; init; }

    /// <summary><c>--trust-workspace</c>: what is found in the workspace may run on this machine.</summary>
    public bool TrustWorkspace { get; init; }

    /// <summary>What the job is about, when that is a pull request and <c>--trust-workspace</c> was not given.</summary>
    public PullRequest? PullRequest { get; init; }

    /// <summary><c>--models</c>, else <c>CLAW_CI_MODELS</c>: models of one's own, and prices over the built-in ones.</summary>
    public string? ModelsFile { get; init; }

    /// <summary><c>--session</c>: what an earlier run left to go on from.</summary>
    public string? SessionFile { get; init; }

    /// <summary><c>--workspace</c>, else the current directory.</summary>
    public required string Workspace { get; init; }

    /// <summary><c>--out</c>, else <c>claw-ci-out</c> in the current directory.</summary>
    public required string OutDirectory { get; init; }

    /// <summary><c>--filter</c>: patterns of the ids and names of tasks; all of them without.</summary>
    public IReadOnlyList<string> Filter { get; init; } = [];

    /// <summary><c>--shard</c>; null is the whole run.</summary>
    public Shard? Shard { get; init; }

    /// <summary><c>--durations</c>, a <c>result.json</c> of an earlier run; else that of the output directory.</summary>
    public string? DurationsFile { get; init; }

    public CommandLineValues CommandLine { get; init; } = new();

    public EnvironmentValues Environment { get; init; } = new();

    /// <summary><c>--input</c> and <c>--input-env</c>; no name twice.</summary>
    public IReadOnlyList<GivenInput> Inputs { get; init; } = [];

    /// <summary>Names of the secrets that were given, <c>--secret</c>.</summary>
    public IReadOnlyList<string> Secrets { get; init; } = [];

    /// <summary>Of a run that is resumed; null makes a new one.</summary>
    public string? RunId { get; init; }

    public required TimeProvider Time { get; init; }

    /// <summary>Numbers in [0, 1), for the run's id.</summary>
    public required Func<double> Random { get; init; }

    /// <summary>For people, of a secret that a file names and the request does not have.</summary>
    public static string NotGiven(string secret) =>
        $"the secret {secret} was not given. Add `--secret {secret}`, with its value in the variable {secret}, or `--secret {secret}=@FILE`";
}
