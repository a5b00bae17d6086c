using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using ClawCi.Sandboxes.Probes;
using Xunit;

namespace ClawCi.Tests.Sandboxes;

public sealed partial class ProbeCatalogTests
{
    [Fact]
    public void There_are_fifty_probes_and_more_and_no_two_have_one_name()
    {
        var ids = ProbeCatalog.All.Select(probe => probe.Id).ToList();
        Assert.True(ids.Count >= 50);
        Assert.Equal(ids.Distinct(), ids);
        Assert.Equal(ProbeCatalog.All.Count, ProbeCatalog.All.Select(probe => probe.Tries).Distinct().Count());
    }

    [Fact]
    public void The_guide_names_every_probe_once_and_no_other()
    {
        var guide = File.ReadAllText(Path.Combine(Here(), "../../../docs/guides/isolation.md"));
        var groups = ProbeCatalog.All.Select(probe => probe.Group).ToHashSet();
        var named = Name()
            .Matches(guide)
            .Select(match => match.Groups[1].Value)
            .Where(name => groups.Contains(name.Split('/')[0]));
        Assert.Equal(ProbeCatalog.All.Select(probe => probe.Id).Order(), named.Order());
    }

    [Fact]
    public void The_guide_gives_every_promise_a_probe()
    {
        var guide = File.ReadLines(Path.Combine(Here(), "../../../docs/guides/isolation.md"));
        var promises = guide
            .SkipWhile(line => line != "## What is promised")
            .TakeWhile(line => line != "## What is not")
            .Where(line => line.StartsWith("| **", StringComparison.Ordinal));
        Assert.NotEmpty(promises);
        Assert.All(promises, promise => Assert.Matches(Name(), promise.Split('|')[2]));
    }

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;

    [GeneratedRegex("`([a-z]+/[a-z0-9-]+)`")]
    private static partial Regex Name();
}
