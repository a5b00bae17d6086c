using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ClawCi.Docker.Tests;

/// <summary>A registry on loopback, which a daemon talks to without TLS, that answers as the test says.</summary>
internal sealed class FakeRegistry : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Action<string, HttpListenerResponse> _answer;

    public FakeRegistry(Action<string, HttpListenerResponse> answer)
    {
        _answer = answer;
        Address = $"127.0.0.1:{FreePort()}";
        _listener.Prefixes.Add($"http://{Address}/");
        _listener.Start();
        _ = ServeAsync();
    }

    public string Address { get; }

    /// <summary>An image whose configuration and layer the registry does not have.</summary>
    public static void Manifest(HttpListenerResponse response)
    {
        const string Type = "application/vnd.docker.distribution.manifest.v2+json";
        var digest = $"sha256:{new string('a', 64)}";
        response.ContentType = Type;
        response.OutputStream.Write(
            Encoding.UTF8.GetBytes(
                $$"""
                {"schemaVersion":2,"mediaType":"{{Type}}",
                 "config":{"mediaType":"application/vnd.docker.container.image.v1+json","size":2,"digest":"{{digest}}"},
                 "layers":[{"mediaType":"application/vnd.docker.image.rootfs.diff.tar.gzip","size":2,"digest":"{{digest}}"}]}
                """
            )
        );
    }

    public void Dispose() => _listener.Close();

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            var context = await _listener.GetContextAsync();
            context.Response.AddHeader("Docker-Distribution-Api-Version", "registry/2.0");
            _answer(context.Request.Url!.AbsolutePath, context.Response);
            context.Response.Close();
        }
    }
}
