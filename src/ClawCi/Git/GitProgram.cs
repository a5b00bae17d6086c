using System.ComponentModel;
using ClawCi.Shared;

namespace ClawCi.Git;

/// <summary>
/// Runs git on repositories that are ours alone: nothing of the machine's or the user's configuration, attributes and hooks takes
/// part, no protocol is allowed that <see cref="GitAccess"/> does not name, and it never asks anybody anything.
/// </summary>
internal static class GitProgram
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(10);

    private static readonly string[] Settings =
    [
        "core.fsmonitor=false",
        "core.hooksPath=/dev/null",
        "core.attributesFile=/dev/null",
        "core.excludesFile=/dev/null",
        "core.autocrlf=false",
        "core.symlinks=true",
        "core.filemode=true",
        "protocol.allow=never",
        "submodule.recurse=false",
        "gc.auto=0",
        "maintenance.auto=false",
    ];

    private static readonly Dictionary<string, string> Environment = new()
    {
        ["GIT_CONFIG_NOSYSTEM"] = "1",
        ["GIT_CONFIG_GLOBAL"] = "/dev/null",
        ["GIT_ATTR_NOSYSTEM"] = "1",
        ["GIT_NO_REPLACE_OBJECTS"] = "1",
        ["GIT_NO_LAZY_FETCH"] = "1",
        ["GIT_OPTIONAL_LOCKS"] = "0",
        ["GIT_TERMINAL_PROMPT"] = "0",
        ["HOME"] = "/nonexistent",
        ["LC_ALL"] = "C",
    };

    /// <param name="arguments">From <c>--git-dir</c> on.</param>
    /// <param name="environment">Besides its own.</param>
    /// <exception cref="Win32Exception">There is no git.</exception>
    public static Task<ProcessResult> RunAsync(
        string directory,
        IReadOnlyList<string> arguments,
        IReadOnlyDictionary<string, string> environment,
        Func<Stream, CancellationToken, Task>? writeInput,
        Stream? output,
        CancellationToken ct
    ) =>
        ProcessRunner.RunAsync(
            new("git", [.. Settings.SelectMany(setting => new[] { "-c", setting }), .. arguments])
            {
                Environment = new Dictionary<string, string>(Environment.Concat(environment)),
                WorkingDirectory = directory,
                WriteInput = writeInput,
                Output = output,
                MaxOutputBytes = long.MaxValue,
                Deadline = Deadline,
            },
            ct
        );
}
