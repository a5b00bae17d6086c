using System.ComponentModel;
using ClawCi.Shared;

namespace ClawCi.Sandboxes.Workspaces;

/// <summary>A bare repository of our own in a directory that only we can enter, gone with this object.</summary>
internal sealed class ScratchRepository : IDisposable
{
    private const string EmptyTree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(10);

    /// <summary>Nothing of the machine's or the user's configuration, attributes and hooks takes part.</summary>
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
        "fastimport.unpackLimit=0",
        "core.compression=0",
    ];

    private static readonly Dictionary<string, string> Environment = new()
    {
        ["GIT_CONFIG_NOSYSTEM"] = "1",
        ["GIT_CONFIG_GLOBAL"] = "/dev/null",
        ["GIT_ATTR_NOSYSTEM"] = "1",
        // Newer git reads attributes of HEAD in bare repositories.
        ["GIT_ATTR_SOURCE"] = EmptyTree,
        ["GIT_NO_REPLACE_OBJECTS"] = "1",
        ["GIT_OPTIONAL_LOCKS"] = "0",
        ["GIT_TERMINAL_PROMPT"] = "0",
        ["HOME"] = "/nonexistent",
        ["LC_ALL"] = "C",
    };

    private readonly string _path;
    private readonly Dictionary<string, string> _environment;

    /// <param name="parent">Where there is room for the contents of a change set.</param>
    /// <param name="objects">The objects of another repository, which are seen here too.</param>
    /// <param name="environment">Of git, besides its own: what lets it reach another repository.</param>
    public ScratchRepository(
        string parent,
        string? objects = null,
        IReadOnlyDictionary<string, string>? environment = null
    )
    {
        _environment = new(Environment.Concat(environment ?? new Dictionary<string, string>()));
        _path = Path.Combine(parent, $".claw-ci-patch-{Path.GetRandomFileName()}");
        const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Directory.CreateDirectory(_path, OwnerOnly);
        Directory.CreateDirectory(FilePath("objects"));
        Directory.CreateDirectory(FilePath("refs"));
        if (objects is not null)
        {
            Directory.CreateDirectory(FilePath("objects/info"));
            File.WriteAllText(FilePath("objects/info/alternates"), objects + "\n");
        }
        // A branch that never comes to be: attributes are read from HEAD, too.
        File.WriteAllText(FilePath("HEAD"), "ref: refs/heads/none\n");
        File.WriteAllText(FilePath("config"), "[core]\n\trepositoryformatversion = 0\n\tbare = true\n");
    }

    public string FilePath(string name) => Path.Combine(_path, name);

    /// <returns>What git wrote, when it does not go to <paramref name="output"/>.</returns>
    /// <exception cref="PatchException">Git is missing, or failed.</exception>
    public async Task<byte[]> RunAsync(
        IReadOnlyList<string> arguments,
        Func<Stream, CancellationToken, Task>? writeInput,
        Stream? output,
        CancellationToken ct
    )
    {
        var result = await TryAsync(arguments, writeInput, output, ct);
        return result.Succeeded
            ? result.Output
            : throw new PatchException($"git {arguments[0]} exited {result.ExitCode}: {result.ErrorText.Trim()}");
    }

    /// <summary>The same for a command whose failure says something.</summary>
    /// <exception cref="PatchException">Git is missing.</exception>
    public async Task<ProcessResult> TryAsync(
        IReadOnlyList<string> arguments,
        Func<Stream, CancellationToken, Task>? writeInput,
        Stream? output,
        CancellationToken ct
    )
    {
        var request = new ProcessRequest(
            "git",
            [$"--git-dir={_path}", .. Settings.SelectMany(setting => new[] { "-c", setting }), .. arguments]
        )
        {
            Environment = _environment,
            WorkingDirectory = _path,
            WriteInput = writeInput,
            Output = output,
            MaxOutputBytes = long.MaxValue,
            Deadline = Deadline,
        };
        try
        {
            return await ProcessRunner.RunAsync(request, ct);
        }
        catch (Win32Exception e)
        {
            throw new PatchException("git cannot be run. Install git where claw-ci runs; patches are made with it", e);
        }
    }

    public void Dispose() => Directory.Delete(_path, recursive: true);
}
