using System.Text.Json.Nodes;
using ClawCi.Artifacts;
using ClawCi.Sandboxes.Docker;
using ClawCi.Sandboxes.Probes;

namespace ClawCi.Cli.Console;

/// <summary>What <c>sandbox check</c> prints: a line a probe as it becomes known, or one JSON object at the end.</summary>
internal sealed class ProbeReport(TextWriter output, DockerEngine engine, string? image, TimeProvider time)
{
    private const string Schema = "claw-ci.sandbox-check/v1";
    private const int Column = 58;
    private readonly long _started = time.GetTimestamp();
    private string _group = "";

    public void WriteHead() =>
        output.WriteLine(
            VisibleText.Line(
                $"Docker {engine.Version} at {engine.Endpoint}, {(image is null ? "an image with nothing in it" : $"image {image}")}. Every attempt must fail:"
            )
        );

    public void Write(ProbeResult result)
    {
        if (result.Probe.Group != _group)
        {
            _group = result.Probe.Group;
            output.WriteLine();
            output.WriteLine(_group);
        }
        var word = result.Finding.Verdict switch
        {
            ProbeVerdict.Holds => "holds",
            ProbeVerdict.Broken => "BROKEN",
            _ => "UNKNOWN",
        };
        output.WriteLine(
            VisibleText.Line($"  {word, -8} {result.Probe.Tries.PadRight(Column)} {result.Finding.Detail}").TrimEnd()
        );
        output.Flush();
    }

    public void WriteEnd(IReadOnlyList<ProbeResult> results)
    {
        output.WriteLine();
        foreach (var result in results.Where(result => !result.Holds))
            output.WriteLine(VisibleText.Line($"{result.Probe.Id} does not hold: {result.Finding.Detail}"));
        output.WriteLine(
            $"{results.Count(result => result.Holds)} of {results.Count} hold ({time.GetElapsedTime(_started).TotalSeconds:0.0} s)"
        );
    }

    public void WriteJson(IReadOnlyList<ProbeResult> results)
    {
        var report = new JsonObject
        {
            ["schema"] = Schema,
            ["docker"] = engine.Version,
            ["image"] = image,
            ["holds"] = results.All(result => result.Holds),
            ["total"] = results.Count,
            ["held"] = results.Count(result => result.Holds),
            ["duration_ms"] = (long)time.GetElapsedTime(_started).TotalMilliseconds,
            ["probes"] = new JsonArray([
                .. results.Select(result => new JsonObject
                {
                    ["id"] = result.Probe.Id,
                    ["group"] = result.Probe.Group,
                    ["tries"] = result.Probe.Tries,
                    ["verdict"] = $"{result.Finding.Verdict}".ToLowerInvariant(),
                    ["detail"] = result.Finding.Detail,
                }),
            ]),
        };
        output.Write(IndentedJson.Of(report));
    }
}
