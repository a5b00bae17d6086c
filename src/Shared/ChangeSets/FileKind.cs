namespace ClawCi.ChangeSets;

/// <summary>What git can record at a path.</summary>
internal enum FileKind : byte
{
    File = 1,
    Executable = 2,

    /// <summary>The content is the link's text, which is never followed.</summary>
    Symlink = 3,
}

internal static class FileKinds
{
    /// <summary>Git's mode, in octal digits.</summary>
    public static string GitMode(this FileKind kind) =>
        kind switch
        {
            FileKind.File => "100644",
            FileKind.Executable => "100755",
            FileKind.Symlink => "120000",
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };
}
