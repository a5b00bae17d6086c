using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Docker.DotNet.Handler.Abstractions;
using Microsoft.Net.Http.Client;

namespace ClawCi.Sandboxes.Docker;

/// <summary>Our certificate for the daemon, and the authority that vouches for the daemon's.</summary>
/// <param name="authority">Null trusts what this machine trusts.</param>
internal sealed class DockerTls(X509Certificate2Collection? authority, X509Certificate2? client) : IAuthProvider
{
    public bool TlsEnabled => true;

    /// <param name="source">Who named the directory, for messages.</param>
    /// <exception cref="UserErrorException">Half a pair, or files that are no certificates.</exception>
    public static DockerTls Load(string source, string directory)
    {
        var (ca, certificate, key) = (
            Path.Combine(directory, "ca.pem"),
            Path.Combine(directory, "cert.pem"),
            Path.Combine(directory, "key.pem")
        );
        if (!File.Exists(ca) && !File.Exists(certificate))
            throw new UserErrorException(
                "environment",
                $"{source}: {directory} holds neither ca.pem nor cert.pem, and TLS is asked for. Put ca.pem, cert.pem and key.pem there."
            );
        if (File.Exists(certificate) != File.Exists(key))
            throw new UserErrorException(
                "environment",
                $"{source}: {directory} must hold both cert.pem and key.pem, or neither."
            );
        try
        {
            X509Certificate2Collection? authority = null;
            if (File.Exists(ca))
            {
                authority = [];
                authority.ImportFromPemFile(ca);
            }
            return new DockerTls(
                authority,
                File.Exists(certificate) ? X509Certificate2.CreateFromPemFile(certificate, key) : null
            );
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException("environment", $"{source}: {directory}: {e.Message}");
        }
    }

    public HttpMessageHandler ConfigureHandler(HttpMessageHandler handler)
    {
        var managed = (ManagedHandler)handler;
        if (client is not null)
            managed.ClientCertificates.Add(client);
        managed.ServerCertificateValidationCallback = (_, certificate, sent, errors) =>
            IsTrusted(certificate, sent, errors);
        return handler;
    }

    /// <summary>The name must fit, and the certificate come from the authority: its own chain is built against that alone.</summary>
    private bool IsTrusted(X509Certificate? certificate, X509Chain? sent, SslPolicyErrors errors)
    {
        if (authority is null)
            return errors == SslPolicyErrors.None;
        if ((errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != 0 || certificate is null)
            return false;
        using var chain = new X509Chain
        {
            ChainPolicy =
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            },
        };
        chain.ChainPolicy.CustomTrustStore.AddRange(authority);
        // What lies between the authority and the daemon's own certificate came with it.
        if (sent is not null)
            chain.ChainPolicy.ExtraStore.AddRange(sent.ChainPolicy.ExtraStore);
        using var theirs = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        return chain.Build(theirs);
    }
}
