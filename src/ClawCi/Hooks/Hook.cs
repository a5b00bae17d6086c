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
    /// <summary>Where the model's name of a tool is cut and gets a hash instead of its rest.</summary>
    private const int Uncut = 55;

    public HookPlace Place { get; init; }

    /// <summary>Names of variables of the runner's environment that it gets.</summary>
    public IReadOnlyList<string> Variables { get; init; } = [];

    /// <summary>Whether it is asked about the tool. Of MCP: <c>mcp</c> is every tool, <c>mcp__server</c> every one of a server; rather one too many.</summary>
    public bool IsAbout(string tool) =>
        Tools is null
        || Tools.Any(name =>
            tool.Equals(name, StringComparison.OrdinalIgnoreCase)
            || (name.StartsWith("mcp", StringComparison.Ordinal) && IsAboutMcp(name.TrimEnd('*', '.'), tool))
        );

    private static bool IsAboutMcp(string name, string tool) =>
        tool.StartsWith(name.EndsWith('_') ? name : $"{name}__", StringComparison.OrdinalIgnoreCase)
        || (name.Length > Uncut && tool.StartsWith(name[..Uncut], StringComparison.OrdinalIgnoreCase));
}
