using System.Security.Cryptography;
using System.Text;
using ClawCi.Events;
using ClawCi.Sessions;

namespace ClawCi.Runs;

/// <summary>
/// What commands wrote, beyond what the model was shown of it, and the images that it was shown: files below <c>blobs/</c>, named by the SHA-256 of what is in
/// them. Masked like everything that leaves the runner; bounded, because the container decides how much comes.
/// </summary>
internal sealed class OutputBlobs(TaskDirectory directory, SecretMasker masker, IRunObserver events)
{
    /// <summary>Of one output: its first bytes.</summary>
    public const int LargestBytes = 4 << 20;

    /// <summary>Of all of a task.</summary>
    public const int TaskBytes = 64 << 20;

    /// <summary>Left out at a cut, where half a secret would look like none.</summary>
    private const int CutBytes = 16 << 10;

    private readonly Lock _lock = new();
    private int _left = TaskBytes;

    /// <summary>How much the next may have. Zero from when the task's share is used.</summary>
    public int Room => _left >= LargestBytes ? LargestBytes : 0;

    /// <param name="total">Size of the whole output.</param>
    /// <returns>The file's name; null when there is no room for it.</returns>
    public string? Keep(byte[] raw, long total)
    {
        var content = Masked(raw);
        if (total > raw.Length || raw.Length == LargestBytes)
            content = content[..Math.Max(0, content.Length - CutBytes)];
        return Write(content);
    }

    /// <summary>Bytes that make no sense when something is taken from them.</summary>
    /// <returns>The file's name; null when there is a secret in them, or no room for them.</returns>
    public string? KeepWhole(byte[] bytes) => ReferenceEquals(Masked(bytes), bytes) ? Write(bytes) : null;

    private string? Write(byte[] content)
    {
        var name = Convert.ToHexStringLower(SHA256.HashData(content));
        lock (_lock)
        {
            if (content.Length > _left)
                return null;
            try
            {
                var path = directory.Blob(name);
                if (File.Exists(path))
                    return name;
                File.WriteAllBytes(path, content);
                _left -= content.Length;
                return name;
            }
            catch (IOException e)
            {
                _left = 0;
                events.On(new Warned($"No more outputs are kept: {e.Message}"));
                return null;
            }
        }
    }

    /// <summary>As it is when there is no secret in it. What is valid in a text of mixed bytes survives reading it as UTF-8.</summary>
    private byte[] Masked(byte[] raw)
    {
        var masked = masker.Apply(Encoding.UTF8.GetString(raw));
        return masked.Count == 0 ? raw : Encoding.UTF8.GetBytes(masked.Text);
    }
}
