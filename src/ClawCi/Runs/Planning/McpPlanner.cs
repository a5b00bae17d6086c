using ClawCi.Configuration;
using ClawCi.Mcp;
using ClawCi.Permissions;
using ClawCi.Sandboxes;
using ClawCi.Sandboxes.Egress;

namespace ClawCi.Runs.Planning;

/// <summary>Resolves the MCP servers of a task: those of settings, and over them the task's own.</summary>
/// <param name="settings">Of the files that may have some, the weakest first.</param>
internal sealed class McpPlanner(
    RunRequest request,
    TaskSource task,
    IReadOnlyList<Policy> policies,
    IReadOnlyList<McpServerSource> settings,
    Origins origins
)
{
    /// <param name="policy">The task's; what no rule of it may grant is not started.</param>
    /// <exception cref="UserErrorException">A server that cannot be as it is asked for.</exception>
    public IReadOnlyList<McpServerSpec> Resolve(PermissionPolicy policy, SandboxSpec sandbox)
    {
        var servers = new Dictionary<string, McpServerSource>(StringComparer.OrdinalIgnoreCase);
        foreach (var source in settings.Concat(McpServerSource.Of(task.Document, task.File.McpServers)))
            servers[source.Name] = source;
        List<McpServerSpec> planned = [];
        List<UserError> errors = [];
        foreach (var source in servers.Values)
        {
            var spec = Resolve(source);
            errors.AddRange(Problems(source, spec, policy, sandbox).Select(source.Error));
            var isGranted = policy.MayGrant(source.Name);
            origins.Add(
                $"mcp-servers.{source.Name}",
                isGranted ? $"{spec}" : $"not started, because no rule of a policy file grants a tool of it: {spec}",
                source.Source
            );
            if (isGranted)
                planned.Add(spec);
        }
        errors.AddRange(Unreachable(policy, planned));
        return errors.Count == 0 ? planned : throw new UserErrorException(errors);
    }

    /// <summary>Required tools that none of the servers can have.</summary>
    private IEnumerable<UserError> Unreachable(PermissionPolicy policy, List<McpServerSpec> planned)
    {
        var place = task.Document.PlaceOf("permissions", "required-tools");
        return policy
            .RequiredTools.Where(name =>
                ToolNames.IsMcp(name) && !planned.Any(server => new McpPattern(null, null, name).MayMatch(server.Name))
            )
            .Select(name => new UserError(
                task.Document.File.Name,
                place.Line,
                place.Column,
                $"the required tool {name} is of no MCP server of this task that a policy grants a tool of"
            ));
    }

    private McpServerSpec Resolve(McpServerSource source)
    {
        var section = source.Section;
        var timeout = Control.Given(request.Environment.McpTimeout) is { } text ? Duration.Parse(text) : null;
        var spec = new McpServerSpec(source.Name, section.Required ?? true, source.Source)
        {
            Command = section.Command ?? [],
            Url = section.Url is null ? null : new Uri(section.Url),
            Place = section.RunIn ?? McpPlace.Sandbox,
            Env = Environment(section),
            Secrets = [.. (section.Secrets ?? []).Distinct()],
            Headers = section.Headers ?? new Dictionary<string, string>(),
            Bearer = section.Bearer,
            OAuth = section.Oauth ?? false,
            Tools = section.Tools,
            Directory = source.Directory,
        };
        return spec with
        {
            Network = Network(section, spec.Url),
            StartTimeout = (timeout ?? section.Timeouts?.Start)?.Value ?? spec.StartTimeout,
            CallTimeout = (timeout ?? section.Timeouts?.Call)?.Value ?? spec.CallTimeout,
            IdleTimeout = section.Timeouts?.Idle?.Value,
        };
    }

    /// <summary>On the host nothing of the runner's environment but where programs and the home are.</summary>
    private Dictionary<string, string> Environment(McpServerSection section)
    {
        var environment = new Dictionary<string, string>();
        if (section.RunIn == McpPlace.Host)
        {
            environment["LANG"] = "C.UTF-8";
            environment["PATH"] = request.Environment.SearchPath ?? "/usr/local/bin:/usr/bin:/bin";
            if (request.Environment.Home is { } home)
                environment["HOME"] = home;
        }
        foreach (var (name, value) in section.Env ?? new Dictionary<string, string>())
            environment[name] = value;
        return environment;
    }

    /// <summary>Under the same ceilings as a container's network: a url is one host more that the task reaches.</summary>
    private NetworkAccess? Network(McpServerSection section, Uri? url)
    {
        if (url is not null)
            return NetworkPlan.Under(policies, HostRuleReader.Read($"{url.Host}:{url.Port}", out _) ?? []);
        return section.Network is { } asked ? NetworkPlan.Under(policies, NetworkReader.Rules(asked.Allow)) : null;
    }

    private IEnumerable<string> Problems(
        McpServerSource source,
        McpServerSpec spec,
        PermissionPolicy policy,
        SandboxSpec sandbox
    )
    {
        var section = source.Section;
        var named = $"mcp-servers.{source.Name}";
        var odd = spec.Url is null
            ? new[]
            {
                (section.Headers is not null, "headers"),
                (section.Bearer is not null, "bearer"),
                (section.Oauth is not null, "oauth"),
            }
            : new[]
            {
                (section.RunIn is not null, "run-in"),
                (section.Env is not null, "env"),
                (section.Secrets is not null, "secrets"),
                (section.Network is not null, "network"),
            };
        foreach (var (given, key) in odd.Where(pair => pair.Item1))
            yield return $"{named}: `{key}` belongs to a server with `{(spec.Url is null ? "url" : "command")}`";
        if (spec is { Place: McpPlace.Host, Network: not null, Url: null })
            yield return $"{named}: nothing bounds the network of a command on the host; leave `network` out, or run it in the sandbox";
        if (spec.RunsInSandbox && sandbox.Kind != SandboxKind.Docker)
            yield return $"{named}: there is no sandbox to run it in. Leave --sandbox none out, or say `run-in: host`";
        if (spec.Url is { } url && spec.Network!.Find(url.Host, url.Port) is null)
            yield return $"{named}: no policy that speaks of the network allows {url.Host}:{url.Port}";
        if ((spec.Bearer is not null || spec.OAuth) && spec is { Url.Scheme: not "https" })
            yield return $"{named}: a token goes over https only";
        if (spec is { Bearer: not null, OAuth: true })
            yield return $"{named}: `bearer` and `oauth` are two ways to one token; take one";
        foreach (var secret in spec.Secrets.Append(spec.Bearer).OfType<string>().Except(request.Secrets))
            yield return $"{named}: {RunRequest.NotGiven(secret)}";
        if (spec.Required && !policy.MayGrant(source.Name))
            yield return $"{named}: no rule of a policy file grants a tool of it, so it would be of no use. Add `- {{ allow: mcp, server: {source.Name} }}` to the `rules` of a policy, or say `required: false`";
    }
}
