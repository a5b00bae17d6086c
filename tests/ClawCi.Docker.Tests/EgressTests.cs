using System.Collections.Concurrent;
using System.Net;
using ClawCi.Permissions;
using ClawCi.Sandboxes;
using ClawCi.Sandboxes.Egress;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Docker.Tests;

/// <summary>From a program in a real container, through the tunnel and the proxy, to an origin on this machine; and every way around.</summary>
public sealed class EgressTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    private readonly ConcurrentQueue<(string Purpose, NetworkUse Use)> _uses = [];
    private readonly ConcurrentQueue<string> _warnings = [];

    [Fact]
    public async Task Allowed_hosts_are_reached_over_TLS_and_plain_HTTP_and_others_are_refused_in_words()
    {
        await using var origin = Origin.Start();
        await using var here = await Sandboxed.CreateAsync();
        File.WriteAllText(Path.Combine(here.Checkout, "ca.pem"), Origin.Authority);
        await using var task = await PrepareAsync(here, origin);
        await using (var sandbox = await task.AgentAsync())
        {
            Assert.Equal("lo", (await sandbox.BashAsync("ls /sys/class/net")).Text.Trim());
            Assert.Equal(
                "origin saw /tls",
                (await PythonAsync(sandbox, $"https://allowed.test:{origin.Port}/tls")).Trim()
            );
            Assert.Equal(
                "origin saw /plain",
                (await PythonAsync(sandbox, $"http://allowed.test:{origin.Port}/plain")).Trim()
            );
            var refused = await PythonAsync(sandbox, $"https://evil.test:{origin.Port}/");
            Assert.Contains($"403 Refused by claw-ci, rule network: evil.test:{origin.Port}", refused);
            Assert.Contains(
                "403 Refused by claw-ci, rule network: 169.254.169.254:80",
                await PythonAsync(sandbox, "http://169.254.169.254/latest/")
            );
            await sandbox.BashAsync($"git -c http.sslCAInfo=ca.pem ls-remote https://allowed.test:{origin.Port}/r.git");
            Assert.Contains(origin.Requests, head => head.StartsWith("GET /r.git/info/refs", StringComparison.Ordinal));
        }
        Assert.All(_uses, use => Assert.Equal("agent", use.Purpose));
        Assert.Contains(_uses, use => use.Use is { IsAllowed: true, Host: "allowed.test", BytesDown: > 500 });
        Assert.Contains(_uses, use => use.Use is { IsAllowed: false, Host: "evil.test", Rule: "network" });
        Assert.Empty(_warnings);
    }

    [Fact]
    public async Task Without_the_proxy_there_is_no_way_out_whatever_is_tried()
    {
        await using var origin = Origin.Start();
        await using var here = await Sandboxed.CreateAsync();
        await using var task = await PrepareAsync(here, origin);
        await using var sandbox = await task.AgentAsync();
        const string Attempts = """
            import os, socket
            def attempt(name, family, kind, address, send=None):
                try:
                    s = socket.socket(family, kind); s.settimeout(2); s.connect(address)
                    if send: s.send(send); s.recv(1)
                    print("OUT", name)
                except OSError as e: print("held", name)
            i4, i6, tcp, udp = socket.AF_INET, socket.AF_INET6, socket.SOCK_STREAM, socket.SOCK_DGRAM
            attempt("internet", i4, tcp, ("1.1.1.1", 443))
            attempt("internet over IPv6", i6, tcp, ("2606:4700:4700::1111", 443))
            attempt("metadata", i4, tcp, ("169.254.169.254", 80))
            attempt("docker over TCP", i4, tcp, ("172.17.0.1", 2375))
            attempt("gateway", i4, tcp, ("172.17.0.1", PORT))
            attempt("the origin itself", i4, tcp, ("127.0.0.1", PORT))
            attempt("DNS", i4, udp, ("8.8.8.8", 53), b"x")
            attempt("the engine's DNS", i4, udp, ("127.0.0.11", 53), b"x")
            try: socket.socket(i4, socket.SOCK_RAW, 1); print("OUT raw")
            except OSError: print("held raw")
            try: socket.getaddrinfo("example.com", 443); print("OUT names")
            except OSError: print("held names")
            """;
        var path = Path.Combine(here.Checkout, "attempts.py");
        await File.WriteAllTextAsync(path, Attempts.Replace("PORT", $"{origin.Port}", StringComparison.Ordinal), Now);
        var answer = await sandbox.BashAsync("env -i python3 attempts.py");
        Assert.DoesNotContain("OUT", answer.Text);
        Assert.Equal(10, answer.Text.Split("held").Length - 1);
        Assert.Equal(0, origin.Connections);
    }

    [Fact]
    public async Task A_killed_tunnel_is_the_end_of_the_network_and_said()
    {
        await using var origin = Origin.Start();
        await using var here = await Sandboxed.CreateAsync();
        await using var task = await PrepareAsync(here, origin);
        await using var sandbox = await task.AgentAsync();
        await sandbox.BashAsync(
            "for p in /proc/[0-9]*; do tr '\\0' ' ' < $p/cmdline | grep -q '^/claw/.* tunnel' && kill -9 ${p#/proc/}; done"
        );
        Assert.Contains("Connection refused", await PythonAsync(sandbox, $"http://allowed.test:{origin.Port}/"));
        while (_warnings.IsEmpty)
            await Task.Yield();
        Assert.Contains("network has ended", Assert.Single(_warnings));
    }

    [Fact]
    public async Task The_tunnel_cannot_be_taken_over_through_its_descriptors()
    {
        await using var origin = Origin.Start();
        await using var here = await Sandboxed.CreateAsync();
        await using var task = await PrepareAsync(here, origin);
        await using var sandbox = await task.AgentAsync();
        var answer = await sandbox.BashAsync(
            "for p in /proc/[0-9]*; do tr '\\0' ' ' < $p/cmdline | grep -q '^/claw/.* tunnel' && ls -l $p/fd; done"
        );
        Assert.Contains("Permission denied", answer.Text);
    }

    [Fact]
    public async Task A_task_without_network_has_neither_port_nor_variables()
    {
        await using var here = await Sandboxed.CreateAsync();
        await using var task = await here.PrepareAsync();
        await using var sandbox = await task.AgentAsync();
        var answer = await sandbox.BashAsync("env | grep -i proxy; cat /proc/net/tcp");
        Assert.DoesNotContain("PROXY", answer.Text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("0C38", answer.Text);
    }

    [Fact]
    public async Task A_secret_of_a_setup_step_is_in_that_command_and_nowhere_the_daemon_or_the_agent_looks()
    {
        const string Secret = "canary-feed-token-51c2";
        await using var here = await Sandboxed.CreateAsync();
        await using var task = await here.PrepareAsync();
        await using (var setup = await task.StartSetupAsync(NetworkAccess.None, Now))
        {
            var answer = await setup.CallAsync(
                "bash",
                Sandboxed.Json("""{"command":"echo got $FEED"}"""),
                null,
                Now,
                new Dictionary<string, string> { ["FEED"] = Secret }
            );
            Assert.Equal($"got {Secret}", answer.Text.Trim());
            Assert.DoesNotContain("canary", (await setup.BashAsync("env; cat /proc/*/environ")).Text);
            Assert.DoesNotContain("canary", await Shell.OutputAsync("docker", "inspect", setup.ContainerId));
            Assert.DoesNotContain(
                "canary",
                await Shell.OutputAsync("docker", "ps", "--all", "--no-trunc", "--format", "{{json .}}")
            );
        }
        await using var agent = await task.AgentAsync();
        Assert.DoesNotContain(
            "canary",
            (await agent.BashAsync("env; cat /proc/*/environ; grep -rs canary /workspace /tmp /home")).Text
        );
        Assert.DoesNotContain("canary", await Shell.OutputAsync("docker", "inspect", agent.ContainerId));
    }

    private Task<TaskSandbox> PrepareAsync(Sandboxed here, Origin origin) =>
        TaskSandbox.PrepareAsync(
            here.Engine,
            here.ToolServer,
            Sandboxed.Spec with
            {
                Network = new NetworkAccess(NetworkReader.Rules([$"allowed.test:{origin.Port}"]), []),
            },
            here.Checkout,
            null,
            Sandboxed.Owner,
            Now,
            egress: new EgressSettings(
                new Outside(
                    (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback]),
                    new AddressGuard(new HashSet<IPAddress>(), new HashSet<IPEndPoint> { origin.EndPoint }),
                    _ => null
                ),
                EgressLimits.Default,
                (purpose, use) => _uses.Enqueue((purpose, use)),
                _warnings.Enqueue,
                TimeProvider.System
            )
        );

    /// <summary>What Python's own client, which knows nothing of us, makes of the address.</summary>
    private static async Task<string> PythonAsync(Sandbox sandbox, string url) =>
        (
            await sandbox.BashAsync(
                "SSL_CERT_FILE=ca.pem python3 -c '\n"
                    + "import sys, urllib.request, urllib.error\n"
                    + "try: print(urllib.request.urlopen(sys.argv[1]).read().decode())\n"
                    + "except urllib.error.HTTPError as e: print(e.code, e.reason, e.read().decode())\n"
                    + $"except OSError as e: print(e)' {url}"
            )
        ).Text;
}
