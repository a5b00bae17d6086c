using System.ComponentModel;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ClawCi.Shared;

namespace ClawCi.Sandboxes.Docker;

/// <summary>Finds the login for a registry where Docker's own client would: the registry's helper, the credential store, config.json.</summary>
/// <param name="onSecret">Told of every password and token before it is used.</param>
internal sealed partial class RegistryLogins(
    DockerConfig config,
    IReadOnlyDictionary<string, string> environment,
    Action<string> onSecret
)
{
    /// <summary>What helpers say when they simply have none, by the protocol's own library.</summary>
    private const string Miss = "credentials not found in native keychain";
    private const string TokenUser = "<token>";
    private static readonly TimeSpan HelperDeadline = TimeSpan.FromSeconds(30);

    public static RegistryLogins None { get; } = new(DockerConfig.None, new Dictionary<string, string>(), _ => { });

    /// <returns>
    /// The login, null for none; and why there is none although something was configured, null when nothing was: the
    /// image may be there for everyone, so it is no error yet.
    /// </returns>
    public async Task<(RegistryLogin? Login, string? Problem)> ForAsync(string registry, CancellationToken ct)
    {
        var helper = config.Helpers.GetValueOrDefault(registry) ?? config.Store;
        string? problem = null;
        if (helper is not null)
        {
            (var login, problem) = await AskAsync(helper, registry, ct);
            if (login is not null)
                return (login, null);
        }
        var own = config
            .Logins.Where(entry => entry.Key == registry || HostOf(entry.Key) == HostOf(registry))
            .OrderByDescending(entry => entry.Key == registry)
            .Select(entry => entry.Value)
            .FirstOrDefault();
        return (own, own is null ? problem : null);
    }

    /// <summary>Logins are kept by host, or with a scheme and a path as older clients wrote them.</summary>
    private static string HostOf(string key)
    {
        var start = key.IndexOf("://", StringComparison.Ordinal) is >= 0 and var scheme ? scheme + 3 : 0;
        var end = key.IndexOf('/', start);
        return end < 0 ? key[start..] : key[start..end];
    }

    private async Task<(RegistryLogin? Login, string? Problem)> AskAsync(
        string helper,
        string registry,
        CancellationToken ct
    )
    {
        if (!HelperName().IsMatch(helper))
            return (null, $"config.json names a credential helper '{helper}', which is no name of one");
        var program = $"docker-credential-{helper}";
        if (Find(program) is not { } path)
            return (null, $"config.json names {program}, which is not on the PATH");
        var request = new ProcessRequest(path, ["get"])
        {
            Environment = environment,
            Deadline = HelperDeadline,
            MaxOutputBytes = 1 << 20,
            WriteInput = async (stream, token) => await stream.WriteAsync(Encoding.UTF8.GetBytes(registry), token),
        };
        try
        {
            var result = await ProcessRunner.RunAsync(request, ct);
            if (result.OutputText.Contains(Miss, StringComparison.Ordinal))
                return (null, null);
            return result.TimedOut ? (null, $"{program} did not answer within {HelperDeadline.TotalSeconds:0} s")
                : result.Succeeded ? Read(program, result.OutputText)
                // What it printed may be anything, a secret too.
                : (null, $"{program} failed with exit code {result.ExitCode}");
        }
        catch (Win32Exception e)
        {
            return (null, $"{path} could not be run: {e.Message}");
        }
    }

    private string? Find(string program) =>
        environment
            .GetValueOrDefault("PATH", "")
            .Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(directory => Path.Combine(directory, program))
            .FirstOrDefault(File.Exists);

    private (RegistryLogin? Login, string? Problem) Read(string program, string output)
    {
        try
        {
            var answer = JsonNode.Parse(output) as JsonObject;
            if (DockerConfig.Text(answer?["Secret"]) is not { } secret)
                return (null, $"{program} answered without a secret");
            onSecret(secret);
            var user = DockerConfig.Text(answer?["Username"]);
            return user == TokenUser
                ? (new RegistryLogin(null, null, secret, null), null)
                : (new RegistryLogin(user, secret, null, null), null);
        }
        catch (JsonException)
        {
            return (null, $"{program} answered something that is not JSON");
        }
    }

    [GeneratedRegex("^[A-Za-z0-9_.-]+$")]
    private static partial Regex HelperName();
}
