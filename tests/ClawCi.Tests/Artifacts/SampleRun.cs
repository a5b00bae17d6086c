using System.Runtime.CompilerServices;
using System.Text.Json;
using ClawCi.Events;
using ClawCi.Messages;
using ClawCi.Sessions;
using Microsoft.Extensions.Time.Testing;

namespace ClawCi.Tests.Artifacts;

/// <summary>
/// The story told by tests/Fixtures/sample-run: nine turns, a denial, a retry, a red and a green round of checks, and
/// a patch with every kind of file.
/// </summary>
internal static class SampleRun
{
    public const string TaskId = "fix-invoice-totals";
    private const string RunId = "20261122-2054-7f3a9c";
    private const string Model = "claude-sonnet-4-5-20250929";

    public static string FixtureDirectory() => Locate();

    /// <summary>Writes the transcript with the real writer at a made-up clock.</summary>
    public static byte[] Transcript()
    {
        using var file = new MemoryStream();
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 20, 54, 31, 207, TimeSpan.Zero));
        using var writer = new TranscriptWriter(file, RunId, TaskId, new SecretMasker(), time);
        foreach (var (after, runEvent) in Story())
        {
            time.Advance(TimeSpan.FromMilliseconds(after));
            writer.On(runEvent);
        }
        return file.ToArray();
    }

    private static string Locate([CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "../../Fixtures/sample-run"));

    private static IEnumerable<(int AfterMs, RunEvent Event)> Story() =>
        [
            (0, Started()),
            (3, User(0, Prompt)),
            (412, new SandboxStarted("setup", "5d1c0f7ab2e94c3f8b0d", 398)),
            (
                2310,
                new SetupRan("pip install --no-index -r requirements.txt", 0, 2304, "Requirement already satisfied\n")
            ),
            (377, new SandboxStarted("agent", "b90e44c1d5f27a6308ce", 371)),
            .. Turn(
                1,
                2140,
                "I'll run the test suite first to see what fails.",
                new Call("01", "bash", """{"command":"./scripts/test 2>&1 | tail -20"}""", 843, 1, FirstTests)
            ),
            .. Turn(
                2,
                1730,
                "Two failures, both about the total. Let me look at how it is computed and who uses it.",
                new("02", "read_file", """{"path":"src/prices/invoice.py"}""", 2, null, InvoiceSource),
                new("03", "grep_search", """{"pattern":"legacy|ROUND_","path":"src"}""", 4, null, GrepResult)
            ),
            (610, new ApiRetried(1, 6, 1240, "overloaded", 529, "Overloaded")),
            .. Turn(
                3,
                3420,
                "The discount divides by 10: a percentage must be divided by 100. The rounding looks wrong too.",
                Edit("04", "self.discount_percent / 10", "self.discount_percent / 100")
            ),
            .. Turn(4, 1510, "", new Call("05", "bash", """{"command":"./scripts/test"}""", 790, 1, SecondTests)),
            .. Turn(
                5,
                2260,
                "Half-cent totals must round up. I'll mend that, and share the first fix so that nobody waits for it.",
                Edit("06", "quantize(CENT, ROUND_DOWN)", "quantize(CENT, ROUND_HALF_UP)"),
                new("07", "bash", """{"command":"git push origin HEAD:fix-totals"}""", 0, null, NoPush, Rule: "no-push")
            ),
            .. Turn(
                6,
                4980,
                "Understood, I won't push. `ROUND_HALF_UP` has to be imported; I'll also drop the unused module and write the rule down.",
                new(
                    "08",
                    "bash",
                    """{"command":"sed -i 's/import ROUND_DOWN/import ROUND_HALF_UP/' src/prices/invoice.py && git rm -q src/prices/legacy.py && chmod +x scripts/test && ./scripts/test"}""",
                    911,
                    0,
                    "Ran 14 tests in 0.021s\n\n\e[32mOK\e[0m\n"
                ),
                new(
                    "09",
                    "write_file",
                    """{"path":"docs/rounding.md","content":"# Rounding\n\nTotals are rounded half up to the cent, as the tax office wants it.\n<script>alert(\"not run\")</script>\n"}""",
                    2,
                    null,
                    "Wrote 118 bytes to docs/rounding.md."
                )
            ),
            .. Turn(7, 1890, "All 14 tests pass. The discount is a percentage again and totals round half up."),
            (380, new SandboxStarted("checks", "1a77c0de99b04f2e8d31", 362)),
            (1240, Check("lint", 1, 0, "pass", 1236, "All checks passed!\n")),
            (1010, Check("test", 1, 1, "fail", 1004, ThirdTests)),
            (3, User(7, Feedback)),
            .. Turn(
                8,
                3050,
                "A case I missed: a discount above 100 % must be refused. I'll validate it when the invoice is made.",
                Edit("10", "    def subtotal(self) -> Decimal:\n", Guard + "    def subtotal(self) -> Decimal:\n")
            ),
            .. Turn(9, 2470, FinalText),
            (371, new SandboxStarted("checks", "77d2b0aa41ce4b0f9c55", 355)),
            (1190, Check("lint", 2, 0, "pass", 1187, "All checks passed!\n")),
            (1120, Check("test", 2, 0, "pass", 1115, "Ran 15 tests in 0.024s\n\nOK\n")),
            (
                2,
                new Warned(
                    "`.venv/lib/site.py` was changed but is ignored by the base's .gitignore; it is not in the patch."
                )
            ),
            (1, new FileChanged("CHANGELOG.md", "modified", 4, 2)),
            (0, new FileChanged("assets/logo.png", "modified", null, null)),
            (0, new FileChanged("docs/Preis\\xfcbersicht.txt", "modified", 1, 1)),
            (0, new FileChanged("docs/rounding.md", "added", 4, 0)),
            (0, new FileChanged("docs/source", "added", 1, 0)),
            (0, new FileChanged("scripts/test", "modified", 0, 0)),
            (0, new FileChanged("src/prices/invoice.py", "modified", 7, 3)),
            (0, new FileChanged("src/prices/legacy.py", "deleted", 0, 5)),
            (4, Ended()),
        ];

    private static RunStarted Started() =>
        new(
            Version: "0.1.0",
            Name: "fix-invoice-totals",
            Description: "Make the test suite green without touching the tests",
            TaskHash: "3b1f6f0f2fb1b9a0a4b1cbd1c59b1b0d9d4a2c0ce6a2b8a7d5f4e3c2b1a09f8e",
            PolicyHash: "9c0d3e5f7a8b1c2d4e6f8091a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5",
            PlanHash: "c4e1d2b3a4958677685940312213141506172839405162738495a6b7c8d9eafb",
            Image: new ImageReference(
                "python:3.13-slim",
                "sha256:5f1c2d3e4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0",
                "sha256:8e1f2a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f7"
            ),
            Model: "anthropic/claude-sonnet-4-5",
            Tools: ["bash", "read_file", "write_file", "edit_file", "glob_search", "grep_search"],
            Origins:
            [
                new("apply", "on-success", "built-in"),
                new("limits.max-cost-usd", "1.50", "--max-cost-usd"),
                new("limits.max-turns", "30", "task.yaml:22"),
                new("mode", "workspace-write", "policy.yaml:2"),
                new("model", "anthropic/claude-sonnet-4-5", "task.yaml:5"),
                new("protected-paths", ".git/**, .github/**, tests/**", "built-in, task.yaml:26"),
                new("sandbox.image", "python:3.13-slim", "task.yaml:15"),
                new("sandbox.network", "none", "built-in"),
            ],
            BaseCommit: "e83c5163316f89bfbde7d9ab23ca2e25604af290",
            Workspace: "/home/runner/work/shop/shop",
            System: "You are a coding agent that works unattended in a CI job. Nobody can answer questions.\nWork in /workspace.",
            SessionId: "20261122-2054-7f3a9c-fix-invoice-totals"
        );

    private static TaskEnded Ended() =>
        new(
            Subtype: "success",
            IsError: false,
            NumTurns: 9,
            DurationMs: 39_480,
            DurationApiMs: 23_450,
            TotalCostUsd: 0.0847m,
            Usage: new Usage(4_212, 2_316, 9_870, 61_344),
            ModelUsage: new Dictionary<string, ModelUsage>
            {
                ["claude-sonnet-4-5-20250929"] = new(4_212, 2_316, 61_344, 9_870, 0.0847m),
            },
            PermissionDenials:
            [
                new(
                    "bash",
                    "toolu_07",
                    Json("""{"command":"git push origin HEAD:fix-totals"}"""),
                    "no-push",
                    "Publishing happens after the task. Do not push."
                ),
            ],
            StructuredOutput: null,
            SessionId: "20261122-2054-7f3a9c-fix-invoice-totals",
            Result: FinalText,
            Outcome: "success",
            ExitCode: 0,
            Reason: "completed",
            Message: "The model finished and every check passed.",
            Retryable: false,
            LimitsHit: [],
            Checks: [new("lint", 2, "pass", 0, 1187), new("test", 2, "pass", 0, 1115)],
            Changes: new ChangeSummary(8, 17, 11, 3817, [new(".venv/lib/site.py", "ignored")]),
            Applied: "applied",
            Artifacts: ["transcript.jsonl", "changes.patch"],
            Redactions: 0
        );

    private static MessageAdded User(int turn, string text) => new(Role.User, [new TextBlock(text)], turn);

    private static IEnumerable<(int, RunEvent)> Turn(int turn, int ms, string text, params Call[] calls)
    {
        var usage = new Usage(468, 257, 1_096, 6_816);
        ContentBlock[] content =
        [
            .. text.Length > 0 ? [new TextBlock(text)] : Array.Empty<ContentBlock>(),
            .. calls.Select(call => new ToolUseBlock(call.UseId, call.Tool, call.Json)),
        ];
        var stop = calls.Length > 0 ? StopReasons.ToolUse : StopReasons.EndTurn;
        yield return (ms, new MessageAdded(Role.Assistant, content, turn, stop, Model, $"req_{turn:000}", usage, ms));
        yield return (0, new UsageAdded(Model, usage, 0.0094m, Times(usage, turn), 0.0094m * turn));
        foreach (var call in calls)
        {
            yield return (0, new ToolCalled(call.UseId, call.Tool, call.Json, turn));
            yield return (0, call.Decision);
            yield return (call.Ms, call.Answer);
        }
        if (calls.Length > 0)
            yield return (0, new MessageAdded(Role.User, [.. calls.Select(call => call.Result)], turn));
    }

    private static Call Edit(string id, string before, string after) =>
        new(
            id,
            "edit_file",
            $$"""{"path":"src/prices/invoice.py","old_string":{{JsonSerializer.Serialize(before)}},"new_string":{{JsonSerializer.Serialize(after)}}}""",
            3,
            null,
            "Replaced 1 occurrence in src/prices/invoice.py."
        );

    private sealed record Call(
        string Id,
        string Tool,
        string Input,
        int Ms,
        int? Exit,
        string Text,
        string? Rule = null
    )
    {
        public string UseId => $"toolu_{Id}";

        public JsonElement Json => SampleRun.Json(Input);

        public ToolResultBlock Result =>
            new(UseId, Rule is null ? Text : $"Denied by policy (rule {Rule}): {Text}", IsError);

        public ToolAnswered Answer => new(UseId, Tool, IsError, Exit, Ms, Rule is null ? Text.Length : 0, false);

        public PolicyDecided Decision =>
            Rule is null
                ? new(UseId, Tool, "allow", null, "built-in", "mode workspace-write", ToolSubject.Of(Json))
                : new(UseId, Tool, "deny", Rule, "policy.yaml:5", Text, ToolSubject.Of(Json));

        private bool IsError => Rule is not null || Exit > 0;
    }

    private static CheckRan Check(string id, int round, int exit, string outcome, int ms, string tail) =>
        new(
            id,
            round,
            id == "lint" ? "ruff check ." : "./scripts/test",
            exit,
            outcome,
            ms,
            $"checks/{round}-{id}.log",
            tail
        );

    private static Usage Times(Usage usage, int times) =>
        Enumerable.Repeat(usage, times).Aggregate(new Usage(), Usage.Add);

    private static JsonElement Json(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    private const string NoPush = "Publishing happens after the task. Do not push.";

    private const string GrepResult = "src/prices/invoice.py:4:from decimal import ROUND_DOWN, Decimal\n";

    private const string Guard = """
            def __post_init__(self) -> None:
                if not 0 <= self.discount_percent <= 100:
                    raise ValueError(f"discount_percent is {self.discount_percent}; it must be between 0 and 100")


        """;

    private const string Prompt = """
        The tests in tests/test_invoice.py fail. Find the cause and fix it in src/.
        Do not change the tests.
        """;

    private const string FirstTests = """
        FAIL: test_discount_is_a_percentage (tests.test_invoice.TotalTests)
        ----------------------------------------------------------------------
        Traceback (most recent call last):
          File "/workspace/tests/test_invoice.py", line 31, in test_discount_is_a_percentage
            self.assertEqual(invoice.total(), Decimal("90.00"))
        AssertionError: Decimal('0.00') != Decimal('90.00')

        Ran 14 tests in 0.024s

        FAILED (failures=2)

        """;

    private const string SecondTests = """
        FAIL: test_half_a_cent_rounds_up (tests.test_invoice.TotalTests)
        AssertionError: Decimal('10.00') != Decimal('10.01')

        Ran 14 tests in 0.022s

        FAILED (failures=1)

        """;

    private const string ThirdTests = """
        FAIL: test_a_discount_above_a_hundred_percent_is_refused (tests.test_invoice.GuardTests)
        ----------------------------------------------------------------------
        Traceback (most recent call last):
          File "/workspace/tests/test_invoice.py", line 58, in test_a_discount_above_a_hundred_percent_is_refused
            Invoice((item,), Decimal(150))
        AssertionError: ValueError not raised

        Ran 15 tests in 0.025s

        FAILED (failures=1)

        """;

    private const string Feedback = """
        The checks are red (round 1 of 3). Mend the cause; the checks will run again.

        Check test (./scripts/test) failed with exit code 1:
        AssertionError: ValueError not raised
        """;

    private const string FinalText = """
        The totals are right again:

        - `Invoice.discount` divided by 10 instead of 100.
        - Totals round half up, not down.
        - A discount outside 0–100 % is refused with a `ValueError`.

        All 15 tests pass. I removed `src/prices/legacy.py`, which nothing imported.
        """;

    private const string InvoiceSource = """
             1	"Invoices: line items, discounts and the total."
             2	
             3	from dataclasses import dataclass
             4	from decimal import ROUND_DOWN, Decimal
             5	
             6	CENT = Decimal("0.01")
             7	
             8	
             9	@dataclass(frozen=True)
            10	class LineItem:
            11	    name: str
            12	    quantity: int
            13	    unit_price: Decimal

        """;
}
