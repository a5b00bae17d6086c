using System.Text;
using ClawCi.ChangeSets.Posix;

namespace ClawCi.Prompts;

/// <summary>A file of the workspace that tells a model about the project, such as AGENTS.md.</summary>
internal sealed record ContextFile(string Name, string Text)
{
    /// <summary>More than this of one file crowds out the task.</summary>
    private const int MaxBytes = 32 * 1024;

    /// <summary>
    /// Those of the names that are plain files in the checkout. A link is passed over: it could show the model a
    /// file of the host.
    /// </summary>
    /// <param name="names">Relative paths.</param>
    public static IReadOnlyList<ContextFile> Find(string checkout, IEnumerable<string> names)
    {
        using var root = Tree.OpenRoot(checkout);
        return [.. names.Select(name => Read(root, name)).OfType<ContextFile>()];
    }

    private static ContextFile? Read(Microsoft.Win32.SafeHandles.SafeFileHandle root, string name)
    {
        using var file = Beneath.Open(root, Encoding.UTF8.GetBytes(name), OpenFlags.Read, out _);
        if (file is null || !Tree.Status(file).IsFile)
            return null;
        var bytes = new byte[MaxBytes];
        var text = Encoding.UTF8.GetString(bytes, 0, RandomAccess.Read(file, bytes, 0));
        var cut = Tree.Status(file).Size > MaxBytes ? $"\n[cut: only the first {MaxBytes} bytes are shown]" : "";
        return new ContextFile(name, text + cut);
    }
}
