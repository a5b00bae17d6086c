using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace ClawCi.Sandboxes.Docker;

/// <summary>Finds the daemon as Docker's own client would: DOCKER_HOST, then DOCKER_CONTEXT, then the chosen context, then the socket.</summary>
internal static class DockerAccessReader
{
    private const string DefaultContext = "default";

    /// <param name="onSecret">Told of every password and token before it is used.</param>
    /// <exception cref="UserErrorException">An address that cannot be used, or files that are not there.</exception>
    public static DockerAccess Read(DockerVariables variables, Action<string> onSecret)
    {
        var config = DockerConfig.Load(variables, onSecret);
        var logins = new RegistryLogins(config, variables.All, onSecret);
        if (variables.Host is not null)
            return new DockerAccess(Address("DOCKER_HOST", variables.Host), OfVariables(variables), logins);
        var context = variables.Context ?? config.CurrentContext;
        return context is null or DefaultContext
            ? DockerAccess.Default with
            {
                Logins = logins,
            }
            : OfContext(context, variables.ConfigDirectory) with
            {
                Logins = logins,
            };
    }

    private static DockerTls? OfVariables(DockerVariables variables)
    {
        if (variables.TlsVerify is null && variables.Tls is null)
            return null;
        if (variables.TlsVerify is null)
            throw new UserErrorException(
                "environment",
                "DOCKER_TLS without DOCKER_TLS_VERIFY would talk to whoever answers. Set DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH to a directory with ca.pem, cert.pem and key.pem."
            );
        return DockerTls.Load("DOCKER_CERT_PATH", variables.CertPath ?? variables.ConfigDirectory);
    }

    /// <summary>Contexts are directories named by the hash of their names, which are too free for a file's.</summary>
    private static DockerAccess OfContext(string name, string configDirectory)
    {
        var id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
        var file = Path.Combine(configDirectory, "contexts", "meta", id, "meta.json");
        if (!File.Exists(file))
            throw new UserErrorException(
                "environment",
                $"Docker context {name} is not known ({file} is not there). See docker context ls; `default` is this machine's own daemon."
            );
        var endpoint = DockerConfig.Parse(file, File.ReadAllText(file))["Endpoints"]?["docker"];
        if (DockerConfig.Text(endpoint?["Host"]) is not { Length: > 0 } host)
            throw new UserErrorException(file, $"Docker context {name} names no Docker host.");
        if (endpoint?["SkipTLSVerify"] is JsonValue skip && skip.TryGetValue<bool>(out var skips) && skips)
            throw new UserErrorException(
                file,
                $"Docker context {name} skips the check of who answers; claw-ci does not. Create it again with the daemon's CA."
            );
        var tls = Path.Combine(configDirectory, "contexts", "tls", id, "docker");
        return new DockerAccess(
            Address($"Docker context {name}", host),
            Directory.Exists(tls) ? DockerTls.Load($"Docker context {name}", tls) : null,
            RegistryLogins.None
        );
    }

    private static Uri Address(string source, string value) =>
        !Uri.TryCreate(value, UriKind.Absolute, out var address)
            ? throw new UserErrorException(
                "environment",
                $"{source} is not an address such as unix:///var/run/docker.sock or tcp://host:2376: {value}"
            )
        : address.Scheme is "unix" or "tcp" ? address
        : address.Scheme == "ssh"
            ? throw new UserErrorException(
                "environment",
                $"{source}: ssh is not spoken here. Forward the socket and use that: "
                    + $"ssh -nNT -L /tmp/docker.sock:/var/run/docker.sock {address.UserInfo}{(address.UserInfo.Length > 0 ? "@" : "")}{address.Host} & "
                    + "DOCKER_HOST=unix:///tmp/docker.sock"
            )
        : throw new UserErrorException(
            "environment",
            $"{source}: '{address.Scheme}' is not supported. Use unix:///path/to/docker.sock or tcp://host:port."
        );
}
