using System.Text;
using ClawCi.Sandboxes.Egress;

namespace ClawCi.Sandboxes;

/// <summary>A program that is to run in a sandbox for as long as somebody holds its streams.</summary>
/// <param name="Command">The program, looked for in the image's PATH, and its arguments.</param>
/// <param name="Environment">Beside the sandbox's own. It goes over the stream, so that the daemon never knows it.</param>
internal sealed record ProgramSpec(IReadOnlyList<string> Command, IReadOnlyDictionary<string, string> Environment)
{
    /// <summary>
    /// What it reaches in a container of its own, which sees the base of the workspace, read-only. Null is the agent's
    /// container, whose commands can read everything of it.
    /// </summary>
    public NetworkAccess? Alone { get; init; }

    /// <summary>The line that the tool server takes off a program's input before the program has it.</summary>
    /// <exception cref="IOException">It has ended already.</exception>
    public static async Task SendAsync(
        Stream stream,
        IReadOnlyDictionary<string, string> environment,
        CancellationToken ct
    )
    {
        var variables = string.Join('\0', environment.Select(pair => $"{pair.Key}={pair.Value}"));
        var line = Convert.ToBase64String(Encoding.UTF8.GetBytes(variables)) + "\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(line), ct);
        await stream.FlushAsync(ct);
    }
}
