namespace ClawCi.Events;

/// <summary>How the model says that its task ended: a claim, which can make an outcome worse and never better.</summary>
/// <param name="Outcome"><c>done</c>, <c>nothing-to-do</c> or <c>cannot</c>.</param>
internal sealed record ReportedOutcome(string Outcome, string Reason)
{
    public const string Done = "done";
    public const string NothingToDo = "nothing-to-do";
    public const string Cannot = "cannot";
}
