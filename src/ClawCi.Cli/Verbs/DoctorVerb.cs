using ClawCi.Auth;
using ClawCi.Cli.Arguments;
using ClawCi.Cli.Doctor;
using ClawCi.Mcp;
using ClawCi.Models;
using ClawCi.Runs;
using ClawCi.Sandboxes;
using ClawCi.Sandboxes.Docker;
using ClawCi.Sessions;
using CommandLine;

namespace ClawCi.Cli.Verbs;

/// <summary>Says whether a run could start here, and what to do when it could not.</summary>
[Verb("doctor")]
internal sealed record DoctorVerb : PlanningVerb
{
    public const string Help = $"""
        claw-ci doctor [TASK] [options]     Docker, image, model endpoint, credentials and MCP servers: ready, or what to do

        Without a task: Docker, and each provider that there is a credential for. Endpoints are asked for the list of their
        models, which costs nothing; MCP servers are started as a run starts them, without its setup steps, and ended. Nothing is
        pulled, kept or changed, and no credential is shown. Exit code 0 when everything
        is ready, else what a run would end with.

        {OptionHelp}
        """;

    protected override string Name => "doctor";

    public override async Task<int> RunAsync(Invocation invocation)
    {
        var masker = new SecretMasker();
        void Mask(string secret) => masker.Add(secret, "credential");
        EnvironmentSecrets.Register(masker, invocation.Environment);
        var credentials = new CredentialSources(invocation.Environment, Mask, invocation.Time);
        var docker = DockerAccessReader.Read(invocation.Environment.Docker, Mask);
        var endpoints = RunVerb.EndpointsOf(invocation.Environment, credentials);
        var plan = Tasks.Any() ? Plan(invocation) : null;
        var services =
            plan?.Tasks.Any(task => task.McpServers.Count > 0) == true
                ? await ServicesAsync(docker, endpoints, masker, credentials, invocation)
                : null;
        var examinations = new Examinations(docker, endpoints, services, invocation.Time);
        List<Finding> findings = [];
        foreach (var examination in plan is null ? examinations.Of() : examinations.Of(plan))
        {
            var (says, finding) = await ExamineAsync(examination, invocation.Interruption.Token);
            var name = examination.Name.Length > 0 ? $"{examination.Name}: " : "";
            // Without Docker no image can be looked for: what to do is said once.
            if (finding is not null && findings.Exists(earlier => earlier.Message == finding.Message))
                says = "for the same reason";
            var mark = finding is null ? "ready" : "NOT READY";
            await invocation.Output.WriteLineAsync(
                $"{mark, -9}  {examination.Subject, -8} {name}{VisibleText.Line(masker.Apply(says).Text)}"
            );
            if (finding is not null)
                findings.Add(finding);
        }
        await invocation.Output.FlushAsync();
        return findings.MinBy(finding => finding.Outcome) is not { } first
            ? 0
            : StatusLine.Write(
                invocation.Error,
                first.Outcome.Name(),
                first.Reason,
                first.Outcome.ExitCode(),
                first.Retryable
            );
    }

    /// <summary>What MCP servers need of a run.</summary>
    private async Task<RunServices> ServicesAsync(
        DockerAccess? docker,
        ModelEndpoints endpoints,
        SecretMasker masker,
        CredentialSources credentials,
        Invocation invocation
    )
    {
        var secrets = Secrets(invocation);
        foreach (var secret in secrets.Values)
            masker.Add(secret, "secret");
        return new RunServices(
            ShowText.Version,
            ct => DockerEngine.ConnectAsync(docker, ct),
            await ToolServerBinary.LoadAsync(RunVerb.ToolServerPath, invocation.Interruption.Token),
            endpoints,
            masker,
            invocation.Time,
            invocation.Random,
            Mirror: null
        )
        {
            ProxyTo = invocation.Environment.ProxyTo,
            McpToken = credentials.Mcp,
            Secrets = secrets,
        };
    }

    private static async Task<(string Says, Finding? Finding)> ExamineAsync(
        Examination examination,
        CancellationToken ct
    )
    {
        try
        {
            return (await examination.RunAsync(ct), null);
        }
        catch (Exception e)
            when (e is ModelException or AuthException or SandboxException or McpServerLostException or IOException)
        {
            var finding = Findings.Of(e);
            return (e is IOException ? e.Message : finding.Message, finding);
        }
    }
}
