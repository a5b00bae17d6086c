using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Xunit;

namespace ClawCi.Cli.Tests.BadDays;

/// <summary>Spans and metrics on a real wire, and endpoints that do not take them.</summary>
public sealed class TelemetryTests
{
    private const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    private const string Span = "00f067aa0ba902b7";

    [Fact]
    public async Task Spans_and_metrics_arrive_below_the_pipelines_span_and_hold_nothing_that_was_written()
    {
        using var collector = new Collector();
        using var day = Day(collector.Endpoint);
        day.Environment["OTEL_EXPORTER_OTLP_HEADERS"] = "x-api-key=collector-key-0815-4711";
        day.Environment["OTEL_RESOURCE_ATTRIBUTES"] = "deployment.environment=test";
        day.Environment["TRACEPARENT"] = $"00-{Trace}-{Span}-01";
        var ending = await day.RunAsync();
        await ending.IsAsync(0, "success");
        Assert.DoesNotContain("Telemetry", ending.Error, StringComparison.Ordinal);

        Assert.All(collector.Requests, request => Assert.Equal("collector-key-0815-4711", request.Key));
        Assert.All(collector.Requests, request => Assert.Equal("application/x-protobuf", request.Type));
        var traces = Sent(collector, "/v1/traces").ToList();
        var resource = traces[0].All(1, 1).First().Attributes(1);
        Assert.Equal(("claw-ci", "test"), (resource["service.name"], resource["deployment.environment"]));
        var spans = traces.SelectMany(message => message.All(1, 2, 2)).ToList();
        Assert.All(spans, span => Assert.Equal(Trace, span.Hex(1)));
        var task = Assert.Single(spans, span => span.Text(5) == "invoke_agent bad-day");
        Assert.Equal(Span, task.Hex(4));
        Assert.Equal("success", task.Attributes(9)["claw_ci.outcome"]);
        Assert.All(spans.Where(span => span != task), span => Assert.Equal(task.Hex(2), span.Hex(4)));
        Assert.Equal(
            ["chat", "chat", "execute_tool bash", "sandbox agent"],
            spans
                .Where(span => span != task)
                .Select(span => Regex.Replace(span.Text(5), "^chat .*", "chat"))
                .Order(StringComparer.Ordinal)
        );
        var reply = spans.First(span => span.Text(5).StartsWith("chat", StringComparison.Ordinal)).Attributes(9);
        Assert.Equal("chat", reply["gen_ai.operation.name"]);
        Assert.True(long.Parse(reply["gen_ai.usage.output_tokens"]) > 0);

        var metrics = Sent(collector, "/v1/metrics")
            .SelectMany(message => message.All(1, 2, 2))
            .Select(one => one.Text(1));
        Assert.Superset(
            new HashSet<string> { "gen_ai.client.token.usage", "gen_ai.client.operation.duration", "claw_ci.tasks" },
            metrics.ToHashSet()
        );
        foreach (var (_, _, _, body) in collector.Requests)
        {
            var text = Encoding.Latin1.GetString(body);
            foreach (var written in new[] { "Do what has", "canary", "Nothing more to do", day.Root })
                Assert.DoesNotContain(written, text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("gone", "refused")]
    [InlineData("silent", "could not be sent in 2 s")]
    [InlineData("broken", "it answers 503")]
    public async Task An_endpoint_that_does_not_take_telemetry_is_said_once_and_harms_nothing(string kind, string says)
    {
        using var broken = new Collector(503);
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        using var day = Day(
            kind switch
            {
                "gone" => "http://127.0.0.1:1",
                "silent" => $"http://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}",
                _ => broken.Endpoint,
            }
        );
        var ending = await day.RunAsync();
        await ending.IsAsync(0, "success");
        Assert.Single(Regex.Matches(ending.Error, "Telemetry (?:does not reach|is not complete)"));
        // On a machine under load its patience ends before it hears why.
        Assert.Matches($"{says}|could not be sent in 2 s|no answer in time", ending.Error);
    }

    [Fact]
    public async Task An_endpoint_that_is_no_address_starts_nothing()
    {
        using var day = Day("collector:4318");
        var end = (await day.RunAsync()).End;
        Assert.Equal(3, end.ExitCode);
        Assert.Contains("OTEL_EXPORTER_OTLP_ENDPOINT is not an address", end.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(day.Out));
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_HEADERS", "secret")]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "a=b,,secret=x")]
    public async Task Headers_that_are_none_start_nothing(string name, string value)
    {
        using var day = Day("http://127.0.0.1:1");
        day.Environment[name] = value;
        var end = (await day.RunAsync()).End;
        Assert.Equal(3, end.ExitCode);
        Assert.Contains($"{name} is not a list", end.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("secret=x", end.Error, StringComparison.Ordinal);
    }

    private static BadDay Day(string endpoint, [System.Runtime.CompilerServices.CallerMemberName] string test = "")
    {
        var day = new BadDay(test: test).Script(BadDay.Bash("echo canary >> a.txt"), "text: Nothing more to do.");
        day.Environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = endpoint;
        return day;
    }

    private static IEnumerable<ProtoMessage> Sent(Collector collector, string path) =>
        collector.Requests.Where(request => request.Path == path).Select(request => new ProtoMessage(request.Body));
}
