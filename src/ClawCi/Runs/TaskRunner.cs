using ClawCi.ChangeSets;
using ClawCi.Conversations;
using ClawCi.Events;
using ClawCi.Hooks;
using ClawCi.Models;
using ClawCi.Runs.Checks;
using ClawCi.Runs.Continuing;
using ClawCi.Runs.Gates;
using ClawCi.Runs.Planning;
using ClawCi.Runs.Resume;
using ClawCi.Runs.Subagents;
using ClawCi.Sandboxes;
using ClawCi.Sandboxes.Docker;
using ClawCi.Sessions;
using ClawCi.Tools;

namespace ClawCi.Runs;

/// <summary>One task, from its plan to its outcome. Whatever happens, what was made so far is delivered and said.</summary>
/// <param name="engine">The daemon; asked for when the task starts.</param>
/// <param name="resumed">How far a killed run had come with the task; null begins it.</param>
internal sealed class TaskRunner(
    PlannedTask task,
    RunPlan plan,
    Func<CancellationToken, Task<DockerEngine>> engine,
    IReadOnlyList<Model> models,
    TaskDirectory directory,
    RunServices services,
    TaskClock clock,
    Ledger ledger,
    IRunObserver events,
    Batch.ApplyTurn turn,
    Resumption? resumed = null
)
{
    private readonly Verdict _verdict = new(task.Verify.Checks.Count > 0);
    private readonly Session _session = resumed?.Progress.Session ?? new(plan.RunId);
    private readonly SessionNotes _notes = resumed?.Progress.Notes ?? new();
    private readonly Task<string> _system = TaskPrompt.MakeAsync(task, plan, resumed);
    private readonly Answers _answers = Resumption.Answers(task, resumed);
    private readonly HookRunner _hooks = new(task.Hooks, plan.RunId, task.Checkout, events, services.Time)
    {
        Variable = services.Variable,
    };
    private readonly Denials _denials = new(resumed?.Progress.Denials);
    private Verification? _verification;
    private Delivery _delivery = Delivery.Nothing;

    /// <summary>What the agent has made, when that was read since it last worked.</summary>
    private ChangeSet? _changes;

    /// <returns>The last event, which is still to be raised.</returns>
    public async Task<TaskEnded> RunAsync()
    {
        var started = services.Time.GetTimestamp();
        var work = RunThroughAsync();
        try
        {
            await work.WaitAsync(clock.Overdue);
        }
        catch (OperationCanceledException) when (!work.IsCompleted)
        {
            // A daemon that hangs holds up everything but the result. Containers go with this process.
            _verdict.Add(clock.WhyOverdue);
            events.On(new Warned(clock.Overran));
        }
        return TaskEnd.Of(
            _verdict.Decision,
            task,
            _session,
            _notes,
            _answers,
            ledger,
            _denials.All,
            _verification?.Ran ?? [],
            _delivery,
            services.Time.GetElapsedTime(started) - clock.Stood + (resumed?.Elapsed ?? TimeSpan.Zero)
        );
    }

    private async Task RunThroughAsync()
    {
        ITaskSandbox? sandbox = null;
        try
        {
            try
            {
                sandbox = await PrepareAsync();
                await SetupRunner.RunAsync(task, sandbox, services, clock, events, resumed);
                await WorkAsync(sandbox);
                foreach (var model in models)
                    model.RequireUsed();
            }
            catch (Exception e)
            {
                Conclude(e);
            }
            _delivery = await new Deliverer(task, directory, services, clock, _verdict, events, turn).DeliverAsync(
                async ct => sandbox is null ? null : _changes ??= await sandbox.ReadChangesAsync(ct),
                _answers.Reported
            );
            if (clock.Why is null)
                await new TaskHooks(_hooks).EndAsync(_verdict.Decision);
        }
        finally
        {
            clock.Leave();
            _changes?.Dispose();
            if (sandbox is not null)
                await sandbox.DisposeAsync();
        }
    }

    private async Task<ITaskSandbox> PrepareAsync()
    {
        ITaskSandbox? sandbox = null;
        try
        {
            sandbox = await SandboxMaker.PrepareAsync(task, plan, engine, services, events, resumed, clock.Token);
            if (sandbox.Secrets.Count(secret => !services.Masker.Add(secret, "git-credential")) is > 0 and var plain)
                events.On(
                    new Warned($"{plain} credentials in git's configuration are too short or plain to be masked.")
                );
            return sandbox;
        }
        finally
        {
            resumed?.Begin(events, services.Version);
            if (resumed?.Progress.Started is null)
                events.On(TaskStart.Of(task, sandbox?.Image, await _system, services.Version, _session.Id, _answers));
            foreach (var said in TaskStart.Besides(task, plan, resumed))
                events.On(said);
        }
    }

    /// <summary>Rounds of conversation and checks, until the checks are green or the rounds are used.</summary>
    private async Task WorkAsync(ITaskSandbox sandbox)
    {
        AgentSandbox? agent = null;
        var soFar = resumed?.Progress;
        var media = new TaskMedia(new OutputBlobs(directory, services.Masker, events));
        var seen = new Observers(_notes, events);
        var below = SubagentRunner.Of(task, models, _hooks, ledger, _denials, clock, events, services, resumed);
        var tools = TaskTools.Of(task, (call, ct) => agent!.CallAsync(call, ct), _answers, below, services, seen);
        var hooks = new TaskHooks(_hooks);
        _hooks.Sandbox = TaskTools.ForHooks(task, () => agent!);
        var caller = new ModelCaller(models, await _system, task.Effort, clock.Deadline, seen, services.Time, soFar);
        var conversation = TaskConversation.Of(
            task,
            caller,
            tools,
            new ToolDispatcher(tools, task.Policy, _hooks, seen, services.Time, _denials),
            _session,
            _notes,
            _answers,
            ledger,
            hooks,
            seen,
            services.Time,
            soFar
        );
        conversation.Tell(await SessionCarrier.CarryAsync(task, sandbox, soFar, seen, clock));
        var checks = new CheckRunner(sandbox, directory, services.Masker, clock, seen, services.Time);
        _verification = new Verification(task, checks, seen, soFar?.Checks);
        var known = await _verification.BeginAsync(clock.Token);
        var say = known.Length == 0 ? task.Prompt : $"{task.Prompt}\n\n{known}";
        var from = resumed is { IsConversing: true } ? resumed : null;
        for (var round = from?.Progress.Round ?? 1; ; round++, from = null)
        {
            if (from is null)
                events.On(new RoundStarted(round));
            _changes?.Dispose();
            _changes = null;
            ConversationEnd end;
            await using (agent = new AgentSandbox(sandbox, tools, media, events, from, clock.Token))
            await using (var mcp = TaskServers.Start(task.McpServers, sandbox, agent, tools, media, services, events))
                end = await agent.WhileUpAsync(
                    async ct =>
                    {
                        if (from is null && round == 1)
                            say = await Extensions.CommandScript.FillAsync(say, task, agent, seen, services.Time, ct);
                        say = await mcp.ReadyAsync(await hooks.OpenAsync(say, round == 1, from, ct), ct);
                        return await hooks.ConverseAsync(conversation, say, from is not null, ct);
                    },
                    clock.Token
                );
            if (end is ConversationEnd.LimitHit limit)
                events.On(new LimitReached(limit.Limit, limit.Message));
            _changes = await sandbox.ReadChangesAsync(clock.Token);
            var red =
                _changes.IsEmpty && end is not ConversationEnd.Completed
                    ? []
                    : await _verification.JudgeAsync(_changes, round, clock.Token);
            var gate = new PatchGates(task.Gates, services.Masker, task.Checkout).Judge(_changes.OfCheckout);
            var givenUp = Findings.Of(_answers.Reported);
            if (
                end is ConversationEnd.Completed
                && givenUp is null
                && round < task.Verify.Rounds
                && CanBeMended(red, gate)
            )
            {
                say = string.Join("\n\n", red.Count == 0 ? "" : CheckFeedback.Red(red), gate.Feedback).Trim();
                continue;
            }
            _verdict.Add([Findings.Of(end), givenUp, .. Findings.Of(red)]);
            return;
        }
    }

    private static bool CanBeMended(IReadOnlyList<CheckRan> red, GateVerdict gate) =>
        (red.Count > 0 || gate.Blocks) && red.All(check => check.Outcome != CheckOutcomes.Error);

    private void Conclude(Exception exception)
    {
        var finding = clock.Why ?? Findings.Of(exception);
        _verdict.Add(finding);
        events.On(new Failed(finding.Outcome == Outcome.InternalError ? exception.ToString() : finding.Message));
    }
}
