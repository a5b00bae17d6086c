using System.Globalization;
using System.Text;
using System.Xml;
using ClawCi.Events;
using ClawCi.Runs;

namespace ClawCi.Artifacts;

/// <summary><c>junit.xml</c>: a suite a task; a case for the task's outcome and one for each of its checks.</summary>
internal sealed class JUnitWriter : IArtifactWriter
{
    /// <summary>Outcomes that say something of the work. The others say that it could not be done: errors.</summary>
    private static readonly HashSet<string> Failures =
    [
        Outcome.TaskFailed.Name(),
        Outcome.NoChanges.Name(),
        Outcome.PolicyBlocked.Name(),
        Outcome.LimitExceeded.Name(),
        Outcome.TimedOut.Name(),
        Outcome.InvalidOutput.Name(),
        Outcome.GateBlocked.Name(),
    ];

    public IEnumerable<Artifact> Write(RunRecord run)
    {
        using var buffer = new MemoryStream();
        var settings = new XmlWriterSettings
        {
            Indent = true,
            Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            NewLineChars = "\n",
            NewLineHandling = NewLineHandling.None,
        };
        using (var xml = XmlWriter.Create(buffer, settings))
        {
            xml.WriteStartElement("testsuites");
            xml.WriteAttributeString("name", "claw-ci");
            foreach (var task in run.Tasks)
                WriteTask(xml, task);
            xml.WriteEndElement();
        }
        buffer.WriteByte((byte)'\n');
        yield return new("junit.xml", [buffer.ToArray()]);
    }

    private static void WriteTask(XmlWriter xml, TaskRecord task)
    {
        var end = task.Ended;
        var runs = task.Digest.Checks.ToLookup(check => (check.Id, check.Round));
        var isFailure = Failures.Contains(end.Outcome);
        var isError = !isFailure && end.Outcome != Outcome.Success.Name();
        xml.WriteStartElement("testsuite");
        xml.WriteAttributeString("name", task.Id);
        xml.WriteAttributeString("tests", (1 + end.Checks.Count).ToString(CultureInfo.InvariantCulture));
        xml.WriteAttributeString("failures", Count(end.Checks.Count(IsRed) + (isFailure ? 1 : 0)));
        xml.WriteAttributeString("errors", Count(end.Checks.Count(IsBroken) + (isError ? 1 : 0)));
        xml.WriteAttributeString("time", Seconds(end.DurationMs));
        if (task.StartedAt is { } started)
            xml.WriteAttributeString("timestamp", started.UtcDateTime.ToString("s", CultureInfo.InvariantCulture));

        StartCase(xml, task.Id, "task", end.DurationMs);
        if (isFailure || isError)
            WriteProblem(xml, isFailure ? "failure" : "error", end.Outcome, end.Message, end.Reason);
        xml.WriteEndElement();

        foreach (var check in end.Checks)
        {
            StartCase(xml, task.Id, $"check {check.Id}", check.DurationMs);
            if (IsRed(check) || IsBroken(check))
            {
                var ran = runs[(check.Id, check.Round)].LastOrDefault();
                var message =
                    check.Message
                    ?? $"{check.Outcome}, exit code {check.ExitCode?.ToString(CultureInfo.InvariantCulture) ?? "none"}";
                var names = string.Concat((check.NamedTests ?? []).Select(name => $"{name}\n"));
                var text = names + ran?.Tail;
                WriteProblem(xml, IsRed(check) ? "failure" : "error", check.Reason ?? check.Outcome, message, text);
            }
            xml.WriteEndElement();
        }
        xml.WriteEndElement();
    }

    private static bool IsRed(CheckSummary check) => check.Outcome == "fail";

    private static bool IsBroken(CheckSummary check) => check.Outcome is not ("fail" or "pass");

    private static void StartCase(XmlWriter xml, string task, string name, long durationMs)
    {
        xml.WriteStartElement("testcase");
        xml.WriteAttributeString("classname", task);
        xml.WriteAttributeString("name", Clean(name));
        xml.WriteAttributeString("time", Seconds(durationMs));
    }

    private static void WriteProblem(XmlWriter xml, string element, string type, string message, string text)
    {
        xml.WriteStartElement(element);
        xml.WriteAttributeString("type", Clean(type));
        xml.WriteAttributeString("message", Clean(message));
        xml.WriteString(Clean(text));
        xml.WriteEndElement();
    }

    private static string Count(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Seconds(long ms) => (ms / 1000.0).ToString("0.000", CultureInfo.InvariantCulture);

    /// <summary>U+FFFE and U+FFFF are characters for Unicode but not for XML; what else XML refuses is made visible.</summary>
    private static string Clean(string text) =>
        VisibleText.Of(text).Replace('\uFFFE', '\uFFFD').Replace('\uFFFF', '\uFFFD');
}
