using System.ComponentModel;
using ClawCi.Git;
using ClawCi.Shared;

namespace ClawCi.Sandboxes.Workspaces;

/// <summary>A bare repository of our own in a directory that only we can enter, gone with this object.</summary>
internal sealed class ScratchRepository : IDisposable
{
    private const string EmptyTree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

    /// <summary>Besides those of <see cref="GitProgram"/>: what is written here lives for a moment.</summary>
    private static readonly string[] Settings = ["-c", "fastimport.unpackLimit=0", "-c", "core.compression=0"];

    // Newer git reads attributes of HEAD in bare repositories.
    private static readonly Dictionary<string, string> Environment = new() { ["GIT_ATTR_SOURCE"] = EmptyTree };

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
        try
        {
            return await GitProgram.RunAsync(
                _path,
                [$"--git-dir={_path}", .. Settings, .. arguments],
                _environment,
                writeInput,
                output,
                ct
            );
        }
        catch (Win32Exception e)
        {
            throw new PatchException("git cannot be run. Install git where claw-ci runs; patches are made with it", e);
        }
    }

    public void Dispose() => Directory.Delete(_path, recursive: true);
}
