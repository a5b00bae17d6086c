using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using ClawCi.Events;
using ClawCi.Sessions;
using ClawCi.Telemetry;
using ClawCi.Tests.Artifacts;
using ClawCi.TestSupport;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ClawCi.Tests.Telemetry;

/// <summary>One class: what listens to a source hears every source of that name.</summary>
public sealed class RunTelemetryTests
{
    private static readonly ActivityContext Pipeline = new(
        ActivityTraceId.CreateFromString("4bf92f3577b34da6a3ce929d0e0e4736"),
        ActivitySpanId.CreateFromString("00f067aa0ba902b7"),
        ActivityTraceFlags.Recorded
    );

    [Fact]
    public void A_run_is_one_tree_of_spans_below_the_pipelines_and_holds_nothing_that_was_written()
    {
        var (spans, metrics) = Observe(SampleEvents(), new SecretMasker());

        var task = Assert.Single(spans, span => span.DisplayName.StartsWith("invoke_agent", StringComparison.Ordinal));
        Assert.Equal(Pipeline.SpanId, task.ParentSpanId);
        Assert.All(spans, span => Assert.Equal(Pipeline.TraceId, span.TraceId));
        Assert.All(spans.Where(span => span != task), span => Assert.Equal(task.SpanId, span.ParentSpanId));
        Golden.Matches(string.Concat(spans.Select(Text)) + metrics);
    }

    [Fact]
    public void Names_that_are_the_models_words_are_masked_and_bounded()
    {
        var masker = new SecretMasker();
        masker.Add("hunter2-hunter2-hunter2");
        var name = "hunter2-hunter2-hunter2\e[2J" + new string('x', 500);
        var events = SampleEvents()
            .Take(1)
            .Append(new ToolAnswered(name, name, true, null, 1, 1, false))
            .Append(SampleEvents().OfType<TaskEnded>().Single());

        var (spans, _) = Observe(events, masker);

        var tool = Assert.Single(spans, span => span.DisplayName.StartsWith("execute_tool", StringComparison.Ordinal));
        Assert.All(
            tool.TagObjects.Select(tag => $"{tag.Value}").Append(tool.DisplayName),
            text =>
            {
                Assert.DoesNotContain("hunter2", text, StringComparison.Ordinal);
                Assert.DoesNotContain('\e', text);
                Assert.InRange(text.Length, 1, 150);
            }
        );
    }

    [Fact]
    public void No_span_is_current_while_the_run_goes_on()
    {
        using var listener = Listener([]);
        using var telemetry = new RunTelemetry("run", default, new SecretMasker(), TimeProvider.System);

        telemetry.On(SampleEvents().First());

        Assert.Null(Activity.Current);
    }

    private static IEnumerable<RunEvent> SampleEvents() =>
        Encoding
            .UTF8.GetString(SampleRun.Transcript())
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => TranscriptReader.Parse(Encoding.UTF8.GetBytes(line)).Event!);

    private static (IReadOnlyList<Activity> Spans, string Metrics) Observe(
        IEnumerable<RunEvent> events,
        SecretMasker masker
    )
    {
        var spans = new List<Activity>();
        var measured = new StringBuilder();
        using var listener = Listener(spans);
        using var meters = new MeterListener
        {
            InstrumentPublished = (instrument, meters) =>
            {
                if (instrument.Meter.Name == RunTelemetry.Name)
                    meters.EnableMeasurementEvents(instrument);
            },
        };
        meters.SetMeasurementEventCallback<long>((i, value, tags, _) => Add(i, value, tags));
        meters.SetMeasurementEventCallback<double>((i, value, tags, _) => Add(i, value, tags));
        meters.Start();
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 20, 54, 31, TimeSpan.Zero));
        using (var telemetry = new RunTelemetry("run", Pipeline, masker, time))
        {
            foreach (var e in events)
            {
                time.Advance(TimeSpan.FromSeconds(1));
                telemetry.On(e);
            }
        }
        return (spans, $"{measured}");

        void Add(Instrument instrument, IFormattable value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
            measured.AppendLine(
                $"{instrument.Name} {value.ToString(null, CultureInfo.InvariantCulture)} {instrument.Unit} {string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"))}"
            );
    }

    private static ActivityListener Listener(List<Activity> ended)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == RunTelemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = ended.Add,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private static string Text(Activity span)
    {
        var text = new StringBuilder();
        text.AppendLine(
            $"{span.DisplayName} ({span.Kind}, {span.StartTimeUtc:HH:mm:ss.fff} + {span.Duration.TotalMilliseconds} ms, {span.Status})"
        );
        foreach (var (key, value) in span.TagObjects)
            text.AppendLine(
                $"  {key}: {(value is string[] several ? string.Join(", ", several) : Convert.ToString(value, CultureInfo.InvariantCulture))}"
            );
        foreach (var note in span.Events)
            text.AppendLine($"  * {note.Name} {string.Join(' ', note.Tags.Select(tag => $"{tag.Key}={tag.Value}"))}");
        return $"{text}";
    }
}
