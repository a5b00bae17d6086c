using ClawCi.ChangeSets;

namespace ClawCi.Sandboxes.Workspaces;

/// <summary>Makes a patch of a change set. Git sees names and contents as data only: no work tree, no configuration.</summary>
internal static class PatchWriter
{
    private static readonly string[] Compare = ["diff-tree", "-r", "--no-renames", "--no-ext-diff", "--no-textconv"];

    /// <summary>Writes the patch; empty for an empty change set. A file that is there is replaced when the patch is whole.</summary>
    /// <exception cref="PatchException">Git is missing, or failed, or saw something else than the change set.</exception>
    public static async Task<PatchFile> WriteAsync(ChangeSet changes, string patchPath, CancellationToken ct)
    {
        if (changes.IsEmpty)
        {
            await File.WriteAllBytesAsync(patchPath, [], ct);
            return new PatchFile([], 0);
        }
        using var repository = new ScratchRepository(Path.GetDirectoryName(Path.GetFullPath(patchPath))!);
        await repository.RunAsync(
            ["fast-import", "--quiet", "--done"],
            (stdin, token) => FastImport.WriteAsync(changes, stdin, token),
            null,
            ct
        );

        string[] sides = [FastImport.OldRef, FastImport.NewRef];
        var draft = repository.FilePath("patch");
        string[] asPatch =
        [
            .. Compare,
            "-p",
            "--binary",
            "--full-index",
            "--no-color",
            "--src-prefix=a/",
            "--dst-prefix=b/",
            .. sides,
        ];
        long length;
        await using (var output = new FileStream(draft, FileMode.CreateNew, FileAccess.Write))
        {
            var summary = repository.RunAsync(
                [.. Compare, "--raw", "--numstat", "-z", "--no-abbrev", .. sides],
                null,
                null,
                ct
            );
            await Task.WhenAll(summary, repository.RunAsync(asPatch, null, output, ct));
            length = output.Length;
            var files = PatchSummary.Parse(await summary, changes);
            await output.FlushAsync(ct);
            output.Close();
            File.Move(draft, patchPath, overwrite: true);
            return new PatchFile(files, length);
        }
    }
}
