using System.Diagnostics;

namespace ClawCi.TestSupport;

/// <summary>
/// A second Docker daemon that is as good as on another machine: reached over TCP with TLS both ways, with a network
/// namespace of its own, and blind to one directory of ours. Its image holds a shell and little more.
/// </summary>
internal sealed class RemoteDaemon : IAsyncDisposable
{
    public const string Image = "remote:1";

    // Opens the port here, where tests can reach it, and hands it to the daemon elsewhere, as systemd would.
    private const string Starter = """
        import os, socket, sys
        listener = socket.create_server(("127.0.0.1", 0))
        print(listener.getsockname()[1], flush=True)
        os.dup2(listener.fileno(), 3)
        os.set_inheritable(3, True)
        os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
        root = sys.argv[1]
        os.execvp("unshare", ["unshare", "--net", "--mount", "sh", "-c", f'''
            mount -t tmpfs tmpfs {root}/hidden
            exec dockerd --data-root {root}/data --exec-root {root}/exec --pidfile {root}/pid -H fd:// -H unix://{root}/docker.sock \
              --tlsverify --tlscacert {root}/tls/ca.pem --tlscert {root}/tls/server.pem --tlskey {root}/tls/server-key.pem \
              --bridge none --iptables=false --storage-driver overlay2 2>{root}/log'''])
        """;

    private const string Certificates = """
        set -e
        cd "$1"
        key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1"; }
        sign() { # NAME SUBJECT EXTENSIONS
          key $1-key.pem
          openssl req -new -key $1-key.pem -subj "/CN=$2" -out $1.csr
          printf '%b' "$3" >$1.ext
          openssl x509 -req -in $1.csr -CA ca.pem -CAkey ca-key.pem -CAcreateserial -days 2 -extfile $1.ext -out $1.pem
        }
        key ca-key.pem
        openssl req -x509 -new -key ca-key.pem -subj /CN=test-ca -days 2 -out ca.pem
        sign server docker 'subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth\n'
        sign client me 'extendedKeyUsage=clientAuth\n'
        cp client.pem cert.pem
        cp client-key.pem key.pem
        """;

    private const string Filling = """
        programs=$(command -v bash cat find ls mkdir mv rm ln chmod touch sort stat sleep)
        set -o pipefail
        tar --create --dereference --absolute-names $programs $(ldd $programs | grep -o '/[^ :]*lib[^ :]*' | sort -u) |
          docker --host "unix://$1/docker.sock" import - remote:1 >/dev/null
        """;

    private readonly string _root;
    private readonly Process _process;

    private RemoteDaemon(string root, Process process, int port) => (_root, _process, Port) = (root, process, port);

    public int Port { get; }

    /// <summary>For DOCKER_HOST.</summary>
    public string Address => $"tcp://127.0.0.1:{Port}";

    /// <summary>For DOCKER_CERT_PATH.</summary>
    public string Certs => Path.Combine(_root, "tls");

    /// <summary>What the daemon does not see.</summary>
    public string Hidden => Path.Combine(_root, "hidden");

    /// <param name="root">A directory that need not exist.</param>
    public static async Task<RemoteDaemon> StartAsync(string root)
    {
        Directory.CreateDirectory(Path.Combine(root, "tls"));
        Directory.CreateDirectory(Path.Combine(root, "hidden"));
        await RunAsync("bash", "-c", Certificates, "certificates", Path.Combine(root, "tls"));
        var process = Process.Start(
            new ProcessStartInfo("python3", ["-c", Starter, root]) { RedirectStandardOutput = true }
        )!;
        var port = int.Parse((await process.StandardOutput.ReadLineAsync())!);
        var daemon = new RemoteDaemon(root, process, port);
        await daemon.DockerAsync("until {} version; do sleep 0.2; done >/dev/null 2>&1");
        await RunAsync("bash", "-c", Filling, "filling", root);
        return daemon;
    }

    /// <summary>Runs a shell line in which <c>{}</c> is Docker's client at this daemon.</summary>
    public Task<string> DockerAsync(string line) =>
        RunAsync(
            "timeout",
            "60",
            "bash",
            "-c",
            line.Replace("{}", $"docker --host unix://{_root}/docker.sock", StringComparison.Ordinal)
        );

    public async ValueTask DisposeAsync()
    {
        await RunAsync("kill", $"{_process.Id}");
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true }
        )!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {await errors}");
    }
}
