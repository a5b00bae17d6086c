using System.Runtime.CompilerServices;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Cli.Tests.BadDays;

/// <summary>A small workspace, a task on it, and a scripted model: what a bad day happens to.</summary>
internal sealed class BadDay : IDisposable
{
    private readonly TempDirectory _directory;

    /// <param name="workspace">Name of the workspace's directory.</param>
    public BadDay(string workspace = "project", [CallerMemberName] string test = "")
    {
        _directory = new TempDirectory(test);
        Workspace = _directory[workspace];
        Out = _directory["out"];
        Directory.CreateDirectory(Workspace);
        File.WriteAllText(At("a.txt"), "one\n");
        Task();
        Script("text: Done.");
    }

    public string Root => _directory.Path;

    public string Workspace { get; set; }

    public string Out { get; set; }

    public string TaskDirectory => Path.Combine(Out, "tasks", "bad-day");

    public string Transcript => Path.Combine(TaskDirectory, "transcript.jsonl");

    public string Patch => Path.Combine(TaskDirectory, "changes.patch");

    /// <summary>What the run's environment has beyond the test's.</summary>
    public Dictionary<string, string?> Environment { get; } = [];

    /// <summary>A file of the workspace.</summary>
    public string At(string relative) => Path.Combine(Workspace, relative);

    /// <summary>Writes the task file.</summary>
    /// <param name="more">Its other keys.</param>
    /// <param name="sandbox">Other keys of <c>sandbox</c>, in flow style.</param>
    /// <param name="image">Image and pull policy, in flow style.</param>
    public BadDay Task(
        string more = "",
        string sandbox = "",
        string image = "image: claw-ci-demo:latest, pull: never",
        string memory = "256Mi"
    )
    {
        _directory.Write(
            "task.yaml",
            $$"""
            version: 1
            name: bad-day
            prompt: Do what has to be done.
            sandbox: { {{image}}, cpus: 1, memory: {{memory}}, tmp: 16Mi{{(
                sandbox.Length > 0 ? ", " : ""
            )}}{{sandbox}} }
            {{more}}
            """
        );
        return this;
    }

    /// <summary>Writes what the model says, a mapping of a script's <c>replies</c> an item, in flow style without braces.</summary>
    public BadDay Script(params string[] replies)
    {
        _directory.Write(
            "script.yaml",
            "version: 1\nreplies:\n" + string.Concat(replies.Select(reply => $"  - {{ {reply} }}\n"))
        );
        return this;
    }

    /// <summary>A reply that asks for bash.</summary>
    public static string Bash(string command) =>
        $"tool-uses: [{{ name: bash, input: {{ command: {Quote(command)} }} }}]";

    public BadDay Policy(string policy)
    {
        _directory.Write("policy.yaml", "version: 1\n" + policy);
        return this;
    }

    public string[] Arguments(params string[] more) =>
        [
            "run",
            _directory["task.yaml"],
            $"--workspace={Workspace}",
            $"--out={Out}",
            .. more.Any(argument => argument.StartsWith("--model=", StringComparison.Ordinal))
                ? Array.Empty<string>()
                : [$"--model=scripted/{_directory["script.yaml"]}"],
            .. File.Exists(_directory["policy.yaml"])
                ? [$"--policy={_directory["policy.yaml"]}"]
                : Array.Empty<string>(),
            .. more,
        ];

    public async Task<Ending> RunAsync(params string[] more) =>
        new(this, await ClawCiProgram.RunAsync(Root, Arguments(more), environment: Environment));

    /// <summary>As a user with no rights at all, to whom everything here belongs by then.</summary>
    public async Task<Ending> RunAsNobodyAsync(params string[] more)
    {
        // The repository may be where nobody but root may look.
        await ShellAsync(
            $"cp --recursive {Path.GetDirectoryName(ClawCiProgram.Path)} program; chown --recursive 65534:65534 ."
        );
        using var process = ClawCiProgram.Start(
            Root,
            Arguments(more),
            Environment,
            [
                "setpriv",
                "--reuid=65534",
                "--regid=65534",
                "--clear-groups",
                "--",
                Path.Combine(Root, "program", "claw-ci"),
            ]
        );
        return new Ending(this, await ClawCiProgram.EndAsync(process));
    }

    /// <summary>A run that the test watches while it happens.</summary>
    public LiveRun Start(params string[] more) =>
        new(
            this,
            ClawCiProgram.Start(Root, Arguments(["--output-format=stream-json", "--quiet", .. more]), Environment)
        );

    public Task<string> ShellAsync(string command) => ExampleRun.ShellAsync(Root, command);

    /// <summary>Containers and volumes of a run, however they are.</summary>
    public Task<string> LeftInDockerAsync(string runId) =>
        ShellAsync(
            $"docker ps --all --quiet --filter label=claw-ci.run={runId}; docker volume ls --quiet --filter label=claw-ci.run={runId}"
        );

    public async Task<string> PatchAsync() => await File.ReadAllTextAsync(Patch, TestContext.Current.CancellationToken);

    public void Dispose() => _directory.Dispose();

    /// <summary>As a double-quoted YAML scalar.</summary>
    public static string Quote(string text) =>
        $"\"{System.Text.Json.JsonEncodedText.Encode(text, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
}
