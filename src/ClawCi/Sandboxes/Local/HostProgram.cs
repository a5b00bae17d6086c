namespace ClawCi.Sandboxes.Local;

/// <summary>
/// A program of this machine, held by its streams, under the tool server's guard: when they are closed, or this process is
/// gone, it and all it started are killed. It runs as this process's user, without a way to new privileges.
/// </summary>
internal static class HostProgram
{
    /// <param name="command">Looked for in the environment's PATH.</param>
    /// <param name="environment">All that it has.</param>
    /// <exception cref="SandboxException">The guard could not be started.</exception>
    public static async Task<IToolServerProcess> StartAsync(
        ToolServerBinary toolServer,
        IReadOnlyList<string> command,
        string directory,
        IReadOnlyDictionary<string, string> environment,
        CancellationToken ct
    )
    {
        var process = await LocalProcess.StartAsync(
            toolServer.Path,
            ["guard", "-", "beside", directory, .. command],
            directory,
            new Dictionary<string, string>(),
            // Who reads it has bounds of its own.
            long.MaxValue,
            ct
        );
        try
        {
            await ProgramSpec.SendAsync(process.Stream, environment, ct);
            return process;
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }
}
