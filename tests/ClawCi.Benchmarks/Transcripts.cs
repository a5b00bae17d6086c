using System.Diagnostics;
using System.Text.Json;
using ClawCi.Events;
using ClawCi.Messages;
using ClawCi.Sessions;

namespace ClawCi.Benchmarks;

/// <summary>How fast a transcript is written, flushed line by line, read back and held against its format.</summary>
internal static class Transcripts
{
    private const int Events = 50_000;

    public static async Task<bool> RunAsync(Bench bench)
    {
        var path = Path.Combine(bench.Directory, "transcript.jsonl");
        // The first round warms up the compiler.
        double write = 0,
            read = 0,
            check = 0,
            copy = 0;
        for (var i = 0; i < 3; i++)
        {
            write = await SecondsAsync(() => Write(path));
            read = await SecondsAsync(() => Expect(TranscriptReader.Read(path).Count));
            check = await SecondsAsync(() =>
                Expect(TranscriptCheck.Of(path) is { Errors.Count: 0 } good ? good.Lines : -1)
            );
            copy = await SecondsAsync(() => Copy(path));
        }
        Console.WriteLine(
            $"     {new FileInfo(path).Length / Events} bytes an event; as many bare appends, flushed: {copy:0.00} s (writing takes {write / copy:0.0} times that)"
        );
        var kept = Bench.Report($"writing {Events} transcript events", write, 1, "s");
        kept &= Bench.Report($"reading {Events} transcript events", read, 1, "s");
        return kept & Bench.Report($"checking {Events} transcript events", check, 1, "s");
    }

    private static async Task<double> SecondsAsync(Action action) =>
        (
            await Bench.CpuTimeAsync(() =>
            {
                action();
                return Task.CompletedTask;
            })
        ).TotalSeconds;

    private static void Write(string path)
    {
        var masker = new SecretMasker();
        masker.Add("sk-ant-api03-a-secret-that-is-nowhere");
        using var writer = new TranscriptWriter(Create(path), "run", "task", masker, TimeProvider.System);
        var input = JsonElement.Parse("""{"command":"dotnet test --no-build 2>&1 | tail -n 20"}""");
        for (var i = 0; i < Events; i += 5)
        {
            var id = $"toolu_{i}";
            writer.On(new MessageAdded(Role.Assistant, [new TextBlock(Text), new ToolUseBlock(id, "bash", input)], i));
            writer.On(new ToolCalled(id, "bash", input, i));
            writer.On(new PolicyDecided(id, "bash", "allow", "build", "policy.yaml:3", "Allowed by a rule.", "dotnet"));
            writer.On(new ToolAnswered(id, "bash", false, 0, 1204, 2048, false, "exit"));
            writer.On(new MessageAdded(Role.User, [new ToolResultBlock(id, Text, false)], i));
        }
    }

    private static void Copy(string path)
    {
        using var from = File.OpenRead(path);
        using var to = Create(path + ".copy");
        var lines = new LineReader(from);
        while (lines.TryRead(out var line))
        {
            to.Write(line.Span);
            to.Flush();
        }
    }

    private static FileStream Create(string path) =>
        new(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);

    private static void Expect(long lines)
    {
        if (lines != Events)
            throw new UnreachableException($"{lines} lines");
    }

    private const string Text =
        "Two failures, both about the total. Let me look at how it is computed and who uses it.\nRan 14 tests in 0.024s\n\nFAILED (failures=2)\n";
}
