using ClawCi.Auth;
using ClawCi.Configuration;
using ClawCi.Events;
using ClawCi.Mcp;
using ClawCi.Sandboxes;
using ClawCi.Sandboxes.Egress;
using ClawCi.Sandboxes.Local;
using ClawCi.Tools;

namespace ClawCi.Runs;

/// <summary>
/// The MCP servers of a task, for a round: they start while the agent's container does. One that must not share that has a
/// container of its own, one with a url is asked by the runner, one of the host is a process of it.
/// </summary>
internal static class TaskServers
{
    public static McpServers Start(
        IReadOnlyList<McpServerSpec> specs,
        ITaskSandbox sandbox,
        AgentSandbox agent,
        ToolSet tools,
        TaskMedia media,
        RunServices services,
        IRunObserver events
    ) =>
        new(
            specs,
            (spec, ct) => OpenAsync(spec, sandbox, agent.UpAsync, services, events, ct),
            tools,
            events,
            services.Time
        )
        {
            Keep = media.Keep,
        };

    /// <param name="sandbox">Null where none is needed.</param>
    /// <param name="agentIsUp">Waits until the agent's container is.</param>
    public static async Task<IMcpLink> OpenAsync(
        McpServerSpec spec,
        ITaskSandbox? sandbox,
        Func<CancellationToken, Task> agentIsUp,
        RunServices services,
        IRunObserver events,
        CancellationToken ct
    )
    {
        var environment = spec.Env.ToDictionary();
        foreach (var name in spec.Secrets)
            environment[name] = services.Secrets[name];
        if (spec.Url is not null)
            return new HttpLink(
                spec,
                await CredentialAsync(spec, services, ct),
                Outside.Of(services.ProxyTo),
                use => TaskEgress.Report(events, "mcp", use),
                services.Time
            );
        if (spec.Place == McpPlace.Host)
        {
            var host = await HostProgram.StartAsync(services.ToolServer, spec.Command, spec.Directory, environment, ct);
            return new StreamLink(host.Stream, () => host.Errors, host, services.Time);
        }
        if (!spec.IsAlone)
            await agentIsUp(ct);
        var program = await sandbox!.StartProgramAsync(
            new ProgramSpec(spec.Command, environment)
            {
                Alone = spec.IsAlone ? spec.Network ?? NetworkAccess.None : null,
            },
            ct
        );
        return new StreamLink(program.Stream, () => program.Errors, program, services.Time);
    }

    /// <exception cref="AuthException">There is none to be had: better said now than by what the server makes of it.</exception>
    private static async Task<ICredentialSource?> CredentialAsync(
        McpServerSpec spec,
        RunServices services,
        CancellationToken ct
    )
    {
        if (!spec.OAuth)
            return spec.Bearer is { } bearer ? new BearerToken(services.Secrets[bearer]) : null;
        var token = services.McpToken(spec.Url!);
        await token.GetAsync(ct);
        return token;
    }
}
