using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Xunit;

namespace ClawCi.Tests;

/// <summary>The table of docs/conformance.md names tests that exist.</summary>
public sealed partial class ConformanceTests
{
    [Fact]
    public void Every_test_of_the_table_is_there()
    {
        var root = Path.GetFullPath(Path.Combine(Here(), "..", ".."));
        var table = File.ReadAllText(Path.Combine(root, "docs", "conformance.md"));
        var sources = Directory
            .EnumerateFiles(Path.Combine(root, "tests"), "*Tests.cs", SearchOption.AllDirectories)
            .Concat(
                Directory.EnumerateFiles(Path.Combine(root, "tests"), "*Properties.cs", SearchOption.AllDirectories)
            )
            .Append(Path.Combine(root, "tests", "ClawCi.Tests", "Models", "Contract", "ProviderContract.cs"))
            .Select(File.ReadAllText);
        var all = string.Concat(sources);
        var named = Name().Matches(table).Select(match => match.Value).ToList();
        Assert.True(named.Count > 30);
        Assert.DoesNotContain(named, name => !all.Contains($" {name}(", StringComparison.Ordinal));
    }

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;

    /// <summary>A test's name is a sentence of at least three words.</summary>
    [GeneratedRegex(@"(?<=`)[A-Z]\w*_\w+_\w+(?=`)")]
    private static partial Regex Name();
}
