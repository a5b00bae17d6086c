namespace ClawCi.Sandboxes.Docker;

/// <summary>Where the daemon is, and how it and its registries know us.</summary>
/// <param name="Endpoint"><c>unix:</c> or <c>tcp:</c>.</param>
/// <param name="Tls">Null speaks plainly, which only a socket's permissions make safe.</param>
internal sealed record DockerAccess(Uri Endpoint, DockerTls? Tls, RegistryLogins Logins)
{
    private const int PlainPort = 2375;
    private const int TlsPort = 2376;

    /// <summary>Docker's own socket, and no logins.</summary>
    public static DockerAccess Default { get; } = At(new Uri("unix:///var/run/docker.sock"));

    /// <summary>Without TLS and without logins.</summary>
    public static DockerAccess At(Uri endpoint) => new(endpoint, null, RegistryLogins.None);

    public int Port =>
        Endpoint.Port > 0 ? Endpoint.Port
        : Tls is null ? PlainPort
        : TlsPort;
}
