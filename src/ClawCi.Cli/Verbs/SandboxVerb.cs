using System.Security.Cryptography;
using ClawCi.Cli.Arguments;
using ClawCi.Cli.Console;
using ClawCi.Runs;
using ClawCi.Sandboxes;
using ClawCi.Sandboxes.Docker;
using ClawCi.Sandboxes.Probes;
using CommandLine;

namespace ClawCi.Cli.Verbs;

/// <summary>Proves what the sandbox promises, against the daemon in use.</summary>
[Verb("sandbox")]
internal sealed record SandboxVerb : Verb
{
    public const string Help = """
        claw-ci sandbox check [options]     try to break out of a sandbox in every way we know, against the Docker in use

          --image IMAGE      the image to try it in; by default one with nothing in it
          --format FORMAT    text or json

        Exit code 0 only when every attempt failed, and for the right reason. docs/guides/isolation.md says what each
        means. It takes some seconds, needs no key and no network, and leaves nothing behind.
        """;

    /// <summary>Stands in this process's environment, and so in that of every process it starts by mistake.</summary>
    private const string CanaryVariable = "CLAW_CI_PROBE_CANARY";

    [Value(0)]
    public string Action { get; init; } = "";

    [Option("image")]
    public string? Image { get; init; }

    [Option("format")]
    public string Format { get; init; } = "text";

    /// <summary>Of <c>sandbox hold DIRECTORY</c>, which is not for users: be the runner that a probe kills, with this checkout.</summary>
    [Value(1)]
    public string? Directory { get; init; }

    public override async Task<int> RunAsync(Invocation invocation)
    {
        var isHeld = Action == "hold" && Directory is not null;
        if (!isHeld && (Action != "check" || Directory is not null))
            throw new UsageException($"`sandbox {Action}`: there is `sandbox check`.", "sandbox");
        if (Format is not ("text" or "json"))
            throw new UsageException($"--format {Format}: text or json.", "sandbox");
        var stop = invocation.Interruption.Token;
        var docker = DockerAccessReader.Read(invocation.Environment.Docker, _ => { });
        await using var engine = await DockerEngine.ConnectAsync(docker, stop);
        var request = await RequestAsync(engine, stop);
        if (isHeld)
        {
            await KilledRunner.HoldAsync(request, Directory!, invocation.Output, stop);
            return 0;
        }
        var report = new ProbeReport(invocation.Output, engine, request.Image, invocation.Time);
        if (Format == "text")
            report.WriteHead();
        var results = await SandboxCheck.RunAsync(request, Format == "text" ? report.Write : _ => { }, stop);
        if (Format == "text")
            report.WriteEnd(results);
        else
            report.WriteJson(results);
        await invocation.Output.FlushAsync(stop);
        return results.All(result => result.Holds)
            ? 0
            : StatusLine.Write(
                invocation.Error,
                Outcome.SandboxUnavailable.Name(),
                "sandbox-check",
                Outcome.SandboxUnavailable.ExitCode()
            );
    }

    private async Task<ProbeRequest> RequestAsync(DockerEngine engine, CancellationToken ct)
    {
        var canary = $"canary-{RandomNumberGenerator.GetHexString(32, lowercase: true)}";
        Environment.SetEnvironmentVariable(CanaryVariable, canary);
        var environment = Environment
            .GetEnvironmentVariables()
            .Cast<System.Collections.DictionaryEntry>()
            .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "");
        List<string> holder = [Environment.ProcessPath!, "sandbox", "hold"];
        if (Image is not null)
            holder.AddRange(["--image", Image]);
        return new ProbeRequest(
            engine,
            await ToolServerBinary.LoadAsync(RunVerb.ToolServerPath, ct),
            Image,
            canary,
            holder,
            environment
        );
    }
}
