using ClawCi.Auth;
using ClawCi.Cli.Arguments;
using ClawCi.Cli.Console;
using ClawCi.Cli.Telemetry;
using ClawCi.Events;
using ClawCi.Models;
using ClawCi.Runs;
using ClawCi.Runs.Batch;
using ClawCi.Runs.Planning;
using ClawCi.Runs.Resume;
using ClawCi.Sandboxes;
using ClawCi.Sandboxes.Docker;
using ClawCi.Sessions;
using ClawCi.Sessions.Claude;
using ClawCi.Telemetry;
using CommandLine;

namespace ClawCi.Cli.Verbs;

/// <summary>Runs task files to completion: plan, run, reports, exit code.</summary>
[Verb("run")]
internal sealed record RunVerb : PlanningVerb
{
    public const string Help = $"""
        claw-ci [run] TASK... [options]     run task files to completion; - is standard input

        {OptionHelp}
          --output-format FORMAT   what stdout carries: text (the last words), json (the result) or stream-json (the events)
          --stream-format FORMAT   how stream-json looks: native (the transcript's lines) or claude (as claude -p has them)
          --record                 write down what was asked of the model and what it answered, for `replay`
          --force                  replace the run that the out directory holds
          --only-failed            go on with the run that the out directory holds: tasks that succeeded and are what they were
                                   stay as they are, the others run again
          --only-retryable         the same, but tasks that failed for good stay too: again run those that were interrupted or never
                                   begun, or whose outcome is retryable; of a run that was killed also those that were cut
          --verbose                log what the tools answered too
          --quiet                  log warnings and the end only
        """;

    [Option("output-format")]
    public string OutputFormat { get; init; } = "text";

    [Option("stream-format")]
    public string? StreamFormat { get; init; }

    [Option("record")]
    public bool Record { get; init; }

    [Option("force")]
    public bool Force { get; init; }

    [Option("only-failed")]
    public bool OnlyFailed { get; init; }

    [Option("only-retryable")]
    public bool OnlyRetryable { get; init; }

    [Option("verbose")]
    public bool Verbose { get; init; }

    [Option("quiet")]
    public bool Quiet { get; init; }

    protected override string Name => "run";

    public override Task<int> RunAsync(Invocation invocation) => RunAsync(invocation, null);

    /// <summary>Goes on with a run that was killed, in the out directory that is named.</summary>
    internal Task<int> ResumeAsync(Invocation invocation, StartedRun started) => RunAsync(invocation, started);

    private async Task<int> RunAsync(Invocation invocation, StartedRun? interrupted)
    {
        if (OutputFormat is not ("text" or "json" or "stream-json"))
            throw new UsageException($"--output-format {OutputFormat}: text, json or stream-json.", Name);
        if (StreamFormat is not (null or "native" or "claude"))
            throw new UsageException($"--stream-format {StreamFormat}: native or claude.", Name);
        if (StreamFormat is not null && OutputFormat != "stream-json")
            throw new UsageException("--stream-format goes with --output-format stream-json.", Name);
        if (Quiet && Verbose)
            throw new UsageException("--quiet and --verbose contradict each other.", Name);
        if (OnlyFailed && OnlyRetryable)
            throw new UsageException("--only-failed and --only-retryable contradict each other.", Name);
        if ((OnlyFailed || OnlyRetryable) && Force)
            throw new UsageException(
                $"{(OnlyFailed ? "--only-failed" : "--only-retryable")} and --force contradict each other.",
                Name
            );
        var gone =
            OnlyFailed || OnlyRetryable
                ? OutDirectory.RunIn(Path.GetFullPath(Out ?? OutDirectory.DefaultName), alsoKilled: OnlyRetryable)
                : null;
        var plan = Plan(invocation, interrupted?.RunId ?? gone);
        if (Record && plan.Tasks.Any(task => task.FallbackModels.Count > 0))
            throw new UsageException(
                "--record does not work with fallback-models yet. Name one model with --model.",
                Name
            );
        if (Record && plan.Tasks.Any(task => task.Retry.Attempts > 1))
            throw new UsageException(
                "--record does not work with retry: a replay could not tell the attempts apart.",
                Name
            );
        var masker = new SecretMasker();
        var secrets = Secrets(invocation);
        foreach (var secret in secrets.Values)
            masker.Add(secret, "secret");
        foreach (var name in EnvironmentSecrets.Register(masker, invocation.Environment))
            await invocation.Error.WriteLineAsync($"claw-ci: {name} is too short or too plain to be masked.");
        var credentials = new CredentialSources(
            invocation.Environment,
            secret => masker.Add(secret, "credential"),
            invocation.Time
        );
        var endpoints = EndpointsOf(invocation.Environment, credentials);
        var docker = DockerAccessReader.Read(
            invocation.Environment.Docker,
            secret => masker.Add(secret, "registry-credential")
        );
        var telemetry = TelemetrySettings.Read(invocation.Environment);
        var toolServer = await ToolServerBinary.LoadAsync(ToolServerPath, invocation.Interruption.Token);
        using var held =
            interrupted is null && gone is null
                ? OutDirectory.Prepare(plan.OutDirectory, plan.Workspace, Force || OnlyRetryable)
                : OutDirectory.HoldRun(plan.OutDirectory, plan.Workspace);
        plan.ShardFile?.Write(plan.OutDirectory);
        if (plan.Tasks.Count == 0)
            return 0;
        // As it was resolved: where it is read again the variables may say another shard, or none.
        var asked = this with
        {
            Shard = plan.Shard?.ToString(),
        };
        if (Record && interrupted is null)
            RecordedStart.Of(asked, Tasks).Write(plan.OutDirectory);

        await using var stdout = System.Console.OpenStandardOutput();
        var stream = OutputFormat == "stream-json" ? new StreamJsonOutput(stdout) : null;
        var services = new RunServices(
            ShowText.Version,
            cancellationToken => DockerEngine.ConnectAsync(docker, cancellationToken),
            toolServer,
            endpoints,
            masker,
            invocation.Time,
            invocation.Random,
            stream is null ? null : Mirror(stream)
        )
        {
            ProxyTo = invocation.Environment.ProxyTo,
            Certificates = invocation.Environment["SSL_CERT_FILE"],
            McpToken = credentials.Mcp,
            Secrets = secrets,
            Variable = CliEnvironment.Exact,
            Record = Record,
        };
        var kept =
            interrupted is not null ? plan.Tasks.Where(task => interrupted.Kept?.Contains(task.Id) is true).ToList()
            : gone is not null ? await KeptAsync(plan, invocation)
            : [];
        var toRun = plan with { Tasks = [.. plan.Tasks.Except(kept)] };
        var putAside =
            interrupted is not null ? interrupted.PutAside ?? new Dictionary<string, int>()
            : gone is not null ? EarlierAttempts.ToPutAside(plan.OutDirectory, toRun.Tasks)
            : [];
        // A run that begins does this when it can be resumed; what a kill left of it comes before anything is looked at.
        if (interrupted is not null)
            EarlierAttempts.PutAside(plan.OutDirectory, putAside);
        var resumed = interrupted is null ? null : await FindAsync(plan, services, interrupted, invocation);
        if (CanBeResumed(plan))
            StartedRun.Of(asked, Tasks, plan, kept, putAside).Write(plan.OutDirectory);
        EarlierAttempts.PutAside(plan.OutDirectory, putAside);
        var ends = await RunAsync(toRun, services, resumed, putAside, telemetry, invocation);
        var exitCode = new RunEnding(plan.OutDirectory, plan.Workspace, OutputFormat, invocation)
        {
            RunId = plan.RunId,
            Ends = ends,
            Stream = stream?.Failure,
        }.Write();
        if (interrupted is not null)
            await SweepAsync(services);
        return exitCode;
    }

    /// <summary>Tasks of the run that is gone on with that do not begin anew.</summary>
    private async Task<IReadOnlyList<PlannedTask>> KeptAsync(RunPlan plan, Invocation invocation)
    {
        var finished = new FinishedTasks(plan.OutDirectory, alsoFailed: OnlyRetryable);
        var kept = plan.Tasks.Where(finished.Has).ToList();
        if (plan.Tasks.Except(kept).FirstOrDefault(finished.IsCutInApply) is { } halfApplied)
            throw new UsageException(
                $"--out {plan.OutDirectory}: the patch of {halfApplied.Id} was being applied when the run was killed. Finish it with `claw-ci resume` on "
                    + "the machine that it ran on.",
                Name
            );
        if (kept.Count > 0)
            await invocation.Error.WriteLineAsync(
                $"claw-ci: kept, because they {(OnlyRetryable ? "have ended" : "succeeded")} and are what they were: {string.Join(", ", kept.Select(task => task.Id))}"
            );
        return kept;
    }

    /// <summary>Of a task that had only its end to be said, the layers are still there.</summary>
    private static async Task SweepAsync(RunServices services)
    {
        try
        {
            await using var engine = await services.ConnectAsync(CancellationToken.None);
            await Leftovers.SweepAsync(engine, CancellationToken.None);
        }
        catch (SandboxException)
        {
            // The next run does it.
        }
    }

    /// <summary>A task file that was piped and a copy of the checkout are gone with the process.</summary>
    private bool CanBeResumed(RunPlan plan) =>
        !Tasks.Contains("-") && plan.Tasks.All(task => task.Sandbox.Kind == SandboxKind.Docker);

    private static async Task<IReadOnlyDictionary<string, Resumption>> FindAsync(
        RunPlan plan,
        RunServices services,
        StartedRun interrupted,
        Invocation invocation
    )
    {
        DockerEngine? engine = null;
        try
        {
            return await new ResumedRun(plan, async token => engine ??= await services.ConnectAsync(token)).ReadAsync(
                interrupted.Plans,
                invocation.Interruption.Token
            );
        }
        catch (ResumeException e)
        {
            throw ResumeVerb.Impossible(plan.OutDirectory, e.Message);
        }
        finally
        {
            if (engine is not null)
                await engine.DisposeAsync();
        }
    }

    private async Task<IReadOnlyList<(string Id, TaskEnded End)>> RunAsync(
        RunPlan plan,
        RunServices services,
        IReadOnlyDictionary<string, Resumption>? resumed,
        IReadOnlyDictionary<string, int> putAside,
        TelemetrySettings? telemetry,
        Invocation invocation
    )
    {
        var settings = ConsoleSettings.Detect(
            Quiet ? Verbosity.Quiet
                : Verbose ? Verbosity.Verbose
                : Verbosity.Normal,
            invocation.Environment,
            streams: OutputFormat == "stream-json"
        );
        // Whoever writes to stderr after this finds a line of its own.
        using var live = invocation.Live;
        await using var log = ConsoleLog.Create(settings, services.Masker);
        await using var batch = new BatchRunner(plan, services, invocation.Interruption, resumed, putAside);
        var report = Path.Combine(plan.OutDirectory, "report.html");
        // Lines of tasks that run at once are mixed: each names its task, and none can be folded with those around it. No one line
        // can say what goes on then.
        var isMixed = plan.Tasks.Count > 1 && plan.Workers > 1;
        ConsoleObserver Console(PlannedTask task)
        {
            var console = new ConsoleObserver(
                plan.Tasks.Count > 1 ? log.ForContext(ConsoleFormatter.Task, task.Id) : log,
                isMixed ? settings with { IsGitHub = false, IsLive = false } : settings,
                services.Masker,
                report,
                invocation.Time
            );
            if (settings.IsLive && !isMixed)
                live.Begin(console.Progress.Line, isDim: settings.Colour);
            return console;
        }
        if (telemetry is null)
        {
            return Named(await batch.RunAsync(task => [Console(task)]));
        }
        var export = TelemetryExport.Start(telemetry, failure => log.Warning("{Failure}", failure));
        IReadOnlyList<TaskEnded> ends;
        using (var spans = new RunTelemetry(plan.RunId, telemetry.Parent, services.Masker, invocation.Time))
            ends = await batch.RunAsync(task => [Console(task), spans.OfTask()]);
        await export.EndAsync(isHurried: invocation.Interruption.Token.IsCancellationRequested);
        return Named(ends);

        IReadOnlyList<(string, TaskEnded)> Named(IReadOnlyList<TaskEnded> all) =>
            [.. plan.Tasks.Zip(all, (task, end) => (task.Id, end))];
    }

    private Action<ReadOnlySpan<byte>> Mirror(StreamJsonOutput output)
    {
        Action<ReadOnlySpan<byte>> write = StreamFormat == "claude" ? new ClaudeStream(output.Write).Add : output.Write;
        var oneAtATime = new Lock();
        return line =>
        {
            lock (oneAtATime)
                write(line);
        };
    }

    internal static ModelEndpoints EndpointsOf(CliEnvironment environment, CredentialSources credentials)
    {
        environment.RequireCertificateFile();
        ModelEndpoint At(Uri address, string provider) =>
            new(address, credentials.Find(provider), environment.ProxyTo(address), ModelTimeouts.Default);
        return new(
            At(environment.AnthropicBaseUrl, "anthropic") with
            {
                Betas = environment.AnthropicBetas,
            },
            At(environment.OpenAiBaseUrl, "openai")
        );
    }

    /// <summary>Beside the program.</summary>
    internal static string ToolServerPath =>
        Path.Combine(
            AppContext.BaseDirectory,
            "toolserver",
            System.Runtime.InteropServices.RuntimeInformation.OSArchitecture
            == System.Runtime.InteropServices.Architecture.Arm64
                ? "linux-arm64"
                : "linux-x64",
            "claw-toolserver"
        );
}
