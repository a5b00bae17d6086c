using System.Globalization;
using System.Text;
using ClawCi.Events;
using ClawCi.Git;
using ClawCi.Runs;
using ClawCi.Sandboxes.Workspaces;

namespace ClawCi.Publishing;

/// <summary>
/// The repository that changes go to, seen from an empty one of our own. Nothing is ever checked out: a patch meets the base in the
/// index, and no file, attribute, hook or configuration of either is used.
/// </summary>
internal sealed class TargetRepository : IDisposable
{
    private const string BranchRefs = "refs/heads/";
    private const string Symref = $"ref: {BranchRefs}";

    private readonly ScratchRepository _git;
    private readonly string _url;

    private TargetRepository(ScratchRepository git, string url) => (_git, _url) = (git, url);

    /// <summary>The branch that changes are for.</summary>
    public string Base { get; private set; } = "";

    public string BaseCommit { get; private set; } = "";

    /// <summary>Branches under the prefix, with the commits that they hold.</summary>
    public Dictionary<string, string> Branches { get; } = [];

    /// <param name="baseBranch">Null is the default branch.</param>
    /// <exception cref="PublishException">It cannot be reached or read.</exception>
    public static async Task<TargetRepository> OpenAsync(
        RepositoryAddress address,
        IReadOnlyDictionary<string, string> access,
        string? baseBranch,
        string prefix,
        CancellationToken ct
    )
    {
        var git = new ScratchRepository(Path.GetTempPath(), environment: access);
        var repository = new TargetRepository(git, address.Url.AbsoluteUri);
        try
        {
            await repository.ReadAsync(baseBranch, prefix, ct);
            return repository;
        }
        catch
        {
            git.Dispose();
            throw;
        }
    }

    /// <summary>The tree of the base with a patch; null, and why not, when they do not go together.</summary>
    /// <param name="directory">What the patch's paths are below; empty for the root.</param>
    /// <param name="madeOn">The whole name of the commit that the patch was made on, if there is one: what lets it meet a base that has moved.</param>
    public async Task<(string? Tree, IReadOnlyList<PublishConflict> Conflicts)> ApplyAsync(
        byte[] patch,
        string directory,
        string? madeOn,
        CancellationToken ct
    )
    {
        // Only for its contents: without them a patch that fits goes in all the same.
        if (madeOn is not null && madeOn != BaseCommit)
            await _git.TryAsync(["fetch", "--quiet", "--no-tags", "--depth=1", _url, madeOn], null, null, ct);
        await _git.RunAsync(["read-tree", BaseCommit], null, null, ct);
        List<string> apply = ["apply", "--cached", "--3way", "--whitespace=nowarn"];
        if (directory.Length > 0)
            apply.Add($"--directory={directory}");
        var applied = await _git.TryAsync(
            [.. apply, "-"],
            (stdin, token) => stdin.WriteAsync(patch, token).AsTask(),
            null,
            ct
        );
        if (applied.Succeeded)
            return (Line(await _git.RunAsync(["write-tree"], null, null, ct)), []);
        var unmerged = await _git.RunAsync(["ls-files", "--unmerged", "-z"], null, null, ct);
        return (null, ApplyErrors.Read(unmerged, applied.ErrorText));
    }

    /// <summary>What a tree changes of the base.</summary>
    public async Task<IReadOnlyList<TreeChange>> ChangesAsync(string tree, CancellationToken ct) =>
        TreeChange.Parse(
            await _git.RunAsync(
                ["diff-tree", "-r", "--raw", "-z", "--no-renames", "--no-abbrev", BaseCommit, tree],
                null,
                null,
                ct
            )
        );

    public async Task<bool> IsBaseTreeAsync(string tree, CancellationToken ct) =>
        Line(await _git.RunAsync(["rev-parse", $"{BaseCommit}^{{tree}}"], null, null, ct)) == tree;

    /// <summary>The content of a blob, for what is known to be short: the target of a link.</summary>
    public Task<byte[]> ContentAsync(string blob, CancellationToken ct) =>
        _git.RunAsync(["cat-file", "blob", blob], null, null, ct);

    /// <summary>A commit of the tree on the base. The same in makes the same commit.</summary>
    public async Task<string> CommitAsync(
        string tree,
        string message,
        Identity by,
        DateTimeOffset at,
        CancellationToken ct
    )
    {
        var seconds = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var text =
            $"tree {tree}\nparent {BaseCommit}\nauthor {by} {seconds} +0000\ncommitter {by} {seconds} +0000\n\n{message}";
        return Line(
            await _git.RunAsync(
                ["hash-object", "-t", "commit", "-w", "--stdin"],
                (stdin, token) => stdin.WriteAsync(Encoding.UTF8.GetBytes(text), token).AsTask(),
                null,
                ct
            )
        );
    }

    /// <summary>Whether the branch ends in a commit of ours for the task: then it is ours to replace.</summary>
    public async Task<bool> IsOursAsync(string commit, Identity by, string taskId, CancellationToken ct)
    {
        await FetchAsync(commit, ct);
        var lines = (await TextAsync(commit, ct)).Split('\n');
        return lines.Any(line => line.StartsWith($"committer {by} ", StringComparison.Ordinal))
            && lines.Contains(CommitMessage.Mark(taskId));
    }

    /// <summary>Whether they are the same but for the run that made each. Both were fetched or made.</summary>
    public async Task<bool> AreAlikeAsync(string commit, string other, CancellationToken ct) =>
        CommitMessage.WithoutRun(await TextAsync(commit, ct)) == CommitMessage.WithoutRun(await TextAsync(other, ct));

    /// <param name="expected">What the branch holds; null when there is none. Whoever was faster is not overwritten.</param>
    public async Task PushAsync(string commit, string branch, string? expected, CancellationToken ct)
    {
        var name = BranchRefs + branch;
        var pushed = await _git.TryAsync(
            [
                "push",
                "--quiet",
                "--porcelain",
                "--no-verify",
                $"--force-with-lease={name}:{expected}",
                _url,
                $"{commit}:{name}",
            ],
            null,
            null,
            ct
        );
        if (pushed.Succeeded)
            return;
        var said = GitSaid.Short($"{pushed.OutputText}\n{pushed.ErrorText}");
        throw GitSaid.IsRefusal(said) ? GitErrors.Refused("pushed to", said)
        : said.Contains("stale info", StringComparison.Ordinal)
            ? new PublishException(
                Outcome.ApplyFailed,
                "branch-moved",
                $"the branch {branch} was changed by somebody else meanwhile",
                retryable: true
            )
        : new PublishException(Outcome.ApplyFailed, "push-rejected", $"the push was rejected: {said}");
    }

    public void Dispose() => _git.Dispose();

    private async Task ReadAsync(string? baseBranch, string prefix, CancellationToken ct)
    {
        string[] patterns =
        [
            "HEAD",
            $"{BranchRefs}{prefix}*",
            .. baseBranch is null ? Array.Empty<string>() : [$"{BranchRefs}{baseBranch}"],
        ];
        var listed = await _git.TryAsync(["ls-remote", "--symref", _url, .. patterns], null, null, ct);
        if (!listed.Succeeded)
            throw GitErrors.Unreadable(listed.ErrorText);
        var commits = new Dictionary<string, string>();
        var defaultBranch = default(string);
        foreach (var line in listed.OutputText.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var (value, name) = (line.Split('\t')[0], line.Split('\t')[1]);
            if (value.StartsWith(Symref, StringComparison.Ordinal))
                defaultBranch = name == "HEAD" ? value[Symref.Length..] : defaultBranch;
            else
                commits[name] = value;
        }
        Base = baseBranch ?? defaultBranch ?? throw NoBase("has no default branch");
        BaseCommit =
            commits.GetValueOrDefault(Base == defaultBranch ? "HEAD" : BranchRefs + Base)
            ?? throw NoBase($"has no branch {VisibleText.Line(Base)}");
        foreach (var (name, commit) in commits)
        {
            if (name.StartsWith(BranchRefs + prefix, StringComparison.Ordinal))
                Branches[name[BranchRefs.Length..]] = commit;
        }
        await FetchAsync(BaseCommit, ct);
    }

    private PublishException NoBase(string why) =>
        new(Outcome.ApplyFailed, "base", $"{_url} {why}. Name the branch that the changes are for with --base.");

    private async Task FetchAsync(string commit, CancellationToken ct)
    {
        var fetched = await _git.TryAsync(["fetch", "--quiet", "--no-tags", "--depth=1", _url, commit], null, null, ct);
        if (!fetched.Succeeded)
            throw GitErrors.Unreadable(fetched.ErrorText);
    }

    private async Task<string> TextAsync(string commit, CancellationToken ct) =>
        Encoding.UTF8.GetString(await _git.RunAsync(["cat-file", "commit", commit], null, null, ct));

    private static string Line(byte[] output) => Encoding.UTF8.GetString(output).Trim();
}
