using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;
using Xunit;

namespace ClawCi.Cli.Tests;

/// <summary>The program as it ships: <c>dist/claw-ci</c>, which eng/build makes.</summary>
internal static class ClawCiProgram
{
    public static string Root { get; } = FindRoot();

    public static string Path { get; } = System.IO.Path.Combine(Root, "dist", "claw-ci");

    /// <param name="directory">The working directory.</param>
    /// <param name="environment">On top of this process's, from which everything of ours is removed; null removes.</param>
    public static async Task<ProgramEnd> RunAsync(
        string directory,
        IEnumerable<string> arguments,
        string input = "",
        IReadOnlyDictionary<string, string?>? environment = null
    )
    {
        using var process = Start(directory, arguments, environment);
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        return await EndAsync(process);
    }

    public static async Task<ProgramEnd> EndAsync(Process process)
    {
        var stop = TestContext.Current.CancellationToken;
        var output = process.StandardOutput.ReadToEndAsync(stop);
        var error = process.StandardError.ReadToEndAsync(stop);
        await process.WaitForExitAsync(stop);
        return new ProgramEnd(process.ExitCode, await output, await error);
    }

    /// <param name="program">What is started, with arguments of its own before ours; the built program by default.</param>
    public static Process Start(
        string directory,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string?>? environment = null,
        IReadOnlyList<string>? program = null
    )
    {
        Assert.True(File.Exists(Path), $"{Path} is not there: run eng/build");
        string[] line = [.. program ?? [Path], .. arguments];
        var start = new ProcessStartInfo(line[0], line[1..])
        {
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        foreach (var name in start.Environment.Keys.Where(IsOurs).ToArray())
            start.Environment.Remove(name);
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    private static bool IsOurs(string name) =>
        new[]
        {
            "ANTHROPIC_",
            "OPENAI_",
            "CLAW_CI_",
            "GITHUB_",
            "ACTIONS_",
            "INPUT_",
            "NO_COLOR",
            "XDG_",
            "OTEL_",
            "TRACE",
        }.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal));

    private static string FindRoot([CallerFilePath] string file = "") =>
        System.IO.Path.GetFullPath(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(file)!, "..", ".."));
}
