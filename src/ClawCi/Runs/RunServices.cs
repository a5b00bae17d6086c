using ClawCi.Auth;
using ClawCi.Models;
using ClawCi.Sandboxes;
using ClawCi.Sandboxes.Docker;
using ClawCi.Sessions;

namespace ClawCi.Runs;

/// <summary>What a run needs beyond its plan. Made once, at the top.</summary>
/// <param name="ConnectAsync">The Docker daemon; asked once per run, and only when a task starts.</param>
/// <param name="Mirror">Gets every transcript line as well, with its line feed, for <c>--output-format stream-json</c>.</param>
internal sealed record RunServices(
    string Version,
    Func<CancellationToken, Task<DockerEngine>> ConnectAsync,
    ToolServerBinary ToolServer,
    ModelEndpoints Endpoints,
    SecretMasker Masker,
    TimeProvider Time,
    Func<double> Random,
    Action<ReadOnlySpan<byte>>? Mirror
)
{
    /// <summary>The proxy on the runner's way to an address, for what sandboxes may reach; null goes directly.</summary>
    public Func<Uri, Uri?> ProxyTo { get; init; } = _ => null;

    /// <summary>A file of authorities that git trusts instead of the machine's; null is the machine's.</summary>
    public string? Certificates { get; init; }

    /// <summary>The stored token of an MCP server, by its address.</summary>
    public Func<Uri, ICredentialSource> McpToken { get; init; } =
        url => throw new AuthException(AuthFailure.TokenFileInvalid, $"There are no tokens here, so none for {url}.");

    /// <summary>Whether what is asked of models and what they answer is written down.</summary>
    public bool Record { get; init; }

    /// <summary>The runner's environment, of which hooks get what they name; null where a variable is not set.</summary>
    public Func<string, string?> Variable { get; init; } = _ => null;

    /// <summary>The values of secrets, by name. Masked, and given to the setup steps that name them.</summary>
    public IReadOnlyDictionary<string, string> Secrets { get; init; } = new Dictionary<string, string>();
}
