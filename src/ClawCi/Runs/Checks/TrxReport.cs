using System.Xml;

namespace ClawCi.Runs.Checks;

/// <summary>
/// TRX, Visual Studio's test results. A result names its test; the class stands in the test's definition, and some
/// frameworks repeat it in the name.
/// </summary>
internal static class TrxReport
{
    public static List<TestCase> Read(XmlReader xml)
    {
        var results = new List<(string? Id, string? Name, TestEnd End)>();
        var classes = new Dictionary<string, string>();
        string? test = null;
        while (xml.Read())
        {
            if (xml.NodeType != XmlNodeType.Element)
                continue;
            if (xml.LocalName == "UnitTestResult")
                results.Add(
                    (xml.GetAttribute("testId"), xml.GetAttribute("testName"), End(xml.GetAttribute("outcome")))
                );
            else if (xml.LocalName == "UnitTest")
                test = xml.GetAttribute("id");
            else if (xml.LocalName == "TestMethod" && test is not null && xml.GetAttribute("className") is { } type)
                // MSTest writes the assembly's name behind a comma.
                classes.TryAdd(test, type.Split(',')[0]);
        }
        return
        [
            .. results.Select(result =>
                TestCase.Of(
                    Owner(result.Name, result.Id is null ? null : classes.GetValueOrDefault(result.Id)),
                    result.Name,
                    result.End
                )
            ),
        ];
    }

    private static string? Owner(string? name, string? type) =>
        type is null || name?.StartsWith(type, StringComparison.Ordinal) == true ? null : type;

    /// <summary>What is no known way to pass, or to be skipped, is a failure; no word at all is none.</summary>
    private static TestEnd End(string? outcome) =>
        outcome switch
        {
            "Passed" or "Completed" or "Warning" => TestEnd.Passed,
            "NotExecuted" or "Inconclusive" or "Pending" or "NotRunnable" => TestEnd.Skipped,
            _ => TestEnd.Failed,
        };
}
