using System.Runtime.CompilerServices;
using ClawCi.Artifacts;
using ClawCi.Events;
using ClawCi.Git;
using ClawCi.Messages;
using ClawCi.Publishing;
using ClawCi.Sessions;
using ClawCi.Shared;
using ClawCi.TestSupport;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ClawCi.Tests.Publishing;

/// <summary>A bare repository that somebody works on, and the directory of a run whose tasks changed something in it.</summary>
internal sealed class Scene : IAsyncDisposable
{
    public static readonly DateTimeOffset Night = new(2026, 11, 22, 3, 0, 0, TimeSpan.Zero);

    private readonly TempDirectory _directory;

    private Scene(string test) => _directory = new TempDirectory(test);

    public string Out => _directory["out"];

    public string Root => _directory.Path;

    public string Target => _directory["git/o/r.git"];

    /// <summary>The commit that the run's checkout stands on.</summary>
    public string Base { get; private set; } = "";

    public SecretMasker Masker { get; } = new();

    public PublishPlan Plan { get; set; } =
        new(
            null,
            null,
            "claw-ci/",
            "",
            RequestKind.Draft,
            10,
            null,
            IsStaged: false,
            Identity.Default,
            null,
            null,
            AlsoUnsuccessful: false,
            AlsoReviewed: false
        );

    public Platform[] Platforms { get; set; } = [];

    /// <summary>Ten lines in <c>src/ten</c>, and beside it what tests change.</summary>
    public static async Task<Scene> SetAsync([CallerMemberName] string test = "")
    {
        var scene = new Scene(test);
        await scene.ShellAsync(
            """
            git init -q --bare -b main git/o/r.git
            git init -q -b main work; cd work
            mkdir src docs; seq 10 > src/ten; echo old > docs/note; printf 'a\0b' > src/binary; printf '#!/bin/sh\n' > run; chmod +x run
            git add . ; git commit -qm first; git push -q ../git/o/r.git main
            """
        );
        scene.Base = (await scene.ShellAsync("git -C work rev-parse HEAD")).Trim();
        scene.Plan = scene.Plan with { Repository = new RepositoryAddress(new Uri(scene.Target)) };
        return scene;
    }

    /// <summary>A task that did to the checkout what the commands do.</summary>
    public async Task TaskAsync(
        string id,
        string commands,
        Func<TaskEnded, TaskEnded>? end = null,
        Func<RunStarted, RunStarted>? start = null,
        Func<string, string>? patch = null,
        IReadOnlyList<string>? recorded = null,
        int night = 0
    )
    {
        var directory = Directory.CreateDirectory(Path.Combine(Out, "tasks", id)).FullName;
        var made = await ShellAsync(
            $"""
            rm -rf checkout; git clone -q git/o/r.git checkout; cd checkout; git reset -q --hard {Base}
            {commands}
            git add -A
            git diff --cached --binary --full-index --no-renames {Base}
            """
        );
        var text = patch?.Invoke(made) ?? made;
        await File.WriteAllTextAsync(Path.Combine(directory, TaskRecord.PatchFile), text);
        var files =
            recorded
            ?? (await ShellAsync($"git -C checkout diff --cached --name-only {Base}")).Split(
                '\n',
                StringSplitOptions.RemoveEmptyEntries
            );
        await using var file = File.Create(Path.Combine(directory, TaskRecord.TranscriptFile));
        using var transcript = new TranscriptWriter(
            file,
            $"202611{22 + night}-0300-7f3a9c",
            id,
            new SecretMasker(),
            new FakeTimeProvider(Night.AddDays(night))
        );
        var started = Started(id);
        transcript.On(start?.Invoke(started) ?? started);
        foreach (var path in files)
            transcript.On(new FileChanged(path, "modified", 1, 1));
        var ended = Ended(files.Count, System.Text.Encoding.UTF8.GetByteCount(text));
        transcript.On(end?.Invoke(ended) ?? ended);
    }

    public async Task<PublishResult> PublishAsync()
    {
        using var destinations = new Destinations(
            Plan,
            new Surroundings(Platforms, null, null, _ => null, null),
            TimeProvider.System
        );
        var publisher = new Publisher(Plan, Masker, destinations.OpenAsync, _ => { });
        return await publisher.RunAsync(RunRecord.Read(Out), TestContext.Current.CancellationToken);
    }

    public async Task<string> ShellAsync(string commands)
    {
        var end = await ProcessRunner.RunAsync(
            new ProcessRequest("/bin/bash", ["-euc", commands])
            {
                WorkingDirectory = Root,
                Environment = new Dictionary<string, string>
                {
                    ["PATH"] = "/usr/bin:/bin",
                    ["HOME"] = Root,
                    ["GIT_CONFIG_NOSYSTEM"] = "1",
                    ["GIT_AUTHOR_NAME"] = "Ann",
                    ["GIT_AUTHOR_EMAIL"] = "ann@example.com",
                    ["GIT_COMMITTER_NAME"] = "Ann",
                    ["GIT_COMMITTER_EMAIL"] = "ann@example.com",
                },
            },
            TestContext.Current.CancellationToken
        );
        Assert.True(end.ExitCode == 0, $"{commands}: {end.ExitCode}\n{end.OutputText}{end.ErrorText}");
        return end.OutputText;
    }

    /// <summary>Somebody else's commit on main.</summary>
    public Task MoveBaseAsync(string commands) =>
        ShellAsync(
            $"cd work; git pull -q ../git/o/r.git main; {commands}\ngit add -A; git commit -qm moved; git push -q ../git/o/r.git main"
        );

    public async Task<string> GitAsync(string arguments) =>
        (await ShellAsync($"git -C git/o/r.git {arguments}")).TrimEnd('\n');

    public ValueTask DisposeAsync()
    {
        _directory.Dispose();
        return ValueTask.CompletedTask;
    }

    private RunStarted Started(string id) =>
        new(
            "0.1.0",
            id,
            "Count right",
            new string('a', 64),
            new string('b', 64),
            new string('c', 64),
            null,
            "anthropic/claude-sonnet-4-5",
            [],
            [],
            Base,
            "/nowhere",
            "",
            "s"
        );

    private static TaskEnded Ended(int files, long bytes) =>
        new(
            "success",
            false,
            3,
            1000,
            900,
            0.25m,
            new Usage(),
            new Dictionary<string, ModelUsage>(),
            [],
            null,
            "s",
            "I counted.",
            "success",
            0,
            "completed",
            "The model finished and no check is red.",
            false,
            [],
            [new CheckSummary("tests", 1, "pass", 0, 100)],
            new ChangeSummary(files, 1, 1, bytes, []),
            "not-applied",
            [],
            0
        );
}
