using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using ClawCi.Events;
using ClawCi.Models;
using ClawCi.Runs;
using ClawCi.Runs.Batch;
using ClawCi.Runs.Planning;
using ClawCi.Sandboxes;
using ClawCi.Sandboxes.Docker;
using ClawCi.Sessions;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Docker.Tests.Batches;

/// <summary>Several tasks on one checkout, run by the engine itself: real containers, models that are written down.</summary>
internal sealed class EngineBatch : IDisposable
{
    private readonly TempDirectory _directory;
    private readonly List<string> _files = [];
    private int _waiting;

    public EngineBatch([CallerMemberName] string test = "")
    {
        _directory = new TempDirectory(test);
        _directory.Write("checkout/a.txt", "one\n");
        Directory.CreateDirectory(_directory["gate"]);
    }

    /// <summary>A command that ends when <see cref="OpenWhen"/> has opened the gate.</summary>
    public const string Wait = "until test -e /gate/open; do sleep 0.05; done";

    /// <summary>Opens the gate when so many tool calls have begun. Tasks that follow one another would wait for ever.</summary>
    public Action<string, RunEvent> OpenWhen(int calls) =>
        (_, runEvent) =>
        {
            if (runEvent is ToolCalled && Interlocked.Increment(ref _waiting) == calls)
                _directory.Write("gate/open", "");
        };

    public TempDirectory Files => _directory;

    /// <summary>Every event, with the id of its task, as it happened.</summary>
    public ConcurrentQueue<(string Task, RunEvent Event)> Events { get; } = [];

    /// <summary>Adds a task file.</summary>
    /// <param name="keys">Keys beside version, name, model, prompt and sandbox.</param>
    /// <param name="replies">Of its script, in flow style without braces.</param>
    public EngineBatch Task(string name, string keys, params IReadOnlyList<string> replies)
    {
        var script = _directory.Write(
            $"{name}.script.yaml",
            "version: 1\nreplies:\n" + string.Concat(replies.Select(reply => $"  - {{ {reply} }}\n"))
        );
        _files.Add(
            _directory.Write(
                $"{name}.yaml",
                $$"""
                version: 1
                name: {{name}}
                model: scripted/{{script}}
                prompt: Do what has to be done.
                sandbox: { image: {{Sandboxed.Image}}, pull: never, cpus: 2, memory: 256Mi, tmp: 16Mi, mounts: [{ source: {{_directory[
                    "gate"
                ]}}, target: /gate }] }
                {{keys}}
                """
            )
        );
        return this;
    }

    public RunPlan Plan(int workers, Func<RunRequest, RunRequest>? change = null) =>
        Planner.Plan(
            (change ?? (request => request))(
                new RunRequest
                {
                    TaskFiles = _files,
                    Workspace = _directory["checkout"],
                    OutDirectory = _directory["out"],
                    CommandLine = new() { Workers = workers },
                    Time = TimeProvider.System,
                    Random = Random.Shared.NextDouble,
                }
            )
        );

    /// <param name="meanwhile">Told of every event and the task that it is of, in that task's own time.</param>
    /// <returns>The results by the id of the task.</returns>
    public async Task<IReadOnlyDictionary<string, TaskEnded>> RunAsync(
        RunPlan plan,
        Action<string, RunEvent>? meanwhile = null,
        Dictionary<string, string>? secrets = null
    )
    {
        var endpoint = new ModelEndpoint(ModelEndpoint.Anthropic, null, null, ModelTimeouts.Default);
        var services = new RunServices(
            "test",
            token => DockerEngine.ConnectAsync(null, token),
            await ToolServerBinary.LoadAsync(Repository.ToolServer, TestContext.Current.CancellationToken),
            new ModelEndpoints(endpoint, endpoint),
            new SecretMasker(),
            TimeProvider.System,
            Random.Shared.NextDouble,
            Mirror: null
        )
        {
            Secrets = secrets ?? [],
        };
        using var interruption = new Interruption();
        await using var batch = new BatchRunner(plan, services, interruption);
        var ends = await batch.RunAsync(task => [new Listener(task.Id, Events, meanwhile)]);
        return plan.Tasks.Zip(ends).ToDictionary(pair => pair.First.Id, pair => pair.Second);
    }

    public string Checkout(string path) => File.ReadAllText(_directory[$"checkout/{path}"]);

    public void Dispose() => _directory.Dispose();

    private sealed class Listener(
        string task,
        ConcurrentQueue<(string, RunEvent)> events,
        Action<string, RunEvent>? meanwhile
    ) : IRunObserver
    {
        public void On(RunEvent runEvent)
        {
            events.Enqueue((task, runEvent));
            meanwhile?.Invoke(task, runEvent);
        }
    }
}
