using System.Diagnostics;
using System.Text.Json;
using System.Xml.Linq;
using ClawCi.Cli.Tests.Resuming;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Cli.Tests;

/// <summary>The night as a user starts it, over repositories that git made; one of its processes is killed while it works.</summary>
[Collection(Cleaning.Name)]
public sealed class NightlyExampleTests : IDisposable
{
    private const string Catalogue = "modernise-catalogue-services-search-main";
    private const string Fines = "modernise-fines-main";
    private const string Loans = "modernise-loans-main";
    private const string Notices = "modernise-notices-main";
    private const string Shelves = "modernise-shelves-main";

    private static readonly string Folder = Path.Combine(ClawCiProgram.Root, "examples", "nightly-repositories");

    private readonly TempDirectory _directory = new();

    private string Night => _directory["at"];

    [Fact]
    public async Task A_night_of_which_a_shard_was_killed_publishes_what_succeeded_and_nothing_else()
    {
        using var night = ClawCiProgram.Start(_directory.Path, [Night], program: [Path.Combine(Folder, "try.sh")]);
        // Its replacement is made, its tests are about to run.
        await WaitForAsync(night, $"shards/1/tasks/{Catalogue}/transcript.jsonl", "\"tool_result\"", 2);
        await KillShardAsync(1);
        var end = await ClawCiProgram.EndAsync(night);

        Assert.True(end.ExitCode == 20, $"exit {end.ExitCode}\n{end.Output}{end.Error}");
        foreach (
            var line in new[]
            {
                "shard 1: exit 137",
                "shard 2: exit 20",
                "shard 3: exit 0",
                "merge: exit 3",
                "merge: exit 20",
                "publish: exit 0",
            }
        )
            Assert.Contains($"{line}\n", end.Output, StringComparison.Ordinal);
        Assert.Contains($"{Catalogue}: was not finished in", end.Error, StringComparison.Ordinal);
        // Begun or not, as many tasks run at once as there are processors for.
        Assert.Matches($"{Notices}: was not finished in|there is no result of {Notices}\n", end.Error);

        var result = ExampleRun.Json(Path.Combine(Night, "night", "result.json"));
        Assert.Equal(
            [
                (Catalogue, "success"),
                (Fines, "task-failed"),
                (Loans, "success"),
                (Notices, "success"),
                (Shelves, "success"),
            ],
            result.GetProperty("tasks").EnumerateArray().Select(task => (Text(task, "task_id"), Text(task, "outcome")))
        );
        Assert.Equal(
            [Catalogue, Fines, Loans, Notices, Shelves],
            XDocument
                .Load(Path.Combine(Night, "night", "junit.xml"))
                .Root!.Elements("testsuite")
                .Select(suite => suite.Attribute("name")!.Value)
        );
        var summary = await ReadAsync(Path.Combine(Night, "night", "summary.md"));
        Assert.All(
            [Catalogue, Fines, Loans, Notices, Shelves],
            task => Assert.Equal(2, summary.Split($"| <code>{task}</code> |").Length)
        );
        Assert.Contains("| Resumed | 1 time, after it was killed |", summary, StringComparison.Ordinal);
        var flaky = result
            .GetProperty("tasks")
            .EnumerateArray()
            .Where(task =>
                task.GetProperty("checks").EnumerateArray().Any(check => check.TryGetProperty("flaky", out _))
            );
        Assert.Equal(Notices, Text(Assert.Single(flaky), "task_id"));

        await AssertPublishedAsync();
        var before = await RefsAsync();
        var again = await ClawCiProgram.RunAsync(Night, ["publish", "night", "--output-format=json"]);

        Assert.Equal(0, again.ExitCode);
        using var published = JsonDocument.Parse(again.Output);
        Assert.Equal(
            [
                (Catalogue, "unchanged"),
                (Fines, "skipped"),
                (Loans, "unchanged"),
                (Notices, "unchanged"),
                (Shelves, "skipped"),
            ],
            published
                .RootElement.GetProperty("tasks")
                .EnumerateArray()
                .Select(task => (Text(task, "task_id"), Text(task, "status")))
        );

        // As in a job of its own: it has what was merged, and not the clones.
        Directory.Move(Path.Combine(Night, "shards"), _directory["elsewhere"]);
        var alone = await ClawCiProgram.RunAsync(Night, ["publish", "night"]);
        Assert.Equal(22, alone.ExitCode);
        Assert.Contains("name it with --allow-repository", alone.Output, StringComparison.Ordinal);
        var allowed = await ClawCiProgram.RunAsync(Night, ["publish", "night", "--allow-repository=repositories/"]);
        Assert.Equal(0, allowed.ExitCode);
        Assert.Contains($"{Catalogue}: unchanged: ", allowed.Output, StringComparison.Ordinal);
        Assert.Equal(before, await RefsAsync());
    }

    public void Dispose() => _directory.Dispose();

    /// <summary>What somebody sees who clones the repositories next morning.</summary>
    private async Task AssertPublishedAsync()
    {
        Assert.Equal(
            $"""
            catalogue: claw-ci/{Catalogue} main
            fines: main
            loans: claw-ci/{Loans} main
            notices: claw-ci/{Notices} main
            shelves: main

            """,
            await ShellAsync(
                """
                set -e
                for repository in *.git; do
                  echo ${repository%.git}: $(git -C $repository for-each-ref --format '%(refname:short)')
                  test "$(git -C $repository log --format=%s main)" = "As it was"
                done
                """
            )
        );
        Assert.Equal(
            """
            services/search/search.py
            loans.py
            notices.py

            """,
            await ShellAsync(
                """
                for repository in catalogue loans notices; do
                  git -C $repository.git diff --name-only main $(git -C $repository.git for-each-ref --format '%(refname)' refs/heads/claw-ci)
                done
                """
            )
        );
        await ShellAsync(
            $"""
            set -e
            git clone -q -b claw-ci/{Catalogue} catalogue.git got/catalogue
            git clone -q -b claw-ci/{Loans} loans.git got/loans
            git clone -q -b claw-ci/{Notices} notices.git got/notices
            (cd got/loans && python3 -m unittest) 2>&1
            (cd got/catalogue/services/search && python3 -m unittest) 2>&1
            if grep -rn 'utcnow()' got/loans got/notices got/catalogue/services/search; then exit 1; fi
            grep -q 'datetime.utcnow()' got/catalogue/services/web/web.py
            """
        );
    }

    private Task<string> RefsAsync() => ShellAsync("for repository in *.git; do git -C $repository for-each-ref; done");

    private Task<string> ShellAsync(string command) =>
        ExampleRun.ShellAsync(Path.Combine(Night, "repositories"), command);

    private Task<string> KillShardAsync(int shard) =>
        ExampleRun.ShellAsync(
            Night,
            $"""
            for process in $(pgrep -x claw-ci); do
              test "$(readlink /proc/$process/cwd)" = "$PWD" || continue
              tr '\0' ' ' < /proc/$process/cmdline | grep -q 'run .*--shard {shard}/3' || continue
              kill -KILL $process && exit
            done
            exit 1
            """
        );

    private async Task WaitForAsync(Process night, string file, string text, int times)
    {
        var path = Path.Combine(Night, file);
        while (!File.Exists(path) || (await ReadAsync(path)).Split(text).Length <= times)
        {
            Assert.False(night.HasExited, "the night was over before it could be disturbed");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    private static Task<string> ReadAsync(string path) =>
        File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);

    private static string Text(JsonElement element, string key) => element.GetProperty(key).GetString()!;
}
