using System.Xml;

namespace ClawCi.Runs.Checks;

/// <summary>
/// JUnit XML as pytest, Surefire, jest-junit, gotestsum and GoogleTest write it: a <c>testcase</c> with <c>failure</c> or
/// <c>error</c> failed, one with <c>skipped</c> was skipped. Surefire's <c>flakyFailure</c> is of a test that passed in the end.
/// </summary>
internal static class JUnitReport
{
    private static readonly string[] NotRun = ["notrun", "disabled", "skipped", "ignored"];

    public static List<TestCase> Read(XmlReader xml)
    {
        var cases = new List<TestCase>();
        var suites = new Stack<string?>();
        do
        {
            if (xml is { NodeType: XmlNodeType.Element, LocalName: "testsuite", IsEmptyElement: false })
                suites.Push(xml.GetAttribute("name"));
            else if (xml is { NodeType: XmlNodeType.EndElement, LocalName: "testsuite" })
                suites.Pop();
            else if (xml is { NodeType: XmlNodeType.Element, LocalName: "testcase" })
                cases.Add(Case(xml, suites.Count > 0 ? suites.Peek() : null));
        } while (xml.Read());
        return cases;
    }

    private static TestCase Case(XmlReader xml, string? suite)
    {
        var owner = xml.GetAttribute("classname") is { Length: > 0 } type ? type : suite;
        var name = xml.GetAttribute("name");
        var end =
            NotRun.Contains(xml.GetAttribute("status")) || NotRun.Contains(xml.GetAttribute("result"))
                ? TestEnd.Skipped
                : TestEnd.Passed;
        if (!xml.IsEmptyElement)
        {
            var depth = xml.Depth;
            while (xml.Read() && xml.Depth > depth)
            {
                if (xml.NodeType != XmlNodeType.Element || xml.Depth != depth + 1)
                    continue;
                if (xml.LocalName is "failure" or "error")
                    end = TestEnd.Failed;
                else if (xml.LocalName == "skipped" && end == TestEnd.Passed)
                    end = TestEnd.Skipped;
            }
        }
        return TestCase.Of(owner, name, end);
    }
}
