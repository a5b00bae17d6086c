using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.Json;
using Docker.DotNet;

namespace ClawCi.Sandboxes.Docker;

/// <summary>Turns whatever a call threw into the one exception that says what to do.</summary>
internal static class DockerErrors
{
    private const int LongestMessage = 600;

    public static SandboxException Unreachable(Uri endpoint, Exception error)
    {
        var address = endpoint.Scheme == "unix" ? endpoint.LocalPath : endpoint.ToString();
        return (Innermost(error) as SocketException)?.SocketErrorCode switch
        {
            // What .NET makes of a unix socket's "no such file".
            SocketError.AddressNotAvailable when endpoint.Scheme == "unix" => new SandboxException(
                SandboxFailure.DaemonUnavailable,
                $"Docker: there is no socket at {address}. Install and start Docker Engine, set DOCKER_HOST to where it listens, "
                    + "or mount the socket when claw-ci runs in a container (-v /var/run/docker.sock:/var/run/docker.sock).",
                error
            ),
            SocketError.AccessDenied => new SandboxException(
                SandboxFailure.PermissionDenied,
                $"Docker: this user may not open {address}. Add the user to the group docker (and log in again), or run as root.",
                error
            ),
            _ => new SandboxException(
                SandboxFailure.DaemonUnavailable,
                $"Docker: nothing answers at {address} ({Innermost(error).Message}). Is the daemon running? Try: systemctl start docker",
                error
            ),
        };
    }

    public static SandboxException TooSlow(string what, TimeSpan limit, Uri endpoint) =>
        new(
            SandboxFailure.DaemonUnavailable,
            $"Docker at {endpoint} did not {what} within {limit.TotalSeconds:0} s. The daemon hangs or is overloaded; try: docker ps"
        );

    public static SandboxException Untrusted(Uri endpoint, AuthenticationException error) =>
        new(
            SandboxFailure.DaemonUnavailable,
            $"Docker at {endpoint}: no trust could be established over TLS ({Innermost(error).Message}). "
                + "Is ca.pem the authority of this daemon, its name in the certificate, and cert.pem one that it accepts?",
            error
        );

    public static SandboxException NotDocker(Uri endpoint, JsonException error) =>
        new(
            SandboxFailure.DaemonUnavailable,
            $"What answers at {endpoint} does not speak like a Docker daemon.",
            error
        );

    public static SandboxException Refused(string what, DockerApiException error)
    {
        var message = MessageOf(error.ResponseBody);
        return Classify(what, message, error.StatusCode, error);
    }

    /// <summary>Also for the errors that arrive inside a stream which began with 200.</summary>
    public static SandboxException Classify(string what, string message, HttpStatusCode? status, Exception? inner)
    {
        bool Says(string text) => message.Contains(text, StringComparison.OrdinalIgnoreCase);
        if (Says("no space left on device") || Says("disk quota exceeded"))
            return new SandboxException(
                SandboxFailure.NoSpace,
                $"Docker could not {what}: its disk is full ({message}). Free some, for example with: docker image prune",
                inner
            );
        if (Says("HTTP request to an HTTPS server"))
            return new SandboxException(
                SandboxFailure.DaemonUnavailable,
                "Docker wants TLS at this address. Set DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH to a directory with ca.pem, cert.pem and key.pem.",
                inner
            );
        if (Says("client version") && Says("too old"))
            return new SandboxException(SandboxFailure.Daemon, $"Docker: {message}. Update claw-ci.", inner);
        if (Says("client version") && Says("too new"))
            return new SandboxException(
                SandboxFailure.DaemonTooOld,
                $"Docker: {message}. Update Docker Engine.",
                inner
            );
        if (status == HttpStatusCode.NotFound && Says("no such image"))
            return new SandboxException(SandboxFailure.ImageUnavailable, $"Docker could not {what}: {message}", inner);
        return new SandboxException(SandboxFailure.Daemon, $"Docker could not {what}: {message}", inner);
    }

    public static bool IsNotFound(SandboxException error) =>
        error.InnerException is DockerApiException { StatusCode: HttpStatusCode.NotFound };

    public static bool IsConflict(SandboxException error) =>
        error.InnerException is DockerApiException { StatusCode: HttpStatusCode.Conflict };

    private static Exception Innermost(Exception error) => error.GetBaseException();

    private static string MessageOf(string? body)
    {
        var text = body ?? "";
        try
        {
            using var json = JsonDocument.Parse(text);
            if (
                json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("message", out var message)
            )
                text = message.ToString();
        }
        catch (JsonException)
        {
            // A proxy's page, or nothing: the raw text is all there is.
        }
        text = text.ReplaceLineEndings(" ").Trim();
        return text.Length > LongestMessage ? text[..LongestMessage] + " …" : text;
    }
}
