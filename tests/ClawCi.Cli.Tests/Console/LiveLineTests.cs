using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using ClawCi.Cli.Console;
using ClawCi.Cli.Tests.BadDays;
using ClawCi.Events;
using ClawCi.Messages;
using Xunit;

namespace ClawCi.Cli.Tests.Console;

/// <summary>The line that says what is going on: on real terminals, from the built program.</summary>
public sealed class LiveLineTests
{
    private const int Width = 100;
    private const string Hostile =
        """tool-uses: [{ name: "ev\e]0;x\a\e[2Jil\r\n::x", input: { command: "\e[31;5m\u009b2J\rgone" } }]""";

    [Fact]
    public async Task A_terminal_shows_a_line_that_is_gone_in_the_end_and_no_name_of_the_models_can_write_to_it()
    {
        using var day = new BadDay().Script(Hostile, BadDay.Bash("echo x >> a.txt"), "text: Done.");

        var (text, end) = await RunAsync(day);

        Assert.True(end.ExitCode == 0, text);
        Assert.Contains("\r\e[K", text, StringComparison.Ordinal);
        Assert.Contains("\e[2mbad-day  turn 1  ev⟨ESC⟩]0;x⟨BEL⟩", text, StringComparison.Ordinal);
        var rows = Screen.Rows(text, Width);
        Assert.DoesNotContain(rows, row => row.Contains("bad-day  turn", StringComparison.Ordinal));
        Assert.Contains(rows, row => row.StartsWith("✓ bad-day  success", StringComparison.Ordinal));
        Assert.Equal("", rows[^1]);
    }

    [Theory]
    [InlineData("TERM", "dumb", false, false)]
    [InlineData("CI", "true", false, true)]
    [InlineData("NO_COLOR", "1", true, false)]
    public async Task Plain_lines_where_nothing_else_is_wanted(string name, string value, bool isLive, bool isColoured)
    {
        using var day = new BadDay().Script("text: Done.");
        day.Environment[name] = value;

        var (text, _) = await RunAsync(day);

        Assert.Contains("turn ", text, StringComparison.Ordinal);
        Assert.Equal(isLive, text.Contains("\e[K", StringComparison.Ordinal));
        Assert.Equal(isColoured, text.Contains("\e[36m", StringComparison.Ordinal));
        Assert.Equal(isLive || isColoured, text.Contains('\e', StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task An_interrupted_run_leaves_whole_lines(int times)
    {
        using var day = new BadDay().Script(BadDay.Bash("sleep 1000"), "text: Done.");
        using var terminal = new PseudoTerminal(Width);
        using var process = Start(day, terminal);
        await terminal.UntilAsync(
            text => text.Contains("bad-day  turn 1  bash sleep 1000", StringComparison.Ordinal),
            TestContext.Current.CancellationToken
        );

        for (var i = 0; i < times; i++)
            await ExampleRun.ShellAsync("/", $"kill -INT {process.Id}");
        var end = await ClawCiProgram.EndAsync(process);

        var rows = Screen.Rows(await terminal.EndAsync(), Width);
        Assert.Equal(130, end.ExitCode);
        Assert.Contains(rows, row => row.StartsWith("CLAW_CI_STATUS: outcome=interrupted", StringComparison.Ordinal));
        Assert.Equal("", rows[^1]);
        Assert.DoesNotContain(rows, row => row.Contains("turn 1  bash sleep", StringComparison.Ordinal));
    }

    [Fact]
    public void The_line_is_written_anew_below_each_other_line()
    {
        using var capture = new LogCapture(new(Verbosity.Normal, false, 80, false, IsLive: true));
        var number = 0;
        capture.Live.Begin(_ => number.ToString(CultureInfo.InvariantCulture), isDim: false);

        capture.Time.Advance(TimeSpan.FromSeconds(1));
        capture.Log.Information("one");
        number = 1;
        capture.Time.Advance(TimeSpan.FromSeconds(30));
        capture.Live.Dispose();
        capture.Log.Information("two");
        capture.Time.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal("\r0\e[K\r\e[Kone\n0\r1\e[K\r\e[Ktwo\n", capture.Text);
    }

    [Theory]
    [InlineData(120, "fix-totals  turn 3  bash dotnet test 日本語  4 min 02 s  $0.12  182k in, 3,400 out")]
    [InlineData(72, "fix-totals  turn 3  bash dotnet test 日本語  4 min 02 s  $0.12")]
    [InlineData(48, "turn 3  bash dotnet test …  4 min 02 s  $0.12")]
    [InlineData(24, "bash dotn…  4 min 02 s")]
    [InlineData(9, "  4 mi…")]
    public void What_matters_least_is_left_out_where_there_is_no_room(int width, string expected)
    {
        using var capture = new LogCapture(new(Verbosity.Normal, false, 160, false));
        var progress = new Progress(
            new LineCutter(new(Verbosity.Normal, false, 160, false), capture.Masker),
            capture.Time
        );
        foreach (var runEvent in Events("dotnet test 日本語"))
            progress.Note(runEvent);
        capture.Time.Advance(TimeSpan.FromSeconds(242));

        Assert.Equal(expected, progress.Line(width));
        for (var columns = 1; columns < 200; columns++)
            Assert.InRange(Columns.Of(progress.Line(columns)), 0, Math.Max(columns - 1, 0));
    }

    private static IEnumerable<RunEvent> Events(string command) =>
        [
            LogCapture.SampleRun().OfType<RunStarted>().First() with
            {
                Name = "fix-totals",
            },
            new MessageAdded(Role.Assistant, [new TextBlock("So.")], 3),
            new UsageAdded("m", new Usage(), 0.12m, new Usage(2_000, 3_400, 0, 180_000), 0.12m),
            new ToolCalled(
                "1",
                "bash",
                JsonSerializer.SerializeToElement(new Dictionary<string, string> { ["command"] = command }),
                3
            ),
        ];

    private static async Task<(string Text, ProgramEnd End)> RunAsync(BadDay day)
    {
        using var terminal = new PseudoTerminal(Width);
        using var process = Start(day, terminal);
        var end = await ClawCiProgram.EndAsync(process);
        return (await terminal.EndAsync(), end);
    }

    /// <summary>With standard error on the terminal.</summary>
    private static Process Start(BadDay day, PseudoTerminal terminal)
    {
        var environment = new Dictionary<string, string?>(day.Environment);
        environment.TryAdd("TERM", "xterm-256color");
        environment.TryAdd("CI", "");
        return ClawCiProgram.Start(
            day.Root,
            day.Arguments(),
            environment,
            ["/bin/sh", "-c", $"""exec "$0" "$@" 2>{terminal.Path}""", ClawCiProgram.Path]
        );
    }
}
