using ClawCi.Models;
using ClawCi.Runs;
using ClawCi.Runs.Planning;
using ClawCi.Sandboxes;
using ClawCi.Sandboxes.Docker;

namespace ClawCi.Cli.Doctor;

/// <summary>What there is to examine, before a run or for one.</summary>
/// <param name="docker">Null is Docker's default socket.</param>
/// <param name="services">What a run would have, for the servers that are started; null where there is no task.</param>
internal sealed class Examinations(
    DockerAccess? docker,
    ModelEndpoints endpoints,
    RunServices? services,
    TimeProvider time
)
{
    /// <summary>Whoever asks for a diagnosis does not want to wait as long as a run would.</summary>
    private static readonly ModelTimeouts Impatient = ModelTimeouts.Default with
    {
        FirstByte = TimeSpan.FromSeconds(15),
    };

    /// <summary>Of tasks: their images and models. Docker only where one of them has a sandbox.</summary>
    public IEnumerable<Examination> Of(RunPlan plan)
    {
        yield return Program();
        var specs = plan.Tasks.Select(task => task.Sandbox).Where(spec => spec.Kind == SandboxKind.Docker).ToList();
        if (specs.Count > 0)
            yield return Docker();
        foreach (var spec in specs.DistinctBy(spec => spec.Image))
            yield return Image(spec);
        var models = plan.Tasks.SelectMany(task => task.FallbackModels.Prepend(task.Model));
        foreach (var model in models.DistinctBy(model => model.ToString()))
            yield return Model(model.ToString(), model);
        foreach (var task in plan.Tasks)
        foreach (var server in task.McpServers)
            yield return new(
                "mcp",
                plan.Tasks.Count == 1 ? server.Name : $"{task.Id} {server.Name}",
                ct => new ServerTrial(task, services!).RunAsync(server, ct)
            );
    }

    /// <summary>Of a machine, for tasks that are not written yet: Docker, and each provider that there is a credential for.</summary>
    public IEnumerable<Examination> Of()
    {
        yield return Program();
        yield return Docker();
        // The name is never asked for.
        if (endpoints.Anthropic.Credential is not null || endpoints.OpenAi.Credential is null)
            yield return Model("anthropic", ModelCatalog.BuiltIn.Find(new("anthropic", "claude-sonnet-4-5")));
        if (endpoints.OpenAi.Credential is not null)
            yield return Model("openai", ModelCatalog.BuiltIn.Find(new("openai", "gpt-5")));
    }

    private static Examination Program() =>
        new(
            "program",
            "",
            async ct =>
            {
                var server = await ToolServerBinary.LoadAsync(Verbs.RunVerb.ToolServerPath, ct);
                return $"{Arguments.ShowText.Version}, with its tool server for {server.Architecture}";
            }
        );

    private Examination Docker() =>
        new(
            "docker",
            "",
            async ct =>
            {
                await using var engine = await DockerEngine.ConnectAsync(docker, ct);
                return $"{engine.Version} at {engine.Endpoint}";
            }
        );

    private Examination Image(SandboxSpec spec) =>
        new(
            "image",
            spec.Image,
            async ct =>
            {
                await using var engine = await DockerEngine.ConnectAsync(docker, ct);
                try
                {
                    var image = await ImageResolver.ResolveAsync(engine, spec.Image, PullPolicy.Never, null, ct);
                    return $"is here ({image.Image.Architecture})";
                }
                catch (SandboxException e)
                    when (e.Failure is SandboxFailure.ImageUnavailable && spec.Pull is not PullPolicy.Never)
                {
                    return $"is not here; the run pulls it. `docker pull {spec.Image}` shows whether that works";
                }
            }
        );

    private Examination Model(string name, ModelChoice choice) =>
        new(
            "model",
            name,
            async ct =>
            {
                var patience = new ModelEndpoints(
                    endpoints.Anthropic with
                    {
                        Timeouts = Impatient,
                    },
                    endpoints.OpenAi with
                    {
                        Timeouts = Impatient,
                    }
                );
                using var model = Models.Model.Create(choice, patience, new CoolDowns(time), time, () => 0);
                return await model.TryAsync(ct);
            }
        );
}
