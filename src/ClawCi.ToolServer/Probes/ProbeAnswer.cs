using System.Runtime.InteropServices;

namespace ClawCi.ToolServer.Probes;

/// <summary>What came of an attempt: <c>held</c>, <c>broken</c> or <c>unknown</c>, and how it was seen.</summary>
internal sealed record ProbeAnswer(string Verdict, string Text)
{
    private const int NotPermitted = 1;
    private const int AccessDenied = 13;
    private const int NotImplemented = 38;

    public bool IsHeld => Verdict == "held";

    public static ProbeAnswer Held(string text) => new("held", text);

    public static ProbeAnswer Broken(string text) => new("broken", text);

    public static ProbeAnswer Unknown(string text) => new("unknown", text);

    /// <summary>
    /// Of a call whose permission check comes first: any other error than a refusal means that the call got past it.
    /// </summary>
    public static ProbeAnswer Guarded(Attempt attempt) =>
        attempt.Succeeded ? Broken("it was allowed")
        : attempt.Error is NotPermitted or AccessDenied or NotImplemented ? Held(Name(attempt.Error))
        : Broken($"nothing refused it, it went on and failed with {Name(attempt.Error)}");

    /// <summary>Held only by one of these errors; another one proves nothing.</summary>
    public static ProbeAnswer Refused(Attempt attempt, params ReadOnlySpan<int> errors) =>
        attempt.Succeeded ? Broken("it was allowed")
        : errors.Contains(attempt.Error) ? Held(Name(attempt.Error))
        : Unknown($"it failed with {Name(attempt.Error)}, which is no refusal");

    /// <summary>Held when all of them are; else the first that is not.</summary>
    public static ProbeAnswer All(IEnumerable<(string What, ProbeAnswer Answer)> attempts)
    {
        var held = new List<string>();
        foreach (var (what, answer) in attempts)
        {
            if (!answer.IsHeld)
                return answer with { Text = $"{what}: {answer.Text}" };
            held.Add(answer.Text);
        }
        return held.Count == 0 ? Unknown("there was nothing to try") : Held(string.Join(", ", held.Distinct()));
    }

    /// <summary>The error's text, such as <c>Operation not permitted</c>.</summary>
    public static string Name(int error) => Marshal.GetPInvokeErrorMessage(error);
}
