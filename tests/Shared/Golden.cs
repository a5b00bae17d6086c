using System.Runtime.CompilerServices;
using Xunit;

namespace ClawCi.TestSupport;

/// <summary>Approved output: <c>Class.method.golden.ext</c> beside the test. <c>UPDATE_GOLDEN=1</c> rewrites it, never in CI.</summary>
internal static class Golden
{
    public static void Matches(
        string actual,
        string extension = "txt",
        [CallerFilePath] string file = "",
        [CallerMemberName] string test = ""
    )
    {
        var path = Path.Combine(
            Path.GetDirectoryName(file)!,
            $"{Path.GetFileNameWithoutExtension(file)}.{test}.golden.{extension}"
        );
        var expected = File.Exists(path) ? File.ReadAllText(path) : null;
        if (expected == actual)
            return;
        if (
            Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1"
            && Environment.GetEnvironmentVariable("CI") is null or ""
        )
        {
            File.WriteAllText(path, actual);
            return;
        }
        Assert.Equal(expected ?? $"(no file {path}; UPDATE_GOLDEN=1 writes it)", actual);
    }
}
