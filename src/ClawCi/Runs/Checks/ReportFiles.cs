using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ClawCi.Sandboxes;

namespace ClawCi.Runs.Checks;

/// <summary>
/// The test reports that one command writes. What lay there before does not count, whoever put it there: a file must have
/// been changed after the command began, by the kernel's own clock.
/// </summary>
internal sealed class ReportFiles
{
    private const string Tool = "claw-ci/reports";
    private const int MostBytes = 8 << 20;
    private const int MostBytesTogether = 64 << 20;

    private readonly Sandbox _container;
    private readonly long _since;

    private ReportFiles(Sandbox container, long since) => (_container, _since) = (container, since);

    /// <summary>To be called right before the command.</summary>
    public static async Task<ReportFiles> BeginAsync(Sandbox container, CancellationToken ct)
    {
        var answer = await container.CallAsync(Tool, JsonElement.Parse("{}"), commandTimeout: null, ct);
        return new ReportFiles(
            container,
            long.TryParse(answer.Text, CultureInfo.InvariantCulture, out var time)
                ? time
                : throw new SandboxException(SandboxFailure.Lost, $"The sandbox does not tell the time: {answer.Text}")
        );
    }

    /// <summary>Reads what matches; to be called when the command has ended.</summary>
    /// <exception cref="TestReportException">There is none, or one cannot be relied on.</exception>
    public async Task<TestResults> ReadAsync(IReadOnlyList<string> globs, CancellationToken ct)
    {
        var paths = Paths(
            await CallAsync(
                new JsonObject { ["globs"] = new JsonArray([.. globs.Select(glob => JsonValue.Create(glob))]) },
                ct
            )
        );
        if (paths.Count == 0)
            throw new TestReportException($"it wrote no test report that matches {string.Join(" or ", globs)}");
        var cases = new List<TestCase>();
        long bytes = 0;
        foreach (var path in paths)
        {
            var answer = await CallAsync(new JsonObject { ["path"] = path }, ct);
            bytes += answer.Raw?.Length ?? 0;
            if (bytes > MostBytesTogether)
                throw new TestReportException(
                    $"its test reports have more than {MostBytesTogether >> 20} MiB together"
                );
            try
            {
                cases.AddRange(TestReport.Read(answer.Raw ?? []));
            }
            catch (TestReportException e)
            {
                throw new TestReportException($"its test report {VisibleText.Of(path)} cannot be read: {e.Message}");
            }
        }
        return new TestResults(cases);
    }

    private async Task<SandboxAnswer> CallAsync(JsonObject question, CancellationToken ct)
    {
        question["since"] = _since;
        var answer = await _container.CallAsync(
            Tool,
            JsonElement.Parse(question.ToJsonString()),
            commandTimeout: null,
            ct,
            rawBytes: MostBytes
        );
        return answer.IsError
            ? throw new TestReportException($"its test reports cannot be read: {VisibleText.Of(answer.Text)}")
            : answer;
    }

    private static List<string> Paths(SandboxAnswer answer)
    {
        try
        {
            using var list = JsonDocument.Parse(answer.Text);
            return [.. list.RootElement.EnumerateArray().Select(path => path.GetString()!)];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new TestReportException("the sandbox does not say which test reports there are");
        }
    }
}
