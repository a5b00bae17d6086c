using System.Diagnostics;
using System.Text;

namespace ClawCi.Tests.Permissions.Shell;

/// <summary>Runs scripts with bash where nothing but stand-ins can be found, and says what each one executed.</summary>
internal sealed class BashTrace : IDisposable
{
    private const string Driver = """
        exec 9>&2
        export LOG SCRIPT_ID
        command_not_found_handle() { printf '%s\0' "$SCRIPT_ID" "$#" "$@" >>"$LOG/$BASHPID"; case $1 in *[135]) return 1;; esac; }
        export -f command_not_found_handle
        SCRIPT_ID=0
        while IFS= read -r -d '' script; do
          (
            eval "check_it() {
        $script
        }" 2>/dev/null || exit
            printf '%s\0' "$SCRIPT_ID" 0 >>"$LOG/$BASHPID"
            unset -f check_it; cd "$WORK" || exit; ulimit -t 1; export FUNCNEST=4; eval "$script"; wait
          ) </dev/null >/dev/null 2>&1
          SCRIPT_ID=$((SCRIPT_ID + 1))
        done <"$SCRIPTS"
        """;

    private readonly string _directory = Directory.CreateTempSubdirectory("claw-trace-").FullName;

    /// <summary>What an earlier run left behind may still write, into logs of its own. Each process has one: long lines of two would mix.</summary>
    private int _runs;

    public BashTrace()
    {
        foreach (var folder in new[] { "bin", "work" })
            Directory.CreateDirectory(Path.Combine(_directory, folder));
        for (var i = 0; i < 4; i++)
        {
            var stub = Path.Combine(_directory, $"bin/s{i}");
            File.WriteAllText(
                stub,
                "#!/bin/sh\nprintf '%s\\0' \"$SCRIPT_ID\" $(($# + 1)) \"${0##*/}\" \"$@\" >>\"$LOG/$$\"\n"
            );
            File.SetUnixFileMode(stub, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }
        foreach (var program in new[] { "env", "timeout", "xargs", "find", "bash" })
            File.CreateSymbolicLink(Path.Combine(_directory, "bin", program), $"/usr/bin/{program}");
    }

    /// <returns>For each script the commands it executed; null where bash finds it is no script.</returns>
    public IReadOnlyList<IReadOnlyList<string[]>?> Run(IReadOnlyList<string> scripts)
    {
        var (input, log) = (Path.Combine(_directory, "scripts"), Path.Combine(_directory, $"log{_runs++}"));
        File.WriteAllText(input, string.Concat(scripts.Select(script => script + "\0")));
        Directory.CreateDirectory(log);
        var start = new ProcessStartInfo("/usr/bin/bash", ["--norc", "--noprofile", "-c", Driver])
        {
            WorkingDirectory = _directory,
        };
        start.Environment.Clear();
        start.Environment["PATH"] = Path.Combine(_directory, "bin");
        start.Environment["LOG"] = log;
        start.Environment["SCRIPTS"] = input;
        start.Environment["WORK"] = Path.Combine(_directory, "work");
        start.RedirectStandardError = true;
        using (var bash = Process.Start(start)!)
        {
            // Everything that a script leaves running holds the other end of this stream.
            bash.StandardError.ReadToEnd();
            bash.WaitForExit();
        }
        var commands = new List<string[]>?[scripts.Count];
        foreach (var file in Directory.GetFiles(log))
            Read(File.ReadAllText(file, Encoding.UTF8).Split('\0'), commands);
        Directory.Delete(log, recursive: true);
        return commands;
    }

    private static void Read(string[] fields, List<string[]>?[] commands)
    {
        for (var i = 0; i + 1 < fields.Length; )
        {
            var (script, words) = (int.Parse(fields[i]), int.Parse(fields[i + 1]));
            // A script that closes the function which it is tried in runs already then.
            var executed = commands[script] ??= [];
            if (words > 0)
                executed.Add(fields[(i + 2)..(i + 2 + words)]);
            i += 2 + words;
        }
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
