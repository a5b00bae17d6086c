using ClawCi.Sandboxes.Docker;
using Docker.DotNet.Models;

namespace ClawCi.Sandboxes;

/// <summary>
/// A program beside a container's tool server, held by its streams: when they are closed, it and all it started are killed.
/// What comes out of it is hostile.
/// </summary>
internal sealed class SandboxedProgram : IAsyncDisposable
{
    private readonly AttachedStream _stream;
    private readonly IAsyncDisposable? _container;

    private SandboxedProgram(AttachedStream stream, IAsyncDisposable? container) =>
        (_stream, _container) = (stream, container);

    /// <summary>Its stdout to read and its stdin to write.</summary>
    public Stream Stream => _stream;

    /// <summary>The last of what it wrote to stderr, for diagnosis only.</summary>
    public string Errors => _stream.Errors;

    /// <param name="toolServer">Path of the executable in the container.</param>
    /// <param name="alone">The container, when it is there for the program only: it goes with it.</param>
    /// <exception cref="SandboxException">The container is gone.</exception>
    internal static async Task<SandboxedProgram> StartAsync(
        DockerEngine engine,
        string container,
        string toolServer,
        string workspace,
        ProgramSpec program,
        IAsyncDisposable? alone,
        CancellationToken ct
    )
    {
        const string What = "start a program in the sandbox";
        var exec = await engine.CallAsync(
            What,
            (client, token) =>
                client.Exec.CreateContainerExecAsync(
                    container,
                    new ContainerExecCreateParameters
                    {
                        Cmd = [toolServer, "beside", workspace, .. program.Command],
                        AttachStdin = true,
                        AttachStdout = true,
                        AttachStderr = true,
                    },
                    token
                ),
            ct
        );
        var attached = await engine.CallAsync(
            What,
            (client, token) => client.Exec.StartContainerExecAsync(exec.ID, new ContainerExecStartParameters(), token),
            ct
        );
        // Who reads it has bounds of its own.
        var started = new SandboxedProgram(new AttachedStream(attached, long.MaxValue, () => { }), alone);
        try
        {
            await ProgramSpec.SendAsync(started._stream, program.Environment, ct);
            return started;
        }
        catch
        {
            await started._stream.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        if (_container is not null)
            await _container.DisposeAsync();
    }
}
