namespace ClawCi.Docker.Tests;

internal static class Repository
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    /// <summary>What eng/build leaves.</summary>
    public static string ToolServer { get; } = Path.Combine(Root, "dist/toolserver/linux-x64/claw-toolserver");

    private static string Find(string directory) =>
        File.Exists(Path.Combine(directory, "claw-ci.sln"))
            ? directory
            : Find(
                Path.GetDirectoryName(directory)
                    ?? throw new InvalidOperationException("The tests run outside the repository.")
            );
}
