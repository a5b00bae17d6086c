using System.Runtime.CompilerServices;

namespace ClawCi.TestSupport;

/// <summary>A fresh directory named after the test, removed with it.</summary>
internal sealed class TempDirectory : IDisposable
{
    public TempDirectory([CallerMemberName] string test = "")
    {
        var name = test.Length > 40 ? test[..40] : test;
        Path = Directory.CreateTempSubdirectory($"claw-{name}-").FullName;
    }

    public string Path { get; }

    public string this[string relative] => System.IO.Path.Combine(Path, relative);

    /// <summary>Writes a text file, parents included, and gives its path.</summary>
    public string Write(string relative, string content)
    {
        var path = this[relative];
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }

    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (IOException)
        {
            // A test that fails half-way may leave a mount or a process behind; its own failure is the news.
        }
    }
}
