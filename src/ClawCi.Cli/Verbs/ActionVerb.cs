using System.Text.Json;
using ClawCi.Cli.Arguments;
using ClawCi.GitHub;
using ClawCi.Runs.Trust;
using ClawCi.Shared;
using CommandLine;

namespace ClawCi.Cli.Verbs;

/// <summary>The GitHub actions' entry: <c>run</c>, <c>merge</c> or <c>publish</c> with the flags that the action's inputs stand for.</summary>
[Verb("action")]
internal sealed record ActionVerb : Verb
{
    public const string Help = """
        claw-ci action [merge|publish]     what action.yml, merge/action.yml and publish/action.yml start: `run`, or the verb that is
                                           named, with the flags that the INPUT_… variables stand for
        """;

    /// <summary>Inputs of action.yml that are flags of <c>run</c> under the same name.</summary>
    public static IReadOnlyList<string> Flags { get; } =
    ["policy", "model", "workspace", "out", "shard", "apply", "max-cost-usd", "timeout"];

    /// <summary>Inputs of publish/action.yml that are flags of <c>publish</c> under the same name.</summary>
    public static IReadOnlyList<string> PublishFlags { get; } =
    ["repository", "base", "directory", "request", "title", "body", "branch-prefix", "max-open", "max-per-hour"];

    /// <summary>Inputs of merge/action.yml that are flags of <c>merge</c> under the same name.</summary>
    public static IReadOnlyList<string> MergeFlags { get; } = ["out"];

    [Value(0)]
    public string What { get; init; } = "run";

    public override Task<int> RunAsync(Invocation invocation)
    {
        var environment = invocation.Environment;
        if (What == "publish")
            return RunAsync(invocation, PublishFlags, [environment.ActionInput("out") ?? OutDirectory.DefaultName]);
        if (What == "merge")
            return RunAsync(invocation, MergeFlags, ShardsIn(environment.ActionInput("shards")));
        if (What != "run")
            throw new UsageException($"`{What}` is none of the actions: run, merge or publish.", "action");
        var missing = ActionPreflight.Missing(environment);
        if (missing.Count > 0)
            throw new UsageException($"Not ready: {string.Join("; ", missing)}.");
        CheckInitiator(environment);
        return RunAsync(invocation, Flags, [.. Lines(environment, "task").SelectMany(TaskFiles)]);
    }

    private Task<int> RunAsync(Invocation invocation, IEnumerable<string> flags, string[] values)
    {
        string[] words =
        [
            What,
            .. flags
                .Select(flag => (flag, value: invocation.Environment.ActionInput(flag)))
                .Where(pair => pair.value is not null)
                .Select(pair => $"--{pair.flag}={pair.value}"),
            .. What == "run" ? Lines(invocation.Environment, "inputs").Select(line => $"--input={line}") : [],
            .. Lines(invocation.Environment, "args"),
            "--",
            .. values,
        ];
        return ArgumentReader.Read(words).RunAsync(invocation);
    }

    /// <summary>What was downloaded of each shard is a directory in one.</summary>
    private static string[] ShardsIn(string? directory)
    {
        if (directory is null || !Directory.Exists(directory))
            throw new UsageException(
                $"The action's input `shards` names no directory{(directory is null ? "" : $": {directory}")}."
            );
        return [.. Directory.GetDirectories(directory).Order(StringComparer.Ordinal)];
    }

    /// <summary>The files that a line of the input <c>task</c> means: one, or those that a pattern matches.</summary>
    private static IEnumerable<string> TaskFiles(string line)
    {
        if (!line.AsSpan().ContainsAny("*?[{"))
            return [line];
        if (!Glob.TryParse(line, out var glob, out var problem))
            throw new UsageException($"The action's input `task`: {line}: {problem}");
        var fixedParts = line.Split('/').TakeWhile(part => !part.AsSpan().ContainsAny("*?[{"));
        var root = Path.Combine([".", .. fixedParts]);
        // Links are not followed: the checkout is not trusted.
        var everywhere = new EnumerationOptions
        {
            RecurseSubdirectories = true,
            AttributesToSkip = FileAttributes.ReparsePoint,
        };
        string[] found = Directory.Exists(root)
            ?
            [
                .. Directory
                    .EnumerateFiles(root, "*", everywhere)
                    .Select(file => Path.GetRelativePath(".", file))
                    .Where(file => glob.IsMatch(file))
                    .Order(StringComparer.Ordinal),
            ]
            : [];
        return found.Length > 0
            ? found
            : throw new UsageException($"The action's input `task`: {line} matches no file.");
    }

    /// <exception cref="UntrustedException">Somebody set the workflow off who may not.</exception>
    private static void CheckInitiator(CliEnvironment environment)
    {
        if (environment["GITHUB_EVENT_NAME"] is not { } name)
            return;
        var allowed = Lines(environment, "allow")
            .SelectMany(line => line.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries))
            .ToList();
        if (allowed.Find(word => !Initiator.Words.Contains(word)) is { } odd)
            throw new UsageException(
                $"The action's input `allow` is {string.Join(", ", Initiator.Words)}; not `{odd}`."
            );
        using var payload = environment["GITHUB_EVENT_PATH"] is { } path ? PullRequestEvent.Payload(path) : null;
        if (Initiator.Objection(name, payload?.RootElement ?? default, allowed) is var (reason, message))
            throw new UntrustedException("event", message, reason);
    }

    private static string[] Lines(CliEnvironment environment, string input) =>
        (environment.ActionInput(input) ?? "").Split(
            '\n',
            StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries
        );
}
