namespace ClawCi.Sessions;

/// <summary>The file of a transcript, to be written to. Unbuffered: what a full disk refused must not come back when it is closed.</summary>
internal static class TranscriptFile
{
    private const int Chunk = 1 << 16;

    public static FileStream Create(string path) =>
        new(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);

    /// <summary>At its end. What follows the last line feed is a line that a kill tore, and is cut off.</summary>
    public static FileStream Continue(string path)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        file.SetLength(WholeLines(file));
        file.Seek(0, SeekOrigin.End);
        return file;
    }

    private static long WholeLines(FileStream file)
    {
        var buffer = new byte[Chunk];
        for (var end = file.Length; end > 0; end -= Math.Min(end, Chunk))
        {
            var part = buffer.AsSpan(0, (int)Math.Min(end, Chunk));
            file.Seek(end - part.Length, SeekOrigin.Begin);
            file.ReadExactly(part);
            if (part.LastIndexOf((byte)'\n') is >= 0 and var last)
                return end - part.Length + last + 1;
        }
        return 0;
    }
}
