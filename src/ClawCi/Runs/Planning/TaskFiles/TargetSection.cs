using System.ComponentModel;
using ClawCi.Configuration;

namespace ClawCi.Runs.Planning.TaskFiles;

/// <summary>One of <c>targets</c>.</summary>
internal sealed record TargetSection
{
    public const string DefaultUser = "x-access-token";

    [Description(
        "A directory, relative to the run's workspace, which is worked on in place; or the address of a repository, https or file, of which a clone is made."
    )]
    [Text(TextFormat.NotEmpty)]
    public required string Repository { get; init; }

    [Description(
        "A branch, a tag or a commit, of which a clone is made. Default: of an address its default branch, of a directory what is in it."
    )]
    [Text(TextFormat.Reference)]
    public string? Ref { get; init; }

    [Description("The directory in the repository that is the workspace: all that the agent sees. Default: its root.")]
    [Text(TextFormat.WorkspacePath)]
    public string? Path { get; init; }

    [Description("Name of the secret that the address is read with: it never leaves the runner.")]
    [Text(TextFormat.Variable)]
    public string? Token { get; init; }

    [Description("The user that the token is of. Default x-access-token, which GitHub and GitLab take.")]
    [Text(TextFormat.Name)]
    public string? User { get; init; }
}
