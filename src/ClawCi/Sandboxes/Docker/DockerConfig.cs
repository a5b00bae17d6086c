using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ClawCi.Sandboxes.Docker;

/// <summary>What Docker's config.json says that matters here.</summary>
/// <param name="Logins">By the registry's key as written.</param>
/// <param name="Helpers">Credential helpers by registry.</param>
/// <param name="Store">The helper for all other registries; null is none.</param>
internal sealed record DockerConfig(
    string? CurrentContext,
    IReadOnlyDictionary<string, RegistryLogin> Logins,
    IReadOnlyDictionary<string, string> Helpers,
    string? Store
)
{
    public static DockerConfig None { get; } =
        new(null, new Dictionary<string, RegistryLogin>(), new Dictionary<string, string>(), null);

    /// <exception cref="UserErrorException">Not JSON, or a login that nobody can read.</exception>
    public static DockerConfig Load(DockerVariables variables, Action<string> onSecret)
    {
        var file = Path.Combine(variables.ConfigDirectory, "config.json");
        var config = File.Exists(file) ? Parse(file, File.ReadAllText(file)) : [];
        var logins = new Dictionary<string, RegistryLogin>();
        AddLogins(file, config, logins);
        if (variables.AuthConfig is { } own)
            AddLogins("DOCKER_AUTH_CONFIG", Parse("DOCKER_AUTH_CONFIG", own), logins);
        foreach (var secret in logins.Values.SelectMany(login => login.Secrets))
            onSecret(secret);
        return new DockerConfig(
            Text(config["currentContext"]),
            logins,
            (config["credHelpers"] as JsonObject ?? [])
                .Where(entry => Text(entry.Value) is not null)
                .ToDictionary(entry => entry.Key, entry => Text(entry.Value)!),
            Text(config["credsStore"])
        );
    }

    /// <exception cref="UserErrorException">Not a JSON object. The text itself may be a secret and is not shown.</exception>
    public static JsonObject Parse(string source, string text)
    {
        try
        {
            return JsonNode.Parse(text) as JsonObject ?? throw new UserErrorException(source, "is not a JSON object.");
        }
        catch (JsonException e)
        {
            throw new UserErrorException(source, $"is not JSON (line {e.LineNumber + 1}).");
        }
    }

    /// <summary>Null for what is no text or empty.</summary>
    public static string? Text(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue<string>(out var text) && text.Length > 0 ? text : null;

    private static void AddLogins(string source, JsonObject config, Dictionary<string, RegistryLogin> logins)
    {
        foreach (var (registry, entry) in config["auths"] as JsonObject ?? [])
        {
            var (user, password) = Basic(source, registry, Text(entry?["auth"]));
            var login = new RegistryLogin(
                Text(entry?["username"]) ?? user,
                Text(entry?["password"]) ?? password,
                Text(entry?["identitytoken"]),
                Text(entry?["registrytoken"])
            );
            // An entry without content is Docker's note that a credential store has the rest.
            if (login.Secrets.Any())
                logins[registry] = login;
        }
    }

    private static (string? User, string? Password) Basic(string source, string registry, string? encoded)
    {
        if (encoded is null)
            return (null, null);
        try
        {
            var text = Encoding.UTF8.GetString(Convert.FromBase64String(encoded)).TrimEnd('\0');
            var colon = text.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
                return (text[..colon], text[(colon + 1)..]);
        }
        catch (FormatException)
        {
            // Said below.
        }
        throw new UserErrorException(
            source,
            $"the login for {registry} is not user:password in base64. Log in again: docker login {registry}"
        );
    }
}
