using System.Globalization;

namespace ClawCi.ToolServer.Probes;

/// <summary><c>probe NAME [ARGUMENT]...</c>: makes one attempt, from where the agent's commands stand, and says what came of it.</summary>
internal static class ProbeVerb
{
    /// <returns>0 when the attempt failed for the right reason, 1 when it succeeded, 2 when it proves nothing.</returns>
    public static int Run(string name, IReadOnlyList<string> arguments, TextWriter output)
    {
        ProbeAnswer answer;
        try
        {
            answer = Try(name, arguments, output);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            answer = ProbeAnswer.Unknown(e.Message);
        }
        output.WriteLine($"{answer.Verdict}\t{answer.Text}");
        return answer.Verdict switch
        {
            "held" => 0,
            "broken" => 1,
            _ => 2,
        };
    }

    private static ProbeAnswer Try(string name, IReadOnlyList<string> given, TextWriter output) =>
        (name, given) switch
        {
            ("write-root", []) => FileProbes.WriteRoot(),
            ("write-tool-server", []) => FileProbes.WriteToolServer(),
            ("write-sys", []) => FileProbes.WriteSys(),
            ("host-file", [var path]) => FileProbes.HostFile(path),
            ("block-devices", []) => FileProbes.BlockDevices(),
            ("kernel-settings", []) => FileProbes.KernelSettings(),
            ("kernel-memory", []) => FileProbes.KernelMemory(),
            ("setuid-places", _) => FileProbes.SetuidPlaces(given),
            ("hidden-directory", [var path, var file]) => FileProbes.HiddenDirectory(path, file),

            ("foreign-process", []) => ProcessProbes.Foreign(),
            ("namespaces", _) => ProcessProbes.Namespaces(given),
            ("trace-server", []) => ProcessProbes.TraceServer(),
            ("server-memory", []) => ProcessProbes.ReadServerMemory(),
            ("forge-answer", []) => ProcessProbes.ForgeAnswer(),
            ("oom-score", []) => ProcessProbes.SpareFromOutOfMemory(),
            ("kill-first", []) => ProcessProbes.KillFirst(),
            ("kill-server", []) => ProcessProbes.KillServer(),
            ("linger", [var mark]) => ProcessProbes.Linger(mark),
            ("find-process", [var mark]) => ProcessProbes.Find(mark),

            ("fork-bomb", []) => ResourceProbes.ForkBomb(),
            ("memory", [var limit]) => ResourceProbes.TakeMemory(Number(limit), output),
            ("fill", [var directory, var limit]) => ResourceProbes.Fill(directory, Number(limit)),
            ("keep", [var path, var size]) => ResourceProbes.Keep(path, Number(size)),
            ("core-dump", []) => ResourceProbes.DumpCore(),
            ("open-files", []) => ResourceProbes.OpenMoreFiles(),
            ("processors", []) => ResourceProbes.TakeProcessors(),
            ("flood", [var size]) => ResourceProbes.Flood(Number(size)),

            ("connect", _) => NetworkProbes.Connect(given),
            ("send", _) => NetworkProbes.Send(given),
            ("connect-socket", _) => NetworkProbes.ConnectToSockets(given),
            ("connect-abstract", [var socket]) => NetworkProbes.ConnectToAbstract(socket),
            ("interfaces", []) => NetworkProbes.Interfaces(),
            ("raw-socket", []) => NetworkProbes.RawSockets(),
            ("talk", [var port, ..]) => ProxyProbe.Talk((int)Number(port), given.Skip(1)),

            ("user-namespace", []) => PrivilegeProbes.UserNamespace(),
            ("mount-namespace", []) => PrivilegeProbes.MountNamespace(),
            ("mount", []) => PrivilegeProbes.Mount(),
            ("remount-root", []) => PrivilegeProbes.RemountRoot(),
            ("unmount", []) => PrivilegeProbes.Unmount(),
            ("join-namespace", []) => PrivilegeProbes.JoinInit(),
            ("pivot-root", []) => PrivilegeProbes.PivotRoot(),
            ("chroot", []) => PrivilegeProbes.ChangeRoot(),
            ("make-device", []) => PrivilegeProbes.MakeDevice(),
            ("open-by-handle", []) => PrivilegeProbes.OpenByHandle(),
            ("bpf", []) => PrivilegeProbes.Bpf(),
            ("perf", []) => PrivilegeProbes.Perf(),
            ("keyring", []) => PrivilegeProbes.Keyring(),
            ("userfaultfd", []) => PrivilegeProbes.UserFault(),
            ("kernel-module", []) => PrivilegeProbes.LoadModule(),
            ("kexec", []) => PrivilegeProbes.LoadKernel(),
            ("reboot", []) => PrivilegeProbes.Reboot(),
            ("set-clock", []) => PrivilegeProbes.SetClock(),
            ("set-host-name", []) => PrivilegeProbes.SetHostName(),
            ("swap-on", []) => PrivilegeProbes.SwapOn(),
            ("kernel-log", []) => PrivilegeProbes.KernelLog(),
            ("accounting", []) => PrivilegeProbes.Accounting(),
            ("another-user", []) => PrivilegeProbes.AnotherUser(),
            ("another-group", []) => PrivilegeProbes.AnotherGroup(),
            ("priority", []) => PrivilegeProbes.Priority(),
            ("real-time", []) => PrivilegeProbes.RealTime(),
            ("capabilities", []) => PrivilegeProbes.Capabilities(),
            ("new-privileges", []) => PrivilegeProbes.NewPrivileges(),
            ("system-call-filter", []) => PrivilegeProbes.SystemCallFilter(),

            ("environments", [var canary]) => SecretProbes.Environments(canary),
            ("files", [var canary]) => SecretProbes.Files(canary),
            ("file", [var path, var canary, var witness]) => SecretProbes.File(path, canary, witness),
            ("host-name", [var host]) => SecretProbes.HostName(host),
            ("mount-points", _) => SecretProbes.MountPoints([.. given]),

            ("plant", [var workspace, var host, var mark]) => PatchProbes.Plant(workspace, host, mark),
            ("left", [var workspace]) => PatchProbes.Left(workspace),
            ("overwrite", [var path, var text]) => PatchProbes.Overwrite(path, text),
            _ => ProbeAnswer.Unknown($"this tool server knows no probe {name} with {given.Count} arguments"),
        };

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
