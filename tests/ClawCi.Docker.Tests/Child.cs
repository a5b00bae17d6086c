using System.Diagnostics;
using ClawCi.Sandboxes;
using ClawCi.Sandboxes.Docker;
using ClawCi.Sandboxes.Egress;
using ClawCi.Sandboxes.Probes;

namespace ClawCi.Docker.Tests;

/// <summary>This executable again, as the runner that a test kills, locks out or puts into a container.</summary>
internal static class Child
{
    private const string Marker = "claw-ci-child";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Null when these are not a child's arguments.</summary>
    public static Task<int>? Run(string[] arguments) => arguments is [Marker, .. var rest] ? RunAsync(rest) : null;

    /// <param name="prefix">A program and its arguments that start the child; null starts it as it is.</param>
    public static Process Start(string verb, string argument, IReadOnlyList<string>? prefix = null)
    {
        List<string> command = [.. prefix ?? [], Environment.ProcessPath!, Marker, verb, argument];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start)!;
    }

    public static async Task<string> RunAsync(string verb, string argument, IReadOnlyList<string>? prefix = null)
    {
        using var process = Start(verb, argument, prefix);
        var errors = process.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(Patience);
        await using var impatience = patience.Token.Register(() => process.Kill(entireProcessTree: true));
        var output = await process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        await process.WaitForExitAsync(CancellationToken.None);
        return output + await errors;
    }

    public static IReadOnlyList<string> Words(string verb) => [Environment.ProcessPath!, Marker, verb];

    public static IReadOnlyList<string> Command(string verb, string argument) =>
        [Environment.ProcessPath!, Marker, verb, argument];

    private static async Task<int> RunAsync(string[] arguments)
    {
        try
        {
            switch (arguments)
            {
                case ["connect", var endpoint]:
                    await using (await DockerEngine.ConnectAsync(DockerAccess.At(new Uri(endpoint)), default))
                        Console.WriteLine("connected");
                    return 0;
                case ["listen", var path]:
                    using (new FakeDaemon(path, _ => null))
                    {
                        Console.WriteLine("listening");
                        await Task.Delay(Timeout.Infinite);
                    }
                    return 0;
                case ["hold", var checkout]:
                    await HoldAsync(checkout);
                    return 0;
                case ["apply", var checkout]:
                    await KilledApplyTests.ApplyAsync(checkout);
                    return 0;
                case ["work", var checkout]:
                    await WorkAsync(checkout);
                    return 0;
                case ["read", var checkout]:
                    await ReadAsync(checkout);
                    return 0;
                case ["look-without-sandbox", var root]:
                    await LookWithoutSandboxAsync(root);
                    return 0;
                case ["hold-probe", var checkout]:
                    await HoldProbeAsync(checkout);
                    return 0;
                case ["read-over-tcp", var checkout]:
                    await using (var forwarder = new SocketForwarder("/var/run/docker.sock"))
                        await ReadAsync(checkout, forwarder.Endpoint);
                    return 0;
                default:
                    return 2;
            }
        }
        catch (SandboxException e)
        {
            Console.WriteLine($"{e.Failure}: {e.Message}");
            return 1;
        }
    }

    /// <summary>Prints the container's id and keeps it until somebody kills this process.</summary>
    private static async Task HoldAsync(string checkout)
    {
        await using var engine = await DockerEngine.ConnectAsync(null, default);
        var task = await PrepareAsync(engine, checkout);
        var sandbox = await task.StartAgentAsync(default);
        Console.WriteLine(sandbox.ContainerId);
        await Task.Delay(Timeout.Infinite);
    }

    /// <summary>Prints what an agent without a sandbox sees of this process.</summary>
    private static async Task LookWithoutSandboxAsync(string root)
    {
        var toolServer = await ToolServerBinary.LoadAsync(Path.Combine(root, "tool-server"), default);
        await using var task = await LocalSandboxTests.PrepareAsync(root, toolServer);
        await using var agent = await task.StartAgentAsync(default);
        var look = $$"""{"command":"echo uid $(id -u); cat /proc/{{Environment.ProcessId}}/environ"}""";
        Console.WriteLine((await agent.CallAsync("bash", Sandboxed.Json(look), null, default)).Text);
    }

    private static async Task HoldProbeAsync(string checkout)
    {
        await using var engine = await DockerEngine.ConnectAsync(null, default);
        var toolServer = await ToolServerBinary.LoadAsync(Repository.ToolServer, default);
        var request = new ProbeRequest(engine, toolServer, null, "", [], new Dictionary<string, string>());
        await KilledRunner.HoldAsync(request, checkout, Console.Out, default);
    }

    /// <summary>Prints a line and then does what runs do, over and over, until somebody kills this process.</summary>
    private static async Task WorkAsync(string checkout)
    {
        await using var engine = await DockerEngine.ConnectAsync(null, default);
        Console.WriteLine("working");
        while (true)
        {
            await using var task = await PrepareAsync(engine, checkout);
            await using (var setup = await task.StartSetupAsync(NetworkAccess.None, default))
                await setup.BashAsync("echo 1 > product");
            await using (var agent = await task.StartAgentAsync(default))
                await agent.BashAsync("echo 1 > a");
            using var changes = await task.ReadChangesAsync(default);
            await using var checks = await task.StartChecksAsync(changes, default);
            await checks.BashAsync("cat a");
        }
    }

    /// <summary>Prints what the sandbox sees in <c>a.txt</c>.</summary>
    private static async Task ReadAsync(string checkout, Uri? endpoint = null)
    {
        await using var engine = await DockerEngine.ConnectAsync(
            endpoint is null ? null : DockerAccess.At(endpoint),
            default
        );
        await using var task = await PrepareAsync(engine, checkout);
        await using var sandbox = await task.StartAgentAsync(default);
        var answer = await sandbox.CallAsync("bash", Sandboxed.Json("""{"command":"cat a.txt"}"""), null, default);
        Console.WriteLine(answer.Text);
    }

    private static async Task<TaskSandbox> PrepareAsync(DockerEngine engine, string checkout) =>
        await TaskSandbox.PrepareAsync(
            engine,
            await ToolServerBinary.LoadAsync(Repository.ToolServer, default),
            Sandboxed.Spec,
            checkout,
            null,
            Sandboxed.Owner,
            default
        );
}
