using System.ComponentModel;

namespace ClawCi.Configuration;

/// <summary>One of the <c>mcp-servers</c> of a task or of settings.</summary>
[ExactlyOne("command", "url")]
internal sealed record McpServerSection
{
    [Description("The program and its arguments. It speaks MCP over its standard streams.")]
    [Text(TextFormat.NotEmpty)]
    public IReadOnlyList<string>? Command { get; init; }

    [Description("Where the server answers over HTTP. The runner asks it, not the sandbox.")]
    [Text(TextFormat.Url)]
    public string? Url { get; init; }

    [Description("Where the command runs. Default sandbox.")]
    public McpPlace? RunIn { get; init; }

    [Description("Environment of the command.")]
    [Keys(TextFormat.Variable)]
    public IReadOnlyDictionary<string, string>? Env { get; init; }

    [Description(
        "Names of secrets that the command finds in its environment. In the sandbox it gets a container of its own."
    )]
    [Text(TextFormat.Variable)]
    public IReadOnlyList<string>? Secrets { get; init; }

    [Description(
        "What the command reaches, in a container of its own. Default: what the sandbox reaches, in the agent's."
    )]
    public NetworkSetting? Network { get; init; }

    [Description("Sent with every request to the url.")]
    [Keys(TextFormat.Header)]
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    [Description("Name of a secret that is sent to the url as its bearer token.")]
    [Text(TextFormat.Variable)]
    public string? Bearer { get; init; }

    [Description("Send the token that `claw-ci auth login --mcp URL` stored for the url. Default false.")]
    public bool? Oauth { get; init; }

    [Description("Whether the task ends setup-failed when the server cannot be used. Default true.")]
    public bool? Required { get; init; }

    [Description("Tools of the server that the model may be offered, where a policy grants them. Default: all.")]
    [Text(TextFormat.NotEmpty)]
    public IReadOnlyList<string>? Tools { get; init; }

    [Description("How long the server may take.")]
    public McpTimeouts? Timeouts { get; init; }
}

/// <summary>The <c>timeouts</c> of an MCP server.</summary>
internal sealed record McpTimeouts
{
    [Description("From its start to its list of tools. Default 30s.")]
    public Duration? Start { get; init; }

    [Description("For one call. Default 60s.")]
    public Duration? Call { get; init; }

    [Description("For which nothing may come from the server during a call. Default: as long as the call may take.")]
    public Duration? Idle { get; init; }
}

/// <summary>Where the command of an MCP server runs.</summary>
internal enum McpPlace
{
    Sandbox,
    Host,
}
