using System.Diagnostics;
using System.Globalization;
using ClawCi.Permissions.Shell;
using Xunit;

namespace ClawCi.Tests.Permissions.Shell;

/// <summary>The reader against the shell itself. CLAW_CI_FUZZ_SCRIPTS asks for more than the suite has time for.</summary>
public sealed class BashComparisonTests
{
    private const int Batch = 1000;

    [Fact]
    public void What_bash_executes_was_seen_by_the_reader()
    {
        var wanted = Environment.GetEnvironmentVariable("CLAW_CI_FUZZ_SCRIPTS") is { Length: > 0 } given
            ? int.Parse(given, CultureInfo.InvariantCulture)
            : Batch;
        var seed = wanted == Batch ? 20260101 : Random.Shared.Next();
        var (read, executed) = (0, 0);
        Parallel.For(
            0,
            wanted / Batch,
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount },
            () => new BashTrace(),
            (batch, _, bash) =>
            {
                var (batchRead, batchExecuted) = Compare(seed + (batch * Batch), bash);
                Interlocked.Add(ref read, batchRead);
                Interlocked.Add(ref executed, batchExecuted);
                return bash;
            },
            bash => bash.Dispose()
        );
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{wanted} scripts, {read} read, {executed} commands executed, seed {seed}"
        );
        Assert.True(read > wanted / 3, $"only {read} of {wanted} scripts are read");
        Assert.True(executed > wanted / 2, $"only {executed} commands were executed");
    }

    /// <returns>How many of a batch's scripts the reader read, and how many commands bash executed in all of them.</returns>
    private static (int Read, int Executed) Compare(int seed, BashTrace bash)
    {
        var generator = new ScriptGenerator(new Random(seed));
        string[] scripts = [.. Enumerable.Range(0, Batch).Select(_ => generator.Script())];
        var traces = bash.Run(scripts);
        var (read, executed) = (0, 0);
        for (var i = 0; i < scripts.Length; i++)
        {
            var reading = ShellReading.Of(scripts[i]);
            var isRead = ShellParser.Parse(scripts[i], new ParseBounds(), out _) is not null;
            Assert.True(
                !isRead || traces[i] is not null,
                $"seed {seed}, {i}: bash does not take this for a script:\n{scripts[i]}"
            );
            read += isRead ? 1 : 0;
            foreach (var command in traces[i] ?? [])
            {
                executed++;
                Assert.True(
                    reading.Commands.Any(seen => Covers(seen, command)),
                    $"seed {seed}, {i}: `{string.Join(' ', command)}` was executed and not seen:\n{scripts[i]}\n--- {string.Join(" | ", reading.Commands)}"
                );
            }
        }
        return (read, executed);
    }

    [Fact]
    public void A_line_that_is_read_is_one_that_bash_reads()
    {
        var random = new Random(7);
        string[] lines =
        [
            .. CorpusTests.Read("bypass.txt").Concat(CorpusTests.Read("everyday.txt")).Select(fields => fields[1]),
        ];
        List<string> wrong = [];
        for (var i = 0; i < 400; i++)
        {
            var line = Mutate(lines[random.Next(lines.Length)], random);
            if (ShellParser.Parse(line, new ParseBounds(), out _) is not null && !IsScript(line))
                wrong.Add(line);
        }
        Assert.Empty(wrong);
    }

    [Fact]
    public void Every_everyday_line_is_read() =>
        Assert.DoesNotContain(
            CorpusTests.Read("everyday.txt"),
            fields => ShellParser.Parse(fields[1], new ParseBounds(), out _) is null
        );

    /// <summary>A few characters taken out, put in or doubled.</summary>
    private static string Mutate(string line, Random random)
    {
        const string Marks = "()'\"`$;&|<>{}[]\\\n #!=*~%ab1-";
        for (var i = random.Next(3); i >= 0; i--)
        {
            var at = random.Next(line.Length + 1);
            line =
                random.Next(3) == 0 && at < line.Length
                    ? line.Remove(at, 1)
                    : line.Insert(at, Marks[random.Next(Marks.Length)].ToString());
        }
        return line;
    }

    private static bool IsScript(string line)
    {
        var start = new ProcessStartInfo("bash", ["--norc", "-n", "-c", line]) { RedirectStandardError = true };
        using var bash = Process.Start(start)!;
        bash.StandardError.ReadToEnd();
        bash.WaitForExit();
        return bash.ExitCode == 0;
    }

    /// <summary>Nothing that leaves a trace only steers the shell: an allow-list must be asked about it.</summary>
    private static bool Covers(ShellCommand seen, string[] executed) =>
        seen.Why is not null || (!seen.ForDeny && Covers(seen.Words, 0, executed, 0));

    private static bool Covers(IReadOnlyList<ShellWord> words, int word, string[] executed, int at)
    {
        if (word == words.Count)
            return at == executed.Length;
        if (words[word].Kind == WordKind.Many)
            return Enumerable.Range(at, executed.Length - at + 1).Any(next => Covers(words, word + 1, executed, next));
        return at < executed.Length && words[word].MayBe(executed[at]) && Covers(words, word + 1, executed, at + 1);
    }
}
