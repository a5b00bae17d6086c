using System.Diagnostics;
using Xunit;

namespace ClawCi.Cli.Tests.BadDays;

/// <summary>
/// A second Docker daemon with a small disk to itself and an image that holds little more than a shell. It has its own
/// network namespace, so that nothing it does to networks is done to the machine's.
/// </summary>
internal sealed class SmallDaemon : IAsyncDisposable
{
    public const string Image = "image: small:1, pull: never";

    private readonly string _root;
    private readonly Process _process;

    private SmallDaemon(string root, Process process) => (_root, _process) = (root, process);

    /// <summary>For DOCKER_HOST.</summary>
    public string Address => $"unix://{_root}/docker.sock";

    public static async Task<SmallDaemon> StartAsync(string root)
    {
        Directory.CreateDirectory(root);
        await ExampleRun.ShellAsync(
            root,
            "truncate --size 48M disk && mkfs.ext4 -q -F disk && mkdir data && mount -o loop disk data"
        );
        var process = Process.Start(
            new ProcessStartInfo(
                "unshare",
                $"--net dockerd --data-root {root}/data/docker --exec-root {root}/exec --pidfile {root}/pid "
                    + $"--host unix://{root}/docker.sock --bridge none --iptables=false --storage-driver overlay2"
            )
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var daemon = new SmallDaemon(root, process);
        _ = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        _ = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await ExampleRun.ShellAsync(
            root,
            $"timeout 60 bash -c 'until docker --host {daemon.Address} version; do sleep 0.2; done' >/dev/null 2>&1"
        );
        await daemon.DockerAsync(
            "import - small:1",
            "tar --create --dereference --absolute-names /bin/bash /usr/bin/head $(ldd /bin/bash /usr/bin/head | grep -o '/[^ :]*lib[^ :]*' | sort -u) |"
        );
        return daemon;
    }

    public Task<string> DockerAsync(string command, string input = "") =>
        ExampleRun.ShellAsync(_root, $"set -o pipefail; {input} docker --host {Address} {command}");

    /// <summary>Takes what room there is, but for so much.</summary>
    public Task FillAsync(int leaveKibibytes) =>
        ExampleRun.ShellAsync(
            _root,
            $"fallocate --length $(( $(df --output=avail data | tail -1) - {leaveKibibytes} ))K data/full; df data"
        );

    public async ValueTask DisposeAsync()
    {
        await ExampleRun.ShellAsync(_root, $"kill {_process.Id}");
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        _process.Dispose();
        await ExampleRun.ShellAsync(_root, "umount data");
    }
}
