using System.Security.Cryptography;
using System.Text.Json;
using ClawCi.Artifacts;
using ClawCi.Cli.Arguments;
using ClawCi.Events;
using ClawCi.Git;
using ClawCi.GitHub;
using ClawCi.Publishing;
using ClawCi.Runs;
using ClawCi.Runs.Batch;
using ClawCi.Sessions;
using CommandLine;

namespace ClawCi.Cli.Verbs;

/// <summary>Delivers the patches of a run that has ended.</summary>
[Verb("publish")]
internal sealed record PublishVerb : Verb
{
    public const string Help = """
        claw-ci publish DIR [options]     deliver the patches of the run in DIR, with credentials that the run never had

        Each successful task's patch becomes one commit on a branch of its own, claw-ci/TASK-ID, and a draft pull or merge request. Done
        twice, it does nothing the second time. GITHUB_TOKEN or GH_TOKEN, GITLAB_TOKEN (or CI_JOB_TOKEN, for branches only) come from the
        environment; the token goes to its own platform alone.

          --repository WHERE       an https address or a path; by default where the checkout came from, or the pipeline's repository
          --allow-repository WHERE a repository that the run itself may name as the one that it cloned; ending in / all below it
          --base BRANCH            what the changes are for; by default the pipeline's branch, or the repository's default branch
          --directory DIR          where the workspace lies in the repository; found out when the checkout is here
          --request KIND           draft (the default), ready, or none: then the branch is all
          --title TEXT             of commit and request, instead of the task's description
          --body TEXT              before what is told of the run: the place for "Closes #12"; or @FILE
          --author "NAME <MAIL>"   who commits; claw-ci by default
          --branch-prefix TEXT     claw-ci/ by default
          --max-open N             hold the rest back when so many of our requests are open; 10 by default
          --max-per-hour N         hold the rest back when so many were opened within an hour; no bound by default
          --include-unsuccessful   deliver patches of tasks that did not succeed too, as drafts; never what a gate objects to
          --allow-protected        deliver changes of protected paths where the run's policy leaves them to a review
          --staged                 say what would be done, and send nothing
          --output-format FORMAT   what stdout carries: text (a line a task) or json (publish.json)
        """;

    private const int DefaultMaxOpen = 10;

    [Value(0)]
    public string Directory { get; init; } = "";

    [Option("repository")]
    public string? Repository { get; init; }

    [Option("allow-repository")]
    [Repeatable]
    public string? AllowRepository { get; init; }

    [Option("base")]
    public string? Base { get; init; }

    [Option("directory")]
    public string? WorkspaceDirectory { get; init; }

    [Option("request")]
    public string Request { get; init; } = "draft";

    [Option("title")]
    public string? Title { get; init; }

    [Option("body")]
    public string? Body { get; init; }

    [Option("author")]
    public string? Author { get; init; }

    [Option("branch-prefix")]
    public string BranchPrefix { get; init; } = "claw-ci/";

    [Option("max-open")]
    public string? MaxOpen { get; init; }

    [Option("max-per-hour")]
    public string? MaxPerHour { get; init; }

    [Option("include-unsuccessful")]
    public bool IncludeUnsuccessful { get; init; }

    [Option("allow-protected")]
    public bool AllowProtected { get; init; }

    [Option("staged")]
    public bool Staged { get; init; }

    [Option("output-format")]
    public string OutputFormat { get; init; } = "text";

    public override async Task<int> RunAsync(Invocation invocation)
    {
        if (OutputFormat is not ("text" or "json"))
            throw Wrong($"--output-format {OutputFormat}: text or json.");
        var plan = Plan();
        var directory = Path.GetFullPath(Path.TrimEndingDirectorySeparator(Directory));
        var run = RunRecord.Read(directory);
        using var held =
            RunLock.Take(directory) ?? throw Wrong($"{Directory}: the run is still going on. Wait for its end.");
        var masker = new SecretMasker();
        foreach (var name in EnvironmentSecrets.Register(masker, invocation.Environment))
            await invocation.Error.WriteLineAsync($"claw-ci: {name} is too short or too plain to be masked.");

        using var destinations = new Destinations(
            plan,
            PublishSurroundings.Read(invocation.Environment),
            invocation.Time
        );
        var publisher = new Publisher(plan, masker, destinations.OpenAsync, task => Tell(task, masker, invocation));
        var result = await publisher.RunAsync(run, invocation.Interruption.Token);
        var text = masker.Apply(JsonSerializer.Serialize(result, PublishJson.Indented.PublishResult) + "\n").Text;
        Write(Path.Combine(directory, PublishResult.FileName), text, invocation.Error);
        if (invocation.Environment.GitHubOutput is { } outputs)
            StepOutputs.Append(outputs, RandomNumberGenerator.GetHexString(32), result);
        if (invocation.Environment.GitHubStepSummary is { } summary)
            StepSummary.Append(summary, masker.Apply(PublishSummary.Of(result)).Text);
        if (OutputFormat == "json")
            await invocation.Output.WriteAsync(text);
        await invocation.Output.FlushAsync();
        if (result.Outcome != Outcome.Success.Name())
            await invocation.Error.WriteLineAsync($"claw-ci: {result.Message}");
        return StatusLine.Write(
            invocation.Error,
            result.Outcome,
            result.Reason,
            result.ExitCode,
            result.Retryable,
            run.RunId
        );
    }

    private PublishPlan Plan()
    {
        if (!BranchName.IsOne($"{BranchPrefix}x"))
            throw Wrong($"--branch-prefix {BranchPrefix} begins no branch's name.");
        if (Base is not null && !BranchName.IsOne(Base))
            throw Wrong($"--base {Base} is no branch's name.");
        return new(
            Repository is null
                ? null
                : RepositoryAddress.Parse(Repository, "--repository", Environment.CurrentDirectory),
            Base,
            BranchPrefix,
            Below(),
            Request switch
            {
                "draft" => RequestKind.Draft,
                "ready" => RequestKind.Ready,
                "none" => RequestKind.None,
                _ => throw Wrong($"--request {Request}: draft, ready or none."),
            },
            Count("max-open", MaxOpen) ?? DefaultMaxOpen,
            Count("max-per-hour", MaxPerHour),
            Staged,
            Author is null
                ? Identity.Default
                : Identity.Parse(Author) ?? throw Wrong($"--author {Author}: write \"Name <mail@example.com>\"."),
            Title is null || Title.Length <= 200 && !Title.Any(char.IsControl)
                ? Title
                : throw Wrong("--title is one line of at most 200 characters."),
            Body is ['@', .. var file] ? Read(file) : Body,
            IncludeUnsuccessful,
            AllowProtected
        )
        {
            // As the addresses that they are held against are written.
            Allowed =
            [
                .. (AllowRepository?.Split(RepeatableAttribute.Separator) ?? []).Select(where =>
                    RepositoryAddress.Parse(where, "--allow-repository", Environment.CurrentDirectory).ToString()
                ),
            ],
        };
    }

    private static string Read(string file)
    {
        const int Most = 60_000;
        try
        {
            var text = File.ReadAllText(file);
            return text.Length <= Most ? text : throw Wrong($"--body @{file} is longer than {Most} characters.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Wrong($"--body @{file}: {e.Message}");
        }
    }

    /// <summary>As git writes paths.</summary>
    private string? Below()
    {
        var path = WorkspaceDirectory?.Trim('/');
        if (path is null or ".")
            return path is null ? null : "";
        return path.Split('/').Any(part => part is "" or "." or "..") || WorkspaceDirectory![0] == '/'
            ? throw Wrong(
                $"--directory {WorkspaceDirectory} is relative to the repository's root, such as services/api."
            )
            : path;
    }

    private static int? Count(string name, string? text) =>
        text is null ? null
        : int.TryParse(text, System.Globalization.NumberStyles.None, null, out var count) ? count
        : throw Wrong($"--{name} {text} is no number.");

    private void Tell(PublishedTask task, SecretMasker masker, Invocation invocation)
    {
        if (OutputFormat == "json")
            return;
        Say($"{task.TaskId}: {task.Status}: {task.Message}");
        foreach (var conflict in task.Conflicts ?? [])
            Say($"  {conflict.Path}: {conflict.Reason}");

        // A path is somebody else's, and GitHub reads commands in what a step prints.
        void Say(string line) => invocation.Output.WriteLine(WorkflowCommand.Neutralise(masker.Apply(line).Text));
    }

    /// <summary>What was sent is sent, also where its record cannot be kept.</summary>
    private void Write(string path, string text, TextWriter error)
    {
        try
        {
            WholeFile.Write(path, text);
            Ownership.Give(path, Directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"claw-ci: {PublishResult.FileName} cannot be written: {e.Message}");
        }
    }

    private static UsageException Wrong(string message) => new(message, "publish");
}
