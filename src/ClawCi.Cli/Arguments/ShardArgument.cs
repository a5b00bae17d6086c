using System.Globalization;
using ClawCi.Runs.Planning;

namespace ClawCi.Cli.Arguments;

/// <summary>
/// Reads <c>--shard</c>: <c>I/N</c>; <c>auto</c>, which asks the variables of the engine that runs this job; or <c>auto/N</c> where
/// those say only which.
/// </summary>
internal static class ShardArgument
{
    private const string Auto = "auto";

    /// <param name="Index">Names the variable that says which.</param>
    /// <param name="First">What the first is called.</param>
    private sealed record Engine(string Name, string Index, string? Count, int First);

    /// <summary>
    /// GitLab: docs.gitlab.com/ci/variables/predefined_variables. Buildkite: buildkite.com/docs/pipelines/environment-variables.
    /// CircleCI: circleci.com/docs/variables. Azure: learn.microsoft.com/azure/devops/pipelines/build/variables. Kubernetes:
    /// kubernetes.io/docs/concepts/workloads/controllers/job. Slurm and SGE number as the user asked them to, see below.
    /// </summary>
    private static readonly Engine[] Engines =
    [
        new("GitLab", "CI_NODE_INDEX", "CI_NODE_TOTAL", 1),
        new("Buildkite", "BUILDKITE_PARALLEL_JOB", "BUILDKITE_PARALLEL_JOB_COUNT", 0),
        new("CircleCI", "CIRCLE_NODE_INDEX", "CIRCLE_NODE_TOTAL", 0),
        new("Azure", "SYSTEM_JOBPOSITIONINPHASE", "SYSTEM_TOTALJOBSINPHASE", 1),
        new("Kubernetes", "JOB_COMPLETION_INDEX", null, 0),
    ];

    /// <returns>The shard and where it was read, for people; null when the flag was not given.</returns>
    /// <param name="variable">The environment.</param>
    /// <exception cref="UsageException">It makes no sense, or the variables do not say, or contradict each other.</exception>
    public static (Shard Shard, string Source)? Read(string? given, Func<string, string?> variable, string verb)
    {
        if (given is null)
            return null;
        var parts = given.Split('/');
        if (parts is [Auto] or [Auto, _])
            return Found(given, parts.Length == 2 ? Number(parts[1]) ?? throw Wrong() : null, variable, verb);
        return parts is [var index, var count] && Valid(Number(index), Number(count)) is { } shard
            ? (shard, "--shard")
            : throw Wrong();

        UsageException Wrong() =>
            new($"--shard {given}: I/N is expected, such as 1/4 for the first of four, or auto, or auto/N.", verb);
    }

    private static (Shard, string) Found(string given, int? count, Func<string, string?> variable, string verb)
    {
        List<(Shard Shard, string Source)> found = [];
        foreach (var (name, says) in Says(variable))
        {
            var of = count ?? says.Count;
            if (of is null)
                throw new UsageException(
                    $"--shard {given}: {says.Variables} says which shard this is, and nothing of how many. Write --shard auto/N.",
                    verb
                );
            found.Add(
                Valid(says.Index, of) is { } shard
                    ? (shard, $"{name}: {says.Variables}")
                    : throw new UsageException(
                        $"--shard {given}: {says.Variables} make shard {says.Index} of {of}, which there cannot be.",
                        verb
                    )
            );
        }
        if (found.Count == 0)
            throw new UsageException(
                $"--shard {given}: no variable says which shard this is. Looked for those of {string.Join(", ", Engines.Select(engine => engine.Name))}, Slurm and SGE. Write --shard I/N.",
                verb
            );
        return found.TrueForAll(other => other.Shard == found[0].Shard)
            ? found[0]
            : throw new UsageException(
                $"--shard {given}: the variables contradict each other: {string.Join("; ", found.Select(one => $"{one.Source} say {one.Shard}"))}. Write --shard I/N.",
                verb
            );
    }

    private static IEnumerable<(string Name, (int Index, int? Count, string Variables) Says)> Says(
        Func<string, string?> variable
    )
    {
        foreach (var engine in Engines)
        {
            var count = engine.Count is null ? null : Number(variable(engine.Count));
            if (Number(variable(engine.Index)) is { } index)
                yield return (
                    engine.Name,
                    (
                        index - engine.First + 1,
                        count,
                        count is null ? engine.Index : $"{engine.Index}={index}, {engine.Count}={count}"
                    )
                );
            // GitLab says 1 where a job is not parallel, and nothing else.
            else if (count == 1)
                yield return (engine.Name, (1, 1, $"{engine.Count}=1"));
        }
        // Arrays may be numbered 10-30:5.
        if (
            Array(
                variable,
                "SLURM_ARRAY_TASK_ID",
                "SLURM_ARRAY_TASK_MIN",
                "SLURM_ARRAY_TASK_MAX",
                "SLURM_ARRAY_TASK_STEP"
            ) is
            { } slurm
        )
            yield return ("Slurm", slurm);
        if (Array(variable, "SGE_TASK_ID", "SGE_TASK_FIRST", "SGE_TASK_LAST", "SGE_TASK_STEPSIZE") is { } sge)
            yield return ("SGE", sge);
    }

    private static (int, int?, string)? Array(
        Func<string, string?> variable,
        string idName,
        string firstName,
        string lastName,
        string stepName
    )
    {
        // SGE says "undefined" where a job is no array.
        if (Number(variable(idName)) is not { } id)
            return null;
        var (first, last) = (Number(variable(firstName)), Number(variable(lastName)));
        var step = Math.Max(1, Number(variable(stepName)) ?? 1);
        return first is null || last is null
            ? (id, null, $"{idName}={id}")
            : (
                ((id - first.Value) / step) + 1,
                ((last - first) / step) + 1,
                $"{idName}={id}, {firstName}={first}, {lastName}={last}"
            );
    }

    private static Shard? Valid(int? index, int? count) =>
        index >= 1 && index <= count && count <= Shard.Most ? new(index.Value, count.Value) : null;

    private static int? Number(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
