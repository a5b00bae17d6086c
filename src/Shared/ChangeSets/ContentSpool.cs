using Microsoft.Win32.SafeHandles;

namespace ClawCi.ChangeSets;

/// <summary>Contents of a change set, in a file that has no name: memory stays flat and nothing is left behind.</summary>
internal sealed class ContentSpool : IDisposable
{
    private readonly FileStream _file;
    private long _length;

    public ContentSpool(string directory)
    {
        var path = Path.Combine(directory, $".claw-ci-spool-{Path.GetRandomFileName()}");
        _file = new FileStream(
            path,
            new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.ReadWrite,
                BufferSize = 0,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            }
        );
        File.Delete(path);
    }

    /// <summary>Bytes so far: where the next content starts.</summary>
    public long Length => _length;

    private SafeFileHandle Handle => _file.SafeFileHandle;

    public async ValueTask AppendAsync(ReadOnlyMemory<byte> content, CancellationToken ct)
    {
        await RandomAccess.WriteAsync(Handle, content, _length, ct);
        _length += content.Length;
    }

    /// <returns>Bytes read; 0 at the end.</returns>
    public ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken ct) =>
        RandomAccess.ReadAsync(Handle, buffer, offset, ct);

    public void Dispose() => _file.Dispose();
}
