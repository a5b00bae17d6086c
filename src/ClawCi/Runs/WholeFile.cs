using System.Text;

namespace ClawCi.Runs;

/// <summary>Writes a file of an output directory whole or not at all: whoever looks finds the old one or the new one.</summary>
internal static class WholeFile
{
    /// <summary>What the name has besides while the file is written.</summary>
    public const string Suffix = ".tmp";

    /// <exception cref="IOException">It cannot be written. What was there is there still.</exception>
    public static void Write(string path, string text) => Write(path, [Encoding.UTF8.GetBytes(text)]);

    /// <exception cref="IOException">It cannot be written. What was there is there still.</exception>
    public static void Write(string path, IEnumerable<ReadOnlyMemory<byte>> parts)
    {
        var aside = path + Suffix;
        // Left by a kill, or a symbolic link that a checkout brought along: what that names is not ours to write.
        File.Delete(aside);
        try
        {
            using (var file = new FileStream(aside, FileMode.CreateNew, FileAccess.Write))
            {
                foreach (var part in parts)
                    file.Write(part.Span);
            }
            File.Move(aside, path, overwrite: true);
        }
        catch
        {
            File.Delete(aside);
            throw;
        }
    }
}
