using ClawCi.Configuration;
using ClawCi.Permissions;
using ClawCi.Sandboxes;

namespace ClawCi.Runs;

/// <summary>What confines the agent: by flag or environment, under what the policies allow. A task has no say in it.</summary>
internal static class SandboxChoice
{
    public const string Docker = "docker";
    public const string None = "none";

    /// <exception cref="UserErrorException">A policy insists on Docker.</exception>
    public static SandboxKind Resolve(RunRequest request, IReadOnlyList<Policy> policies, Origins origins)
    {
        var (word, source) =
            Control.Given(request.CommandLine.Sandbox) is { } flag ? (flag, "--sandbox")
            : Control.Given(request.Environment.Sandbox) is { } variable ? (variable, Control.Sandbox)
            : (Docker, Origins.BuiltIn);
        if (source != Origins.BuiltIn)
            origins.Add("sandbox", word, source);
        if (word != None)
            return SandboxKind.Docker;
        if (policies.FirstOrDefault(policy => policy.Document.Value.Sandbox == PolicySandbox.Docker) is { } policy)
        {
            var place = policy.Document.PlaceOf("sandbox");
            throw new UserErrorException([
                new(
                    policy.Document.File.Name,
                    place.Line,
                    place.Column,
                    $"this policy insists on a sandbox, and {source} says `none`"
                ),
            ]);
        }
        return SandboxKind.None;
    }

    /// <summary>Where there is no container, the workspace is a copy in a directory of the task's own.</summary>
    public static SandboxSpec Place(
        SandboxSpec spec,
        SandboxKind kind,
        RunRequest request,
        string runId,
        string taskId
    ) =>
        kind == SandboxKind.Docker
            ? spec
            : spec with
            {
                Kind = kind,
                Workspace = Path.Combine(Path.GetTempPath(), $"claw-ci-{runId}-{taskId}", "workspace"),
                SearchPath = request.Environment.SearchPath,
            };
}
