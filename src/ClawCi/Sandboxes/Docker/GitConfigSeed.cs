using System.Formats.Tar;

namespace ClawCi.Sandboxes.Docker;

/// <summary>The checkout's <c>.git/config</c> without credentials, to lie above the real one.</summary>
internal sealed record GitConfigSeed(FileStatus Directory, FileStatus File, byte[] Content)
{
    public void Write(TarWriter tar, string upper)
    {
        tar.WriteEntry(Owned(new PaxTarEntry(TarEntryType.Directory, $"{upper}/.git"), Directory));
        using var content = new MemoryStream(Content);
        var config = Owned(new PaxTarEntry(TarEntryType.RegularFile, $"{upper}/.git/config"), File);
        config.DataStream = content;
        tar.WriteEntry(config);
    }

    private static PaxTarEntry Owned(PaxTarEntry entry, FileStatus status)
    {
        entry.Uid = (int)status.Uid;
        entry.Gid = (int)status.Gid;
        entry.Mode = status.Permissions;
        return entry;
    }
}
