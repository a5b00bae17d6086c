using System.Text.RegularExpressions;
using ClawCi.Shared;
using CsCheck;
using Xunit;

namespace ClawCi.ToolServer.Tests.Shared;

public sealed class GlobTests
{
    /// <summary>A piece of a component as a glob, and as a regular expression written from the definition.</summary>
    private static readonly Gen<(string Glob, string Regex)> Piece = Gen.OneOf(
        ("a", "a"),
        ("b", "b"),
        (".", @"\."),
        ("*", "[^/]*"),
        ("?", "[^/]"),
        ("[ab]", "[ab]"),
        ("[!a]", "[^a/]"),
        (@"\*", @"\*"),
        ("{a,bb}", "(a|bb)"),
        ("{a,{b,?}.}", @"(a|(b|[^/])\.)"),
        ("{,a}", "(|a)")
    );

    /// <summary>Never empty and without two stars in a row, which would be another pattern.</summary>
    private static readonly Gen<(string Glob, string Regex)> Component = Piece
        .Array[1, 3]
        .Select(Join)
        .Where(c => c.Glob.Replace("{,a}", "") is { Length: > 0 } rest && !rest.Contains("**"));

    private static readonly Gen<(string Glob, string Regex)> Pattern =
        from leading in Gen.Bool
        from components in Component.Array[1, 3]
        from between in Gen.Bool.Array[3]
        from trailing in Gen.Bool
        select (
            (leading ? "**/" : "")
                + string.Concat(
                    components.Select(
                        (c, i) =>
                            (
                                i == 0 ? ""
                                : between[i] ? "/**/"
                                : "/"
                            ) + c.Glob
                    )
                )
                + (trailing ? "/**" : ""),
            "^"
                + (leading ? "(.*/)?" : "")
                + string.Concat(
                    components.Select(
                        (c, i) =>
                            (
                                i == 0 ? ""
                                : between[i] ? "/(.*/)?"
                                : "/"
                            ) + c.Regex
                    )
                )
                + (trailing ? "(/.*)?" : "")
                + @"\z"
        );

    private static readonly Gen<string> Path = Gen.Char["ab.*"]
        .Array[1, 3]
        .Select(c => new string(c))
        .Array[1, 5]
        .Select(c => string.Join('/', c));

    [Fact]
    public void Random_patterns_match_as_their_definition_says()
    {
        Gen.Select(Pattern, Path.Array[20])
            .Sample(
                (pattern, paths) =>
                {
                    // A leading ./ is taken off: the definition does not know that.
                    if (pattern.Glob.StartsWith("./", StringComparison.Ordinal))
                        return;
                    if (!Glob.TryParse(pattern.Glob, out var glob, out var problem))
                    {
                        Assert.Contains("more than 256", problem, StringComparison.Ordinal);
                        return;
                    }
                    foreach (var path in paths)
                        Assert.Equal(Regex.IsMatch(path, pattern.Regex), glob.IsMatch(path));
                },
                iter: 5000
            );
    }

    [Theory]
    [InlineData("src/**", "src/a/b.cs", true)]
    [InlineData("src/**", "src", true)]
    [InlineData("src/**", "srcs/a", false)]
    [InlineData("./src/*.cs", "src/a.cs", true)]
    [InlineData("*.cs", "src/a.cs", false)]
    [InlineData("**/*.{cs,csproj}", "a.csproj", true)]
    [InlineData("a{b", "a{b", true)]
    [InlineData("a{b}c", "abc", true)]
    [InlineData("{a,b", "{a,b", true)]
    [InlineData(@"\{a,b\}", "{a,b}", true)]
    [InlineData("[{,}]x", "{x", true)]
    [InlineData("?.txt", "😀.txt", true)]
    [InlineData("é*", "éa", true)]
    [InlineData("**", "a/b/c", true)]
    public void A_pattern_reads_as_people_expect(string pattern, string path, bool matches)
    {
        Assert.True(Glob.TryParse(pattern, out var glob, out var problem), problem);
        Assert.Equal(matches, glob.IsMatch(path));
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("src/[ab", "not closed")]
    [InlineData("a\\", "backslash")]
    [InlineData("{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}", "more than 256")]
    public void A_pattern_that_cannot_be_is_refused_with_the_reason(string pattern, string reason)
    {
        Assert.False(Glob.TryParse(pattern, out _, out var problem));
        Assert.Contains(reason, problem, StringComparison.Ordinal);
    }

    private static (string Glob, string Regex) Join((string Glob, string Regex)[] pieces) =>
        (string.Concat(pieces.Select(p => p.Glob)), string.Concat(pieces.Select(p => p.Regex)));
}
