using System.Diagnostics;
using ClawCi.Runs;
using ClawCi.Runs.Planning;
using ClawCi.Tests.Configuration;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Tests.Runs;

public sealed class SchemasTests
{
    private static readonly string Published = Path.Combine(Corpus.Repository, "docs/formats");

    [Fact]
    public void The_published_schemas_are_those_of_the_records()
    {
        foreach (var name in Schemas.Names)
        {
            var path = Path.Combine(Published, $"{name}.schema.json");
            if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
                File.WriteAllText(path, Schemas.Text(name));
            Assert.Equal(File.ReadAllText(path), Schemas.Text(name));
        }
        Assert.Null(Schemas.Text("no-such-schema"));
    }

    [Fact]
    public void Another_validator_accepts_the_good_files_and_rejects_the_bad_ones()
    {
        var verdicts = Check();

        Assert.All(
            verdicts.Where(verdict => !Path.GetFileName(verdict.File).StartsWith("bad-", StringComparison.Ordinal)),
            verdict => Assert.Equal(("accepted", verdict.File), verdict)
        );
        Assert.Contains(verdicts, verdict => verdict.File.Contains("/examples/", StringComparison.Ordinal));
        // What a schema cannot say, or YAML itself lets pass: only claw-ci sees these.
        Golden.Matches(
            string.Concat(
                verdicts
                    .Where(verdict =>
                        verdict.Word == "accepted"
                        && Path.GetFileName(verdict.File).StartsWith("bad-", StringComparison.Ordinal)
                    )
                    .Select(verdict => Path.GetRelativePath(Corpus.Root, verdict.File) + "\n")
            )
        );
    }

    private static IReadOnlyList<(string Word, string File)> Check()
    {
        using var python = Process.Start(
            new ProcessStartInfo(
                "python3",
                [
                    Path.Combine(Corpus.Root, "check_schemas.py"),
                    Published,
                    Corpus.Root,
                    Path.Combine(Corpus.Repository, "tests/Fixtures"),
                    Path.Combine(Corpus.Repository, "examples"),
                ]
            )
            {
                RedirectStandardOutput = true,
            }
        )!;
        var output = python.StandardOutput.ReadToEnd();
        python.WaitForExit();
        Assert.Equal(0, python.ExitCode);
        return
        [
            .. output
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => (line.Split(' ')[0], line.Split(' ', 2)[1])),
        ];
    }
}
