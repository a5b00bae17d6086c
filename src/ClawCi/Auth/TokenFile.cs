using System.Text.Json;

namespace ClawCi.Auth;

/// <summary>
/// The file that holds a token: readable by its owner only, replaced whole, changed by one process at a time.
/// </summary>
internal sealed class TokenFile(string path, TimeProvider time)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const int MaxBytes = 64 * 1024;

    /// <summary>EWOULDBLOCK, what flock says when another holds the lock.</summary>
    private const int WouldBlock = 11;

    /// <summary>Longer than one that renews the token can take.</summary>
    private static readonly TimeSpan LockPatience = TokenEndpoint.Longest + TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LockPoll = TimeSpan.FromMilliseconds(20);

    public string Path { get; } = path;

    public bool Exists => File.Exists(Path);

    /// <exception cref="AuthException">It is not there, open to others, or no token file.</exception>
    public StoredToken Read()
    {
        try
        {
            using var file = new FileStream(
                Path,
                FileMode.Open,
                FileAccess.Read,
                FileShare.ReadWrite | FileShare.Delete
            );
            if ((File.GetUnixFileMode(file.SafeFileHandle) & ~(OwnerOnly | UnixFileMode.UserExecute)) != 0)
                throw new AuthException(
                    AuthFailure.TokenFileOpen,
                    $"The token file {Path} can be read by others: chmod 600 {Path}, and consider the token known."
                );
            if (file.Length > MaxBytes)
                throw Invalid("it is too large");
            var token = JsonSerializer.Deserialize(file, StoredTokenJson.Default.StoredToken);
            if (token is not { Version: StoredToken.CurrentVersion, Provider.Length: > 0, AccessToken.Length: > 0 })
                throw Invalid("version, provider or access_token is missing");
            return token;
        }
        catch (JsonException e)
        {
            throw Invalid(e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Invalid(e.Message);
        }
    }

    /// <summary>Replaces the file, or leaves it as it was.</summary>
    /// <exception cref="AuthException">It cannot be written.</exception>
    public void Write(StoredToken token)
    {
        var next = $"{Path}.{Environment.ProcessId}.tmp";
        try
        {
            MakeDirectory();
            File.Delete(next);
            using (var file = new FileStream(next, New(FileMode.CreateNew)))
            {
                JsonSerializer.Serialize(file, token, StoredTokenJson.Default.StoredToken);
                file.WriteByte((byte)'\n');
                file.Flush(flushToDisk: true);
            }
            File.Move(next, Path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            File.Delete(next);
            throw new AuthException(
                AuthFailure.TokenFileInvalid,
                $"The token file {Path} cannot be written: {e.Message}"
            );
        }
    }

    /// <summary>Waits until no other process holds the lock, and holds it until disposed. It ends with the process, however that ends.</summary>
    /// <exception cref="AuthException">It cannot be had.</exception>
    public async Task<IDisposable> LockAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            if (TryLock() is { } held)
                return held;
            if (time.GetElapsedTime(started) > LockPatience)
                throw new AuthException(
                    AuthFailure.TokenEndpoint,
                    $"Another process renews the token of {Path} and did not come to an end within {LockPatience.TotalSeconds:0} s."
                );
            await Task.Delay(LockPoll, time, cancellationToken);
        }
    }

    /// <returns>Null when another process holds it.</returns>
    /// <exception cref="AuthException">It cannot be had.</exception>
    public IDisposable? TryLock()
    {
        try
        {
            MakeDirectory();
            // No sharing is an flock on Unix; the file stays, since removing it would let two hold a lock.
            return new FileStream($"{Path}.lock", New(FileMode.OpenOrCreate));
        }
        catch (IOException e) when (e.HResult == WouldBlock)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AuthException(AuthFailure.TokenFileInvalid, $"The lock {Path}.lock cannot be had: {e.Message}");
        }
    }

    private static FileStreamOptions New(FileMode mode) =>
        new()
        {
            Mode = mode,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            UnixCreateMode = OwnerOnly,
        };

    private void MakeDirectory() =>
        Directory.CreateDirectory(
            System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!,
            OwnerOnly | UnixFileMode.UserExecute
        );

    private AuthException Invalid(string why) =>
        new(AuthFailure.TokenFileInvalid, $"The token file {Path} cannot be used: {why}");
}
