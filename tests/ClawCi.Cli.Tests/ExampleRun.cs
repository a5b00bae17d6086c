using System.Diagnostics;
using System.Text.Json;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Cli.Tests;

/// <summary>The example on a copy of its project, in a directory that is in no repository.</summary>
internal sealed class ExampleRun : IDisposable
{
    private readonly TempDirectory _directory;

    public ExampleRun([System.Runtime.CompilerServices.CallerMemberName] string test = "")
    {
        _directory = new TempDirectory(test);
        Copy(Project, Workspace);
    }

    public static string Folder { get; } = Path.Combine(ClawCiProgram.Root, "examples", "fix-failing-test");

    public static string Project { get; } = Path.Combine(Folder, "project");

    public string Root => _directory.Path;

    public string Workspace => _directory["project"];

    public string Out => _directory["out"];

    public string TaskDirectory => Path.Combine(Out, "tasks", "fix-failing-test");

    public string[] Arguments(params string[] more) =>
        [
            "run",
            Path.Combine(Folder, "task.yaml"),
            $"--policy={Path.Combine(Folder, "policy.yaml")}",
            $"--workspace={Workspace}",
            $"--out={Out}",
            .. more,
        ];

    /// <summary>The workspace becomes a repository whose origin is <c>target.git</c> in it, which git does not see.</summary>
    /// <param name="origin">Where that is for whoever asks.</param>
    public Task<string> AsRepositoryAsync(string origin) =>
        ShellAsync(
            Workspace,
            $"""
            git init -q -b main && echo target.git > .git/info/exclude && git add .
            git -c user.name=t -c user.email=t@e commit -qm base
            git clone -q --bare . target.git && git remote add origin {origin}
            """
        );

    public Task<ProgramEnd> RunAsync(params string[] more) => ClawCiProgram.RunAsync(Root, Arguments(more));

    public JsonElement Result() => Json(Path.Combine(Out, "result.json"));

    public static JsonElement Json(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        return document.RootElement.Clone();
    }

    public void Dispose() => _directory.Dispose();

    /// <summary>Files below a directory with their content; Python's caches left out.</summary>
    public static SortedDictionary<string, string> Files(string directory) =>
        new(
            Directory
                .EnumerateFiles(directory, "*", SearchOption.AllDirectories)
                .Where(file => !file.Contains("__pycache__", StringComparison.Ordinal))
                .ToDictionary(
                    file => Path.GetRelativePath(directory, file),
                    file => Convert.ToHexString(File.ReadAllBytes(file))
                ),
            StringComparer.Ordinal
        );

    public static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            if (file.Contains("__pycache__", StringComparison.Ordinal))
                continue;
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    public static async Task<string> ShellAsync(string directory, string command)
    {
        var start = new ProcessStartInfo("bash", ["-c", command])
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var end = await ClawCiProgram.EndAsync(process);
        Assert.True(end.ExitCode == 0, $"{command}: exit {end.ExitCode}\n{end.Output}{end.Error}");
        return end.Output;
    }
}
