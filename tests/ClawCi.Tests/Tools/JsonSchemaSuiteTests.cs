using System.Text.Json;
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
        using var suite = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Corpus.Root, "json-schema/draft2020-12.json")));
        var (tests, wrong) = (0, new List<string>());
        foreach (var group in suite.RootElement.EnumerateArray())
        {
            var schema = JsonSchema.Build(group.GetProperty("schema"), new BuildOptions { SchemaRegistry = new() });
            foreach (var test in group.GetProperty("tests").EnumerateArray())
            {
                tests++;
                if (schema.Evaluate(test.GetProperty("data")).IsValid != test.GetProperty("valid").GetBoolean())
                    wrong.Add($"{group.GetProperty("file")}: {group.GetProperty("description")}: {test.GetProperty("description")}");
            }
        }
        Assert.Empty(wrong);
        Assert.InRange(tests, 1_000, 5_000);
    }
}
