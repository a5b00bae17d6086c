using System.Text.Json;
using System.Text.RegularExpressions;
using ClawCi.Tests.Configuration;
using Json.Schema;
using Xunit;

namespace ClawCi.Tests.Tools;

/// <summary>The official tests of JSON Schema: whether the library that answers are held against can be relied on.</summary>
public sealed class JsonSchemaSuiteTests
{
    [Fact]
    public void The_library_agrees_with_the_official_suite()
    {
        using var suite = JsonDocument.Parse(
            File.ReadAllBytes(Path.Combine(Corpus.Root, "json-schema/draft2020-12.json"))
        );
        var (tests, wrong, refused) = (0, new List<string>(), new List<string>());
        foreach (var group in suite.RootElement.EnumerateArray())
        {
            JsonSchema schema;
            try
            {
                schema = JsonSchema.Build(group.GetProperty("schema"), new BuildOptions { SchemaRegistry = new() });
            }
            catch (RegexParseException e)
            {
                refused.Add(e.Message);
                continue;
            }
            foreach (var test in group.GetProperty("tests").EnumerateArray())
            {
                tests++;
                if (schema.Evaluate(test.GetProperty("data")).IsValid != test.GetProperty("valid").GetBoolean())
                    wrong.Add(
                        $"{group.GetProperty("file")}: {group.GetProperty("description")}: {test.GetProperty("description")}"
                    );
            }
        }
        Assert.Empty(wrong);
        // Patterns are .NET's: long names of Unicode properties are no patterns here, and are refused before the run.
        Assert.All(refused, message => Assert.Contains(@"\p{", message, StringComparison.Ordinal));
        Assert.InRange(refused.Count, 0, 5);
        Assert.InRange(tests, 1_000, 5_000);
    }
}
