using System.Globalization;
using System.Text;

namespace ClawCi.Sandboxes.Workspaces;

/// <summary>
/// A file as a commit has it. Git sees the objects of the repository and nothing else of it: no configuration, no hook, no
/// remote to ask for what is missing.
/// </summary>
internal static class BaseFile
{
    /// <param name="objects">The repository's object store.</param>
    /// <param name="commit">Hexadecimal digits.</param>
    /// <param name="path">Relative to the repository's root.</param>
    /// <exception cref="PatchException">There is no such commit or no such file in it; the message says which.</exception>
    public static async Task<byte[]> ReadAsync(string objects, string commit, string path, int maxBytes)
    {
        if (commit.Length is not (40 or 64) || !commit.All(char.IsAsciiHexDigit))
            throw new PatchException(
                $"`{ChangeSets.ChangePath.Display(Encoding.UTF8.GetBytes(commit))}` is no commit id"
            );
        using var repository = new ScratchRepository(Path.GetTempPath(), objects);
        await RunAsync(repository, "it is not there", "cat-file", "-e", $"{commit}^{{commit}}");
        // "mode type object size\tpath"
        var listed = Encoding.UTF8.GetString(
            await RunAsync(repository, "it has no tree", "ls-tree", "-z", "-l", "--", commit, path)
        );
        var fields = listed.Split('\t')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length == 0)
            throw new PatchException("it has no such file");
        if (fields is not ["100644" or "100755", "blob", var blob, var size])
            throw new PatchException("it has something else than a plain file there");
        if (long.Parse(size, CultureInfo.InvariantCulture) > maxBytes)
            throw new PatchException("the file is too large");
        return await RunAsync(repository, "it cannot be read", "cat-file", "blob", blob);
    }

    private static async Task<byte[]> RunAsync(ScratchRepository repository, string problem, params string[] arguments)
    {
        try
        {
            return await repository.RunAsync(arguments, null, null, CancellationToken.None);
        }
        catch (PatchException e) when (e.InnerException is null)
        {
            throw new PatchException(problem, e);
        }
    }
}
