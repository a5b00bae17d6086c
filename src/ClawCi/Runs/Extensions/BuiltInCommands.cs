namespace ClawCi.Runs.Extensions;

/// <summary>The commands that make sense with nobody there: each is a whole task by itself.</summary>
internal static class BuiltInCommands
{
    public static IReadOnlyList<Command> All { get; } =
    [
        new(
            "init",
            """
            Write AGENTS.md at the top of the workspace, for agents that will work here: what the project is, in two sentences; the
            commands that build it, test it and run one test, each tried out; where what is; the conventions that a stranger would get
            wrong. Only what you have verified, nothing that every project has, at most 80 lines. Where there is one already, mend what is
            wrong in it and keep the rest. $ARGUMENTS
            """,
            Planning.Origins.BuiltIn
        )
        {
            Description = "write or mend AGENTS.md",
        },
        new(
            "review",
            """
            Review a change; change nothing. What is reviewed, unless this says otherwise, is what the current branch adds to the branch it
            will be merged into, and what is not committed: $ARGUMENTS
            Read the change and the code around it. Report what is wrong with it: errors of logic, broken promises of its callers, missing
            error handling, holes in security, missing tests for what it adds. No remarks on style. For each finding: file and line, what
            happens and when, and how to mend it; the gravest first. Verify each by reading or running before you report it. When
            there is nothing, say so in a sentence. End with report_outcome: nothing-to-do.
            """,
            Planning.Origins.BuiltIn
        )
        {
            Description = "review what the branch adds, and change nothing",
            ChangesFiles = false,
        },
        new(
            "commit-message",
            """
            Write the message of a commit for what is not committed yet, or for this: $ARGUMENTS
            Read the changes, and the last messages for the manner of this project. Change nothing and commit nothing. Your last message is the
            commit message and nothing else: a line of at most 72 characters that says what changes, an empty line, and why, where that does
            not go without saying.
            """,
            Planning.Origins.BuiltIn
        )
        {
            Description = "the commit message for what is not committed",
            ChangesFiles = false,
        },
    ];
}
