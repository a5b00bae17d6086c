using ClawCi.Configuration;
using ClawCi.Permissions;
using ClawCi.Runs.Planning.TaskFiles;
using ClawCi.Sandboxes;

namespace ClawCi.Runs.Planning;

/// <summary>Resolves <c>sandbox.mounts</c>: what of this machine a task may see, and where.</summary>
/// <param name="checkout">Absolute path of the task's workspace.</param>
internal sealed class MountPlan(
    TaskSource task,
    RunRequest request,
    string checkout,
    IReadOnlyList<Policy> policies,
    Origins origins
)
{
    /// <summary>Of the container's own, or ours in it.</summary>
    private static readonly string[] Taken = ["/proc", "/sys", "/dev", "/claw"];
    private static readonly string[] TakenThemselves = ["/tmp", "/run", "/home/claw"];

    /// <exception cref="UserErrorException">A source that is not there or must stay unseen, or a target that is taken.</exception>
    public IReadOnlyList<SandboxMount> Resolve(SandboxSpec sandbox)
    {
        var sections = task.File.Sandbox.Mounts ?? [];
        if (sections.Count > 0 && sandbox.Kind != SandboxKind.Docker)
            throw Error(0, "source", "mounts need a container, and there is none with --sandbox none.");
        if (
            sections.Count > 0
            && policies.FirstOrDefault(policy => policy.Document.Value.Mounts == false) is { } forbids
        )
            throw Error(0, "source", $"mounts are forbidden by {forbids.Document.SourceOf("mounts")}.");
        var mounts = sections.Select((section, index) => Resolve(section, index, sandbox.Workspace)).ToList();
        for (var i = 0; i < mounts.Count; i++)
            if (mounts[..i].Any(earlier => earlier.Target == mounts[i].Target))
                throw Error(i, "target", $"{mounts[i].Target} is the target of another mount.");
        origins.Add(
            "sandbox.mounts",
            mounts.Count == 0
                ? "none"
                : string.Join(", ", mounts.Select(mount => $"{mount.Target} from {mount.Source}")),
            task.File.Sandbox.Mounts is null ? Origins.BuiltIn : task.Document.SourceOf("sandbox", "mounts")
        );
        return mounts;
    }

    private SandboxMount Resolve(MountSection section, int index, string workspace)
    {
        var home = request.Environment.Home ?? "/root";
        var path =
            section.Source == "~" || section.Source.StartsWith("~/", StringComparison.Ordinal)
                ? home + section.Source[1..]
                : TaskSource.Resolve(task.Document.File.Name, section.Source);
        string[] unseen = [Path.GetFullPath(request.OutDirectory), Path.GetFullPath(request.Workspace), checkout];
        if (MountSource.Resolve(path, home, unseen, out var problem) is not { } source)
            throw Error(index, "source", $"{problem}.");
        var target = section.Target;
        if (
            Taken
                .Append(workspace)
                .Any(taken => MountSource.IsWithin(target, taken) || MountSource.IsWithin(taken, target))
            || TakenThemselves.Any(taken => MountSource.IsWithin(taken, target))
        )
            throw Error(
                index,
                "target",
                $"{target} is taken by the sandbox itself. Mount it elsewhere, such as /cache."
            );
        return new SandboxMount(source, target);
    }

    private UserErrorException Error(int index, string key, string message)
    {
        var place = task.Document.PlaceOf("sandbox", "mounts", index, key);
        return new UserErrorException([new(task.Document.File.Name, place.Line, place.Column, message)]);
    }
}
