using ClawCi.Configuration;
using ClawCi.Permissions;
using ClawCi.Sandboxes;

namespace ClawCi.Runs.Planning;

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
        UserError[] refusals = [.. policies.Select(policy => Refusal(policy, source)).OfType<UserError>()];
        return refusals.Length == 0 ? SandboxKind.None : throw new UserErrorException(refusals);
    }

    /// <summary>A ceiling that nothing would hold is a reason not to run.</summary>
    private static UserError? Refusal(Policy policy, string source)
    {
        var file = policy.Document.Value;
        var (key, insists) =
            file.Sandbox == PolicySandbox.Docker ? ("sandbox", "insists on a sandbox")
            : file.Network is not null ? ("network", "bounds the network, which only a sandbox does")
            : file.Images is not null ? ("images", "bounds the images, which only a sandbox has")
            : ("", "");
        if (key.Length == 0)
            return null;
        var place = policy.Document.PlaceOf(key);
        return new(
            policy.Document.File.Name,
            place.Line,
            place.Column,
            $"this policy {insists}, and {source} says `none`"
        );
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
