using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Docker.Tests;

/// <summary>A real registry on loopback with one small image in it, which wants a login when it has users.</summary>
internal sealed class Registry : IAsyncDisposable
{
    public const string User = "alice";
    public const string Password = "pa-ss:w0rd/+1";

    // bcrypt of the password above; the registry takes no other kind.
    private const string Users = "alice:$2y$05$abcdefghijklmnopqrstuu1zwEqylToIDfQt/3nhxFpE.tyvwPWX2";

    private readonly Process _process;

    private Registry(Process process, string address) => (_process, Address) = (process, address);

    public string Address { get; }

    /// <summary>Not on the daemon until it is pulled.</summary>
    public string Image => $"{Address}/demo:1";

    public static async Task<Registry> StartAsync(TempDirectory temp, bool wantsLogin)
    {
        var address = $"127.0.0.1:{FreePort()}";
        var auth = wantsLogin
            ? $"auth: {{ htpasswd: {{ realm: test, path: {temp.Write("registry/users", Users + "\n")} }} }}\n"
            : "";
        var config = temp.Write(
            "registry/config.yml",
            $"version: 0.1\nlog: {{ level: error }}\nstorage: {{ filesystem: {{ rootdirectory: {temp["registry/data"]} }} }}\nhttp: {{ addr: '{address}' }}\n{auth}"
        );
        var start = new ProcessStartInfo("docker-registry", ["serve", config])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        var registry = new Registry(Process.Start(start)!, address);
        await registry.AnswersAsync();
        var login = wantsLogin ? $"docker login --username {User} --password '{Password}' {address} && " : "";
        await Shell.RunAsync(
            "sh",
            "-c",
            $"export DOCKER_CONFIG={temp["registry/client"]}; {login}tar -C {temp.Path} -c registry/config.yml | docker import - {registry.Image} && docker push --quiet {registry.Image} && docker rmi {registry.Image}"
        );
        return registry;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        await Shell.OutputAsync("docker", "rmi", Image);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task AnswersAsync()
    {
        using var client = new HttpClient();
        while (true)
        {
            try
            {
                using var answer = await client.GetAsync(
                    new Uri($"http://{Address}/v2/"),
                    TestContext.Current.CancellationToken
                );
                return;
            }
            catch (HttpRequestException) when (!_process.HasExited)
            {
                // It does not listen yet.
            }
        }
    }
}
