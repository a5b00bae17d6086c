#pragma warning disable RS0030 // This program's own entry: its environment is what commands inherit.
using ClawCi.ToolServer;
using ClawCi.ToolServer.Beside;
using ClawCi.ToolServer.Commands;
using ClawCi.ToolServer.Files;
using ClawCi.ToolServer.Guard;
using ClawCi.ToolServer.Network;
using ClawCi.ToolServer.Probes;
using ClawCi.ToolServer.Walk;
using Microsoft.Win32.SafeHandles;

// A probe stands where the agent's commands stand, and they do without.
if (args is not ["probe", ..])
    Hardening.Apply();

// Unbuffered: a change set to replay is followed by MCP on the same stream.
using var input = Open(0, FileAccess.Read);
using var output = Open(1, FileAccess.Write);
using var error = new StreamWriter(Open(2, FileAccess.Write)) { AutoFlush = true };
switch (args)
{
    case [] or ["serve"]:
        return await ServeAsync(Environment.CurrentDirectory);
    case ["serve", "--workspace", var workspace, .. ([] or ["--replay"] or ["--patch"])]:
        return await ServeAsync(Path.GetFullPath(workspace));
    case ["serve", "--workspace", var workspace, "--lifetime", var lifetime, .. ([] or ["--replay"] or ["--patch"])]
        when int.TryParse(lifetime, out var seconds) && seconds is > 0 and <= Lifetime.MostSeconds:
        Lifetime.Begin(seconds);
        return await ServeAsync(Path.GetFullPath(workspace));
    case ["tunnel", var port]:
        return await TunnelVerb.RunAsync(input, output, int.Parse(port), error);
    case ["beside", var directory, _, ..]:
        return BesideVerb.Run(directory, args[2..], error);
    case ["walk", ..]:
        return await WalkVerb.RunAsync(args[1..], output, error, CancellationToken.None);
    case ["guard", var user, _, ..]:
        return GuardVerb.Run(user, args[2..]);
    case ["become", var user, _, ..]:
        return BecomeVerb.Run(user, args[2..], error);
    case ["probe", var name, ..]:
        using (var answer = new StreamWriter(Open(1, FileAccess.Write)) { AutoFlush = true })
            return ProbeVerb.Run(name, args[2..], answer);
    case ["watch", "--volume", var volume, "--limit", var limit] when long.TryParse(limit, out var bytes):
        return await WatchVerb.RunAsync(volume, bytes, input, output, error);
    case ["--version"]:
        output.Write(System.Text.Encoding.UTF8.GetBytes($"claw-toolserver {ToolServer.Version}\n"));
        return 0;
    default:
        await error.WriteLineAsync(
            "usage: claw-toolserver [serve [--workspace DIR [--lifetime SECONDS] [--replay | --patch]]] | tunnel PORT | walk … | watch … | --version"
        );
        return 2;
}

async Task<int> ServeAsync(string workspace)
{
    // Before anything is awaited: on a thread of the pool it would wait a second for the one that it occupies.
    Hardening.KeepThreads();
    if (args is [.., "--replay"] && !await ReplayVerb.RunAsync(input, output, workspace, CancellationToken.None))
        return 1;
    if (args is [.., "--patch"] && !await PatchVerb.RunAsync(input, output, workspace, CancellationToken.None))
        return 1;
    using var commands = new CommandRunner(workspace, new(Environment.GetEnvironmentVariables()));
    var session = new Session(new Workspace(workspace), new SeenFiles(), commands);
    await new ToolServer(session).RunAsync(input, output, CancellationToken.None);
    ProcessFamily.KillDescendants();
    return 0;
}

static FileStream Open(nint descriptor, FileAccess access) =>
    new(new SafeFileHandle(descriptor, ownsHandle: false), access, bufferSize: 0);
