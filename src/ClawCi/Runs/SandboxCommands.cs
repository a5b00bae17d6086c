using System.Text.Json;
using System.Text.Json.Nodes;
using ClawCi.Sandboxes;

namespace ClawCi.Runs;

/// <summary>Commands of the task file's, as opposed to the model's tool calls.</summary>
internal static class SandboxCommands
{
    /// <summary>Runs a shell line in the workspace. The timeout is the task file's and may be longer than a tool's.</summary>
    /// <param name="secrets">In the environment of this command alone.</param>
    public static Task<SandboxAnswer> RunCommandAsync(
        this Sandbox sandbox,
        string command,
        TimeSpan timeout,
        CancellationToken cancellationToken,
        IReadOnlyDictionary<string, string>? secrets = null
    ) =>
        sandbox.CallAsync(
            "bash",
            JsonElement.Parse(new JsonObject { ["command"] = command }.ToJsonString()),
            timeout,
            cancellationToken,
            secrets
        );
}
