using Docker.DotNet.Models;

namespace ClawCi.Sandboxes.Docker;

/// <summary>Keeps the error that a pull or an import reports inside a stream which began with 200.</summary>
internal sealed class StreamErrors(Action<JSONMessage>? onMessage = null) : IProgress<JSONMessage>
{
    public string? Error { get; private set; }

    public void Report(JSONMessage value)
    {
        onMessage?.Invoke(value);
        if (value.Error is { Message: var message })
            Error ??= message;
    }

    public void ThrowIfAny(string what)
    {
        if (Error is not null)
            throw DockerErrors.Classify(what, Error, null, null);
    }
}
