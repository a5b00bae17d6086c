using ClawCi.Sandboxes.Docker;

namespace ClawCi.Sandboxes.Probes;

/// <summary>Against what the probes run.</summary>
/// <param name="Image">Null is our own, with nothing in it: the probes bring what they need.</param>
/// <param name="Canary">A word that stands in this process's environment and nowhere in a sandbox.</param>
/// <param name="Holder">Program and arguments of a runner that prepares a sandbox on the directory named after them, prints
/// <see cref="KilledRunner.Ready"/>, and keeps it until it is killed.</param>
internal sealed record ProbeRequest(
    DockerEngine Engine,
    ToolServerBinary ToolServer,
    string? Image,
    string Canary,
    IReadOnlyList<string> Holder,
    IReadOnlyDictionary<string, string> HolderEnvironment
);
