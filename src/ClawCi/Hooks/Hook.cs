using ClawCi.Configuration;

namespace ClawCi.Hooks;

/// <summary>A command that is asked or told at a certain moment.</summary>
/// <param name="Tools">Own names of the tools that it is about; null is all.</param>
/// <param name="Directory">Where it runs: the directory of the file that declares it.</param>
/// <param name="Source">Who says so: <c>settings.yaml:12</c>.</param>
internal sealed record Hook(
    HookEvent Event,
    IReadOnlyList<string>? Tools,
    string Run,
    string Directory,
    TimeSpan Timeout,
    string Source
)
{
    public HookPlace Place { get; init; }

    /// <summary>Names of variables of the runner's environment that it gets.</summary>
    public IReadOnlyList<string> Variables { get; init; } = [];
}
