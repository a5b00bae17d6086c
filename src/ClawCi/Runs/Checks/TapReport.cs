using System.Globalization;
using System.Text.RegularExpressions;

namespace ClawCi.Runs.Checks;

/// <summary>
/// TAP 12 to 14: <c>ok</c>, <c>not ok</c>, a plan, <c># SKIP</c> and <c># TODO</c>, indented subtests. It must hold what its
/// plan promises.
/// </summary>
internal static partial class TapReport
{
    private const int MostLevels = 20;

    /// <exception cref="TestReportException">It is not TAP, bailed out, or is not whole.</exception>
    public static List<TestCase> Read(string text)
    {
        var cases = new List<TestCase>();
        // Of each level: the name of the subtest that is open there, the tests so far, and the plan.
        var subtests = new string?[MostLevels];
        var (seen, plan, inYaml) = (0, (int?)null, false);
        foreach (var raw in text.Split('\n'))
        {
            var line = raw.TrimEnd('\r');
            var content = line.TrimStart(' ');
            var level = Math.Min((line.Length - content.Length) / 4, MostLevels - 1);
            if (inYaml || content == "---")
            {
                inYaml = content != "...";
                continue;
            }
            if (content.StartsWith("Bail out!", StringComparison.Ordinal))
                throw new TestReportException("the tests bailed out");
            if (Subtest().Match(content) is { Success: true } subtest)
                subtests[level] = subtest.Groups[1].Value;
            else if (level == 0 && Plan().Match(content) is { Success: true } promised)
                plan = int.TryParse(promised.Groups[1].Value, CultureInfo.InvariantCulture, out var n)
                    ? n
                    : throw new TestReportException("its plan is no number of tests");
            else if (After(content, "ok") is var ok && (ok ?? After(content, "not ok")) is { } result)
            {
                seen += level == 0 ? 1 : 0;
                cases.Add(Case(ok is not null, result, subtests.AsSpan(0, level)));
            }
        }
        if (plan is null)
            throw new TestReportException("it is neither XML nor TAP with a plan");
        return seen == plan ? cases : throw new TestReportException($"it has {seen} of the {plan} tests of its plan");
    }

    /// <param name="result">What follows <c>ok</c>: a number, a dash, a description and a directive, each of them optional.</param>
    private static TestCase Case(bool ok, string result, ReadOnlySpan<string?> above)
    {
        var text = result.TrimStart();
        var digits = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        var number = digits < 0 ? text : text[..digits];
        var rest = text[number.Length..].TrimStart();
        if (rest.StartsWith('-'))
            rest = rest[1..];
        var directive = Directive(rest);
        var description = (directive is { } at ? rest[..at] : rest).Trim();
        var end =
            directive is not null ? TestEnd.Skipped
            : ok ? TestEnd.Passed
            : TestEnd.Failed;
        return TestCase.Of(
            string.Join(" > ", above.ToArray().Where(name => name is not null)),
            description.Length > 0 ? description : $"test {number}",
            end
        );
    }

    /// <summary>Where <c># SKIP</c> or <c># TODO</c> begins; a TODO that fails does not count.</summary>
    private static int? Directive(string text)
    {
        for (var at = text.IndexOf('#', StringComparison.Ordinal); at >= 0; at = text.IndexOf('#', at + 1))
        {
            var word = text.AsSpan(at + 1).TrimStart(' ');
            if (
                (at == 0 || text[at - 1] == ' ')
                && (
                    word.StartsWith("SKIP", StringComparison.OrdinalIgnoreCase)
                    || word.StartsWith("TODO", StringComparison.OrdinalIgnoreCase)
                )
            )
                return at;
        }
        return null;
    }

    /// <summary>What follows the word; null when the line is no result.</summary>
    private static string? After(string line, string word) =>
        line.StartsWith(word, StringComparison.Ordinal) && (line.Length == word.Length || line[word.Length] == ' ')
            ? line[word.Length..]
            : null;

    [GeneratedRegex(@"^1\.\.(\d+)", RegexOptions.CultureInvariant)]
    private static partial Regex Plan();

    [GeneratedRegex("^# Subtest: (.+)$", RegexOptions.CultureInvariant)]
    private static partial Regex Subtest();
}
