using System.ComponentModel;

namespace ClawCi.Configuration;

/// <summary>One of the <c>hooks</c> of a policy or of settings.</summary>
internal sealed record HookSection
{
    [Description("The moment.")]
    public required HookEvent Event { get; init; }

    [Description("Of pre-tool-use and post-tool-use: tools, such as bash or Edit|Write. Default: all.")]
    [Text(TextFormat.NotEmpty)]
    public string? Matcher { get; init; }

    [Description(
        "A shell command. It gets JSON on its standard input. Its directory is the file's, in the sandbox the workspace."
    )]
    [Text(TextFormat.NotEmpty)]
    public required string Run { get; init; }

    [Description("Longest run of the command. Default 60s.")]
    public Duration? Timeout { get; init; }

    [Description("Where the command runs. Default host.")]
    public HookPlace? RunIn { get; init; }

    [Description(
        "Variables of the runner's environment that the command gets, beside PATH and LANG. Not in the sandbox."
    )]
    [Text(TextFormat.Variable)]
    public IReadOnlyList<string>? Env { get; init; }
}

/// <summary>When a hook runs.</summary>
internal enum HookEvent
{
    SessionStart,
    UserPromptSubmit,
    PreToolUse,
    PostToolUse,
    PreCompact,
    Stop,
    SessionEnd,
}

/// <summary>Where a hook's command runs.</summary>
internal enum HookPlace
{
    Host,
    Sandbox,
}
