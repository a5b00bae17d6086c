using System.Text;
using System.Xml;

namespace ClawCi.Runs.Checks;

/// <summary>Reads a test report of any dialect that we know, told by its content. Hostile: a check runs what the agent wrote.</summary>
internal static class TestReport
{
    private const int MostCases = 500_000;

    /// <exception cref="TestReportException">It is no report, or not a whole one; the message says why.</exception>
    public static IReadOnlyList<TestCase> Read(byte[] content)
    {
        try
        {
            var cases = IsXml(content) ? ReadXml(content) : TapReport.Read(Encoding.UTF8.GetString(content));
            return cases.Count <= MostCases
                ? cases
                : throw new TestReportException($"it has more than {MostCases} tests");
        }
        catch (XmlException e)
        {
            throw new TestReportException($"it is not well-formed XML: {e.Message}");
        }
    }

    private static List<TestCase> ReadXml(byte[] content)
    {
        using var xml = XmlReader.Create(
            new MemoryStream(content),
            new XmlReaderSettings
            {
                DtdProcessing = DtdProcessing.Prohibit,
                XmlResolver = null,
                IgnoreComments = true,
                IgnoreProcessingInstructions = true,
                // Surefire and others write &#27; for what a test printed.
                CheckCharacters = false,
            }
        );
        xml.MoveToContent();
        return xml.LocalName switch
        {
            "testsuites" or "testsuite" => JUnitReport.Read(xml),
            "TestRun" => TrxReport.Read(xml),
            var other => throw new TestReportException($"<{Shown(other)}> begins neither JUnit XML nor TRX"),
        };
    }

    /// <summary>A byte order mark and white space may come first; UTF-16 begins with a mark.</summary>
    private static bool IsXml(ReadOnlySpan<byte> content) =>
        content is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..]
        || (content is [0xEF, 0xBB, 0xBF, ..] ? content[3..] : content).TrimStart(" \t\r\n"u8) is [(byte)'<', ..];

    private static string Shown(string name) => VisibleText.Of(name.Length <= 50 ? name : name[..50]);
}

/// <summary>A report that cannot be relied on.</summary>
internal sealed class TestReportException(string message) : Exception(message);
