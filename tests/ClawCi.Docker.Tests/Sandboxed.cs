using System.Text.Json;
using ClawCi.Sandboxes;
using ClawCi.Sandboxes.Docker;
using ClawCi.TestSupport;
using Docker.DotNet.Models;

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

    public DockerEngine Engine { get; }
    public ToolServerBinary ToolServer { get; }
    public TempDirectory Temp { get; }
    public string Checkout => Temp["checkout"];

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

    public static async Task<Sandboxed> CreateAsync([System.Runtime.CompilerServices.CallerMemberName] string test = "")
    {
        var temp = new TempDirectory(test);
        Directory.CreateDirectory(temp["checkout"]);
        return new Sandboxed(
            await DockerEngine.ConnectAsync(null, default),
            await ToolServerBinary.LoadAsync(Repository.ToolServer, default),
            temp
        );
    }

    public Task<TaskSandbox> PrepareAsync(SandboxSpec? spec = null, string? outDirectory = null) =>
        TaskSandbox.PrepareAsync(Engine, ToolServer, spec ?? Spec, Checkout, outDirectory, Owner, default);

    public Task<ContainerInspectResponse> InspectAsync(string id) =>
        Engine.CallAsync("inspect", (client, ct) => client.Containers.InspectContainerAsync(id, ct), default);

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        Temp.Dispose();
    }

    public static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;
}

internal static class SandboxCalls
{
    public static Task<SandboxAnswer> BashAsync(this Sandbox sandbox, string command, TimeSpan? timeout = null) =>
        sandbox.CallAsync(
            "bash",
            Sandboxed.Json($"{{\"command\":{JsonSerializer.Serialize(command)}}}"),
            timeout,
            default
        );
}
