using System.Text;
using ClawCi.ChangeSets;
using ClawCi.Events;
using ClawCi.Git;

namespace ClawCi.Publishing;

/// <summary>Why a patch did not go in, file by file.</summary>
internal static class ApplyErrors
{
    private const int Most = 100;

    /// <param name="unmerged">Of <c>ls-files --unmerged -z</c>: <c>mode hash stage TAB path NUL</c>.</param>
    /// <param name="error">What <c>git apply</c> wrote, in English.</param>
    public static IReadOnlyList<PublishConflict> Read(byte[] unmerged, string error)
    {
        var both = Paths(unmerged)
            .Distinct()
            .Select(path => new PublishConflict(path, "the base changed the same lines"));
        PublishConflict[] said =
        [
            .. both,
            .. error.Split('\n').Select(OfLine).OfType<PublishConflict>().DistinctBy(conflict => conflict.Path),
        ];
        return said.Length > 0
            ? [.. said.DistinctBy(conflict => conflict.Path).Take(Most)]
            : [new("", $"git cannot read the patch: {GitSaid.Short(error)}")];
    }

    private static IEnumerable<string> Paths(byte[] unmerged) =>
        Encoding
            .Latin1.GetString(unmerged)
            .Split('\0', StringSplitOptions.RemoveEmptyEntries)
            .Select(entry => entry[(entry.IndexOf('\t', StringComparison.Ordinal) + 1)..])
            .Select(path => ChangePath.Display(Encoding.Latin1.GetBytes(path)));

    /// <summary><c>error: PATH: reason</c>, and <c>error: patch failed: PATH:LINE</c>, which such a line follows.</summary>
    private static PublishConflict? OfLine(string line)
    {
        const string Error = "error: ";
        if (
            !line.StartsWith(Error, StringComparison.Ordinal)
            || line.StartsWith($"{Error}patch failed: ", StringComparison.Ordinal)
        )
            return null;
        var colon = line.LastIndexOf(": ", StringComparison.Ordinal);
        if (colon < Error.Length)
            return null;
        var reason = line[(colon + 2)..] switch
        {
            "patch does not apply" => "the base has other lines there",
            "already exists in index" => "the base has a file of this name",
            "does not exist in index" => "the base has no such file any more",
            "does not match index" or "cannot read the current contents" => "the base has another file there",
            var other => VisibleText.Line(other),
        };
        return new(VisibleText.Line(line[Error.Length..colon]), reason);
    }
}
