using System.Text;
using ClawCi.Artifacts;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Tests.Artifacts;

public sealed class ArtifactWritersTests
{
    [Fact]
    public void The_sample_runs_artifacts_are_as_approved()
    {
        var directory = SampleRun.FixtureDirectory();
        var run = RunRecord.Read(directory);

        foreach (var artifact in ArtifactWriters.All.SelectMany(writer => writer.Write(run)))
        {
            var path = Path.Combine(directory, artifact.Path);
            var text = WithoutStyle(Encoding.UTF8.GetString(artifact.Bytes()));
            if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
                File.WriteAllText(path, text);
            Assert.Equal(File.ReadAllText(path), text);
        }
    }

    [Fact]
    public void Reports_made_again_are_the_same_byte_for_byte()
    {
        using var directory = new TempDirectory();
        var task = directory[$"tasks/{SampleRun.TaskId}"];
        Directory.CreateDirectory(task);
        foreach (var file in new[] { TaskRecord.TranscriptFile, TaskRecord.PatchFile })
            File.Copy(
                Path.Combine(SampleRun.FixtureDirectory(), "tasks", SampleRun.TaskId, file),
                Path.Combine(task, file)
            );
        ArtifactWriters.WriteAll(RunRecord.Read(directory.Path), directory.Path);
        var first = Contents(directory.Path);

        foreach (
            var path in first.Keys.Where(path =>
                !path.EndsWith(TaskRecord.TranscriptFile, StringComparison.Ordinal)
                && !path.EndsWith(TaskRecord.PatchFile, StringComparison.Ordinal)
            )
        )
            File.Delete(directory[path]);
        ArtifactWriters.WriteAll(RunRecord.Read(directory.Path), directory.Path);

        Assert.Equal(first, Contents(directory.Path));
        Assert.Equal(
            ["claw-ci.lock", "junit.xml", "report.html", "result.json", "summary.md"],
            first.Keys.Where(path => !path.Contains('/', StringComparison.Ordinal))
        );
    }

    /// <summary>The style sheet is a file already.</summary>
    private static string WithoutStyle(string text) =>
        text.Split("<style>") is [var before, var after]
            ? before + after[after.IndexOf("</style>", StringComparison.Ordinal)..]
            : text;

    private static SortedDictionary<string, string> Contents(string directory) =>
        new(
            Directory
                .EnumerateFiles(directory, "*", SearchOption.AllDirectories)
                .ToDictionary(
                    path => Path.GetRelativePath(directory, path),
                    path => Convert.ToHexString(File.ReadAllBytes(path))
                ),
            StringComparer.Ordinal
        );
}
