using ClawCi.ChangeSets;
using ClawCi.Sandboxes.Workspaces;
using ClawCi.Shared;
using Xunit;

namespace ClawCi.Tests.Workspaces;

/// <summary>What an agent can do to a repository with git itself: nothing of it runs, and no file of its work is lost.</summary>
public sealed class HostileGitTests
{
    private const string Git =
        "export HOME=/nonexistent GIT_CONFIG_GLOBAL=/dev/null; git() { command git -c user.name=a -c user.email=a@b -c init.defaultBranch=main \"$@\"; }; set -e; ";

    // $RAN is a file that whatever runs would make.
    [Theory]
    [InlineData(
        "commits and rewrites history",
        "git commit -qam one; git commit -q --amend -m two; git checkout -qb other; git reset -q --soft HEAD~1"
    )]
    [InlineData(
        "switches to a branch that lacks files",
        "git checkout -q --orphan bare; git rm -qrf --cached .; rm gone"
    )]
    [InlineData("deletes the repository", "rm -rf .git")]
    [InlineData("makes the repository a pointer", "mv .git .elsewhere; printf 'gitdir: .elsewhere\\n' > .git")]
    [InlineData(
        "points at other repositories",
        "echo /etc > .git/commondir; echo /etc > .git/objects/info/alternates; printf '[include]\\n\\tpath = /etc/passwd\\n' >> .git/config"
    )]
    [InlineData("watches files", "git config core.fsmonitor \"touch $RAN\"")]
    [InlineData(
        "hooks",
        "mkdir hooks; for h in pre-commit post-checkout post-index-change reference-transaction; do printf '#!/bin/sh\\ntouch '$RAN'\\n' > hooks/$h; chmod 755 hooks/$h; done; git config core.hooksPath hooks"
    )]
    [InlineData(
        "filters",
        "echo '* filter=evil' > .gitattributes; git config filter.evil.clean \"touch $RAN; cat\"; git config filter.evil.smudge \"touch $RAN; cat\"; git config filter.evil.process \"touch $RAN\"; git config filter.evil.required true"
    )]
    [InlineData(
        "diff drivers",
        "echo '* diff=evil' > .gitattributes; git config diff.evil.textconv \"touch $RAN; cat\"; git config diff.evil.command \"touch $RAN\"; git config diff.external \"touch $RAN\"; git config core.pager \"touch $RAN\"; git config core.sshCommand \"touch $RAN\""
    )]
    [InlineData(
        "encodings",
        "echo '* text eol=crlf working-tree-encoding=UTF-16 ident' > .gitattributes; git config core.autocrlf true; git config core.safecrlf true"
    )]
    [InlineData(
        "nests a repository",
        "mkdir vendor; cd vendor; git init -q; echo x > file; git add .; git commit -qm x"
    )]
    [InlineData("nests a bare repository", "git init -q --bare store; echo \"touch $RAN\" > store/hooks/update")]
    [InlineData(
        "adds a submodule",
        "git init -q /tmp/$$; git -C /tmp/$$ commit -q --allow-empty -m x; git -c protocol.file.allow=always submodule -q add /tmp/$$ sub; rm -rf /tmp/$$"
    )]
    [InlineData(
        "hides its work",
        "echo '*' > .gitignore; echo '*' > .git/info/exclude; git update-index --assume-unchanged kept; git sparse-checkout set nothing 2>/dev/null || true"
    )]
    public async Task T6_An_agent_that(string deed, string script)
    {
        Assert.NotEmpty(deed);
        using var layers = new TestLayers();
        await ShellAsync(
            layers.Lower,
            "git init -q .; echo 1 > kept; echo 2 > gone; git add .; git commit -qm base",
            ""
        );
        await layers.OpenAsync();
        var ran = layers["ran"];
        await ShellAsync(layers.Merged, $"echo 3 > kept; echo 4 > new; {script}", ran);
        var expected = await FilesAsync(layers.Merged);

        using var changes = await layers.WalkAsync();
        await PatchWriter.WriteAsync(changes, layers["changes.patch"], CancellationToken.None);
        var applied = await layers.CopyOfLowerAsync("applied");
        Assert.Null(await Applier.ApplyAsync(changes, applied, CancellationToken.None));
        var patched = await layers.CopyOfLowerAsync("patched");
        await RoundTripTests.GitApplyAsync(patched, layers["changes.patch"]);

        Assert.Equal(expected, await FilesAsync(applied));
        Assert.Equal(expected, await FilesAsync(patched));
        Assert.False(File.Exists(ran));
    }

    /// <summary>Every file, whether it can be run, and its hash, but for what lies in a <c>.git</c>: that is never part of a patch.</summary>
    private static Task<string> FilesAsync(string directory) =>
        ShellAsync(
            directory,
            "find . -name .git -prune -o -type f \\( -perm /100 -printf 'x ' -o -printf '- ' \\) -exec sha256sum {} \\; | sort",
            ""
        );

    private static async Task<string> ShellAsync(string directory, string script, string ran)
    {
        var request = new ProcessRequest("/bin/bash", ["-c", Git + script])
        {
            WorkingDirectory = directory,
            Environment = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin", ["RAN"] = ran },
        };
        var result = await ProcessRunner.RunAsync(request, CancellationToken.None);
        Assert.True(result.Succeeded, result.ErrorText);
        return result.OutputText;
    }
}
