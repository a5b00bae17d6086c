namespace ClawCi.Sandboxes.Docker;

/// <summary>What the environment says of Docker, by the names that Docker's own client reads. Null is not set.</summary>
/// <param name="Host">DOCKER_HOST; wins over a context.</param>
/// <param name="Tls">DOCKER_TLS: encryption without knowing who is at the other end.</param>
/// <param name="TlsVerify">DOCKER_TLS_VERIFY: any value demands TLS.</param>
/// <param name="CertPath">DOCKER_CERT_PATH: holds ca.pem, cert.pem and key.pem.</param>
/// <param name="Context">DOCKER_CONTEXT.</param>
/// <param name="ConfigDirectory">DOCKER_CONFIG, or ~/.docker.</param>
/// <param name="AuthConfig">DOCKER_AUTH_CONFIG: a config.json of its own, of which the logins count.</param>
/// <param name="All">What credential helpers are run with: the environment, but for the model's keys.</param>
internal sealed record DockerVariables(
    string? Host,
    string? Tls,
    string? TlsVerify,
    string? CertPath,
    string? Context,
    string ConfigDirectory,
    string? AuthConfig,
    IReadOnlyDictionary<string, string> All
);
