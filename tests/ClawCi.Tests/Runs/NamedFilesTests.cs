using ClawCi.Runs.Trust;
using ClawCi.Tests.Workspaces;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Tests.Runs;

/// <summary>On real repositories in which a pull request changed what the run is told.</summary>
public sealed class NamedFilesTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly string _base;

    public NamedFilesTests()
    {
        Git("init -q -b main .");
        Write("ci/task.yaml", "base task\n");
        Write("ci/prompt.md", "base prompt\n");
        Git("add .");
        Git("commit -qm base");
        _base = Git("rev-parse HEAD").Trim();
        Write("ci/task.yaml", "evil task\n");
        Write("ci/new.yaml", "evil policy\n");
        File.CreateSymbolicLink(_directory["repo/ci/link.yaml"], "new.yaml");
        // What whoever reads the repository with its configuration would run.
        Git("config core.fsmonitor 'touch pwned'");
        Git("config extensions.partialClone origin");
        Git("config remote.origin.url 'ext::touch pwned'");
        Git("add .");
        Git("commit -qm change");
    }

    private string Repository => _directory["repo"];

    [Theory]
    [InlineData("repo")]
    [InlineData("repo/ci")]
    public void Files_inside_the_repository_are_read_from_the_base_commit(string workspace)
    {
        var files = new NamedFiles(_directory[workspace], new("pull_request", _base));

        var task = files.Read(_directory["repo/ci/task.yaml"]);

        Assert.Equal("base task\n", task.Text);
        Assert.EndsWith($"task.yaml@{_base[..12]}", task.Name, StringComparison.Ordinal);
        Assert.Equal("base prompt\n", files.Read(_directory["repo/ci/prompt.md"]).Text);
        Assert.False(File.Exists(_directory["repo/pwned"]));
    }

    [Fact]
    public void A_link_from_outside_leads_inside_all_the_same()
    {
        File.CreateSymbolicLink(_directory["way"], Repository);
        File.CreateSymbolicLink(_directory["task.yaml"], _directory["repo/ci/task.yaml"]);
        var files = new NamedFiles(_directory["way"], new("pull_request", _base));

        Assert.Equal("base task\n", files.Read(_directory["way/ci/task.yaml"]).Text);
        Assert.Equal("base task\n", files.Read(_directory["task.yaml"]).Text);
    }

    [Theory]
    [InlineData("repo/ci/new.yaml", "no such file")]
    [InlineData("repo/ci/link.yaml", "no such file")]
    [InlineData("repo/ci", "something else")]
    public void What_the_pull_request_brings_itself_is_untrusted(string path, string reason)
    {
        var files = new NamedFiles(Repository, new("pull_request", _base));

        var error = Assert.Throws<UntrustedException>(() => files.Read(_directory[path]));

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Contains("--trust-workspace", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("0123456789abcdef0123456789abcdef01234567")]
    [InlineData("main")]
    [InlineData("--help")]
    public void Without_the_base_commit_nothing_is_trusted(string? commit)
    {
        var files = new NamedFiles(Repository, new("pull_request", commit));

        var error = Assert.Throws<UntrustedException>(() => files.Read(_directory["repo/ci/task.yaml"]));

        Assert.Contains("fetch-depth: 0", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_lies_outside_or_is_no_pull_requests_is_read_as_it_is()
    {
        var outside = _directory.Write("policy.yaml", "mine\n");

        Assert.Equal("mine\n", new NamedFiles(Repository, new("pull_request", _base)).Read(outside).Text);
        Assert.Equal("evil task\n", new NamedFiles(Repository, null).Read(_directory["repo/ci/task.yaml"]).Text);
    }

    public void Dispose() => _directory.Dispose();

    private void Write(string name, string text)
    {
        var path = _directory[$"repo/{name}"];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    private string Git(string arguments)
    {
        Directory.CreateDirectory(Repository);
        return TestLayers
            .RunAsync(
                "/bin/sh",
                "-c",
                $"cd '{Repository}'; GIT_CONFIG_GLOBAL=/dev/null git -c user.name=t -c user.email=t@example.com -c core.fsmonitor= {arguments}"
            )
            .GetAwaiter()
            .GetResult()
            .OutputText;
    }
}
