using System.Runtime.CompilerServices;
using System.Text.Json;
using ClawCi.Sandboxes;
using ClawCi.Sandboxes.Docker;
using ClawCi.TestSupport;
using Docker.DotNet.Models;
using Xunit;

namespace ClawCi.Docker.Tests;

/// <summary>A checkout, a daemon and the image that eng/setup makes; what a test needs to have a task's place to work.</summary>
internal sealed class Sandboxed : IAsyncDisposable
{
    public const string Image = "claw-ci-demo:latest";

    private Sandboxed(DockerEngine engine, ToolServerBinary toolServer, TempDirectory temp)
    {
        Engine = engine;
        ToolServer = toolServer;
        Temp = temp;
    }

    public static SandboxSpec Spec { get; } =
        new(
            Image,
            PullPolicy.Never,
            "/workspace",
            User: null,
            Cpus: 2,
            MemoryBytes: 1L << 30,
            Pids: 256,
            TmpBytes: 64 << 20,
            new Dictionary<string, string>()
        );

    public static SandboxOwner Owner { get; } = new("test-run", "test-task");

    public DockerEngine Engine { get; }
    public ToolServerBinary ToolServer { get; }
    public TempDirectory Temp { get; }
    public string Checkout => Temp["checkout"];

    public static async Task<Sandboxed> CreateAsync([CallerMemberName] string test = "")
    {
        var ct = TestContext.Current.CancellationToken;
        var temp = new TempDirectory(test);
        Directory.CreateDirectory(temp["checkout"]);
        return new Sandboxed(
            await DockerEngine.ConnectAsync(null, ct),
            await ToolServerBinary.LoadAsync(Repository.ToolServer, ct),
            temp
        );
    }

    public Task<TaskSandbox> PrepareAsync(
        SandboxSpec? spec = null,
        string? outDirectory = null,
        string? checkout = null,
        DockerEngine? engine = null
    ) =>
        TaskSandbox.PrepareAsync(
            engine ?? Engine,
            ToolServer,
            spec ?? Spec,
            checkout ?? Checkout,
            outDirectory,
            Owner,
            TestContext.Current.CancellationToken
        );

    public Task<ContainerInspectResponse> InspectAsync(string id) =>
        Engine.CallAsync("inspect", (client, ct) => client.Containers.InspectContainerAsync(id, ct), default);

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        Temp.Dispose();
    }

    public static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;
}
