using System.Runtime.CompilerServices;
using System.Text.Json;
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

namespace ClawCi.Docker.Tests.Verification;

/// <summary>A task run by the engine itself: a real workspace, real containers, a model that is written down.</summary>
internal sealed class EngineRun : IDisposable
{
    private readonly TempDirectory _directory;

    public EngineRun([CallerMemberName] string test = "")
    {
        _directory = new TempDirectory(test);
        File("a.txt", "one\n");
    }

    public TempDirectory Files => _directory;

    /// <summary>What happened, as the transcript has it.</summary>
    public IReadOnlyList<RunEvent> Events { get; private set; } = [];

    /// <summary>Writes a file of the workspace.</summary>
    public EngineRun File(string path, string content)
    {
        _directory.Write($"checkout/{path}", content);
        return this;
    }

    /// <param name="task">Keys of the task file beside version, name, prompt and sandbox.</param>
    /// <param name="replies">The items of a script's <c>replies</c>, in flow style without braces.</param>
    /// <param name="policy">A policy file without its version.</param>
    /// <param name="sandbox">Further keys of <c>sandbox</c>, after a comma.</param>
    /// <param name="meanwhile">Told of every event as it happens.</param>
    /// <param name="session">Of an earlier run.</param>
    /// <param name="model">In whose bytes the script speaks.</param>
    public async Task<TaskEnded> RunAsync(
        string task,
        IReadOnlyList<string> replies,
        string? policy = null,
        string sandbox = "",
        Action<RunEvent>? meanwhile = null,
        string? session = null,
        string model = "claude-sonnet-4-5"
    )
    {
        var script = _directory.Write(
            "script.yaml",
            $"version: 1\nmodel: {model}\nreplies:\n" + string.Concat(replies.Select(reply => $"  - {{ {reply} }}\n"))
        );
        var file = _directory.Write(
            "task.yaml",
            $$"""
            version: 1
            name: t
            model: scripted/{{script}}
            prompt: Do what has to be done.
            sandbox: { image: {{Sandboxed.Image}}, pull: never, cpus: 2, memory: 256Mi, tmp: 16Mi{{sandbox}} }
            {{task}}
            """
        );
        return await RunAsync(
            file,
            policy is null ? null : _directory.Write("policy.yaml", $"version: 1\n{policy}"),
            "t",
            meanwhile,
            session
        );
    }

    /// <summary>A task file as it stands.</summary>
    public async Task<TaskEnded> RunAsync(
        string file,
        string? policy,
        string id,
        Action<RunEvent>? meanwhile = null,
        string? session = null
    )
    {
        var ct = TestContext.Current.CancellationToken;
        var plan = Planner.Plan(
            new RunRequest
            {
                TaskFiles = [file],
                PolicyFile = policy,
                SessionFile = session,
                Workspace = _directory["checkout"],
                OutDirectory = _directory["out"],
                Time = TimeProvider.System,
                Random = Random.Shared.NextDouble,
            }
        );
        var endpoint = new ModelEndpoint(ModelEndpoint.Anthropic, null, null, ModelTimeouts.Default);
        var services = new RunServices(
            "test",
            token => DockerEngine.ConnectAsync(null, token),
            await ToolServerBinary.LoadAsync(Repository.ToolServer, ct),
            new ModelEndpoints(endpoint, endpoint),
            new SecretMasker(),
            TimeProvider.System,
            Random.Shared.NextDouble,
            Mirror: null
        );
        using var interruption = new Interruption();
        await using var batch = new BatchRunner(plan, services, interruption);
        var results = await batch.RunAsync(_ => [new Listener(meanwhile)]);
        Events =
        [
            .. TranscriptReader
                .Read(_directory[$"out/tasks/{id}/transcript.jsonl"])
                .Select(line => line.Event)
                .OfType<RunEvent>(),
        ];
        return Assert.Single(results);
    }

    /// <summary>Everything that the model was told, in order.</summary>
    public string Told() =>
        string.Join(
            '\n',
            Events.OfType<MessageAdded>().Where(message => message.Role == Messages.Role.User).SelectMany(Texts)
        );

    /// <summary>A reply that asks for bash.</summary>
    public static string Bash(string command) =>
        $"tool-uses: [{{ name: bash, input: {{ command: {JsonSerializer.Serialize(command)} }} }}]";

    public void Dispose() => _directory.Dispose();

    private static IEnumerable<string> Texts(MessageAdded message) =>
        message.Content.Select(block =>
            block switch
            {
                Messages.TextBlock text => text.Text,
                Messages.ToolResultBlock result => result.Text,
                _ => "",
            }
        );

    private sealed class Listener(Action<RunEvent>? action) : IRunObserver
    {
        public void On(RunEvent runEvent) => action?.Invoke(runEvent);
    }
}
