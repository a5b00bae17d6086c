using System.ComponentModel;
using ClawCi.Shared;

namespace ClawCi.Git;

/// <summary>
/// Makes a checkout of a repository: one commit of it, without history, tags, submodules and what filters such as LFS would put in
/// place of files. What the repository says runs nothing here, and the credentials stay out of what is made.
/// </summary>
internal sealed class Clone(RepositoryAddress address, IReadOnlyDictionary<string, string> access)
{
    private const string Branches = "refs/heads/";
    private const string Tags = "refs/tags/";
    private const string Symref = $"ref: {Branches}";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private string Url => address.Url.AbsoluteUri;

    /// <param name="directory">Where it is to be. It is there whole or not at all.</param>
    /// <param name="reference">A branch, a tag or a commit's whole name; null is the default branch.</param>
    /// <exception cref="CloneException">It cannot be had.</exception>
    public async Task MakeAsync(string directory, string? reference, CancellationToken ct)
    {
        var aside = $"{directory}.{Path.GetRandomFileName()}";
        try
        {
            Directory.CreateDirectory(aside, OwnerOnly);
            var (commit, branch) = await ResolveAsync(aside, reference, ct);
            await FillAsync(aside, commit, branch, ct);
            Directory.Move(aside, directory);
        }
        catch (Win32Exception)
        {
            throw new CloneException(
                "git cannot be run. Install git where claw-ci runs; repositories are cloned with it."
            );
        }
        finally
        {
            if (Directory.Exists(aside))
                Directory.Delete(aside, recursive: true);
        }
    }

    /// <summary>A branch goes before a tag of the same name, as with <c>git clone --branch</c>.</summary>
    private async Task<(string Commit, string? Branch)> ResolveAsync(string at, string? reference, CancellationToken ct)
    {
        if (reference is { Length: 40 or 64 } && reference.All(char.IsAsciiHexDigitLower))
            return (reference, null);
        string[] names = reference is null
            ? ["HEAD"]
            : [Branches + reference, Tags + reference, $"{Tags}{reference}^{{}}"];
        var listed = await RunAsync(at, ["ls-remote", "--symref", Url, .. names], ct);
        Dictionary<string, string> values = [];
        foreach (var line in listed.OutputText.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Split('\t') is not [var value, var name] || !names.Contains(name))
                continue;
            if (value.StartsWith(Symref, StringComparison.Ordinal))
                values[Symref] = value[Symref.Length..];
            else
                values[name] = value;
        }
        if (reference is null)
            return values.TryGetValue("HEAD", out var head)
                ? (head, values.GetValueOrDefault(Symref))
                : throw new CloneException($"{address} is empty, or has no default branch: name one with `ref`.");
        if (values.TryGetValue(Branches + reference, out var tip))
            return (tip, reference);
        // Of a tag with a message, what it points to.
        return
            values.TryGetValue($"{Tags}{reference}^{{}}", out var tagged)
            || values.TryGetValue(Tags + reference, out tagged)
            ? (tagged, null)
            : throw new CloneException(
                $"{address} has no branch and no tag {VisibleText.Line(reference)}. A commit is named by all of its 40 or 64 digits."
            );
    }

    private async Task FillAsync(string at, string commit, string? branch, CancellationToken ct)
    {
        var format = commit.Length == 64 ? "sha256" : "sha1";
        await RunAsync(at, ["init", "--quiet", "--template=", $"--object-format={format}"], ct);
        await RunAsync(at, ["config", "remote.origin.url", Url], ct);
        await RunAsync(at, ["config", "remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*"], ct);
        var target = branch is null ? commit : $"+{commit}:refs/remotes/origin/{branch}";
        await RunAsync(at, ["fetch", "--quiet", "--no-tags", "--depth=1", Url, target], ct);
        string[] where = branch is null ? ["--detach"] : ["-B", branch];
        await RunAsync(at, ["checkout", "--quiet", .. where, commit], ct);
    }

    private async Task<ProcessResult> RunAsync(string at, IReadOnlyList<string> arguments, CancellationToken ct)
    {
        var result = await GitProgram.RunAsync(
            at,
            [$"--git-dir={at}/.git", $"--work-tree={at}", .. arguments],
            access,
            null,
            null,
            ct
        );
        if (result.Succeeded)
            return result;
        var said = result.TimedOut ? "git did not come to an end" : GitSaid.Short(result.ErrorText);
        throw new CloneException(
            $"{address} cannot be cloned: {said}",
            GitSaid.IsRefusal(said),
            result.TimedOut || GitSaid.IsPassing(said)
        );
    }
}
