using System.Globalization;
using Docker.DotNet.Models;

namespace ClawCi.Sandboxes.Docker;

/// <summary>What the daemon's events tell about a container that is gone, and already removed.</summary>
/// <param name="FromInside">What ran in it brought it down: running the same task again would only do so again.</param>
internal sealed record ContainerEnd(string Description, bool FromInside)
{
    private const int LongestErrors = 400;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    /// <param name="errors">The last of what it wrote to stderr.</param>
    public static async Task<ContainerEnd> FindAsync(DockerEngine engine, string id, string errors)
    {
        var events = new Collector();
        try
        {
            // The stream may end a moment before the daemon has taken note of the end.
            await EndedAsync(engine, id);
            await engine.CallAsync(
                "list its events",
                async (client, token) =>
                {
                    var now = await client.System.GetSystemInfoAsync(token);
                    await client.System.MonitorEventsAsync(
                        new ContainerEventsParameters
                        {
                            Since = "1",
                            Until = Seconds(now.SystemTime),
                            Filters = new Dictionary<string, IDictionary<string, bool>>
                            {
                                ["container"] = new Dictionary<string, bool> { [id] = true },
                            },
                        },
                        events,
                        token
                    );
                },
                CancellationToken.None,
                Deadline
            );
        }
        catch (SandboxException e)
        {
            return new ContainerEnd($"and Docker does not say why: {e.Message}", FromInside: false);
        }
        var tail = errors.Trim();
        if (tail.Length > LongestErrors)
            tail = tail[^LongestErrors..];
        var end = events.End();
        return tail.Length == 0 ? end : end with { Description = $"{end.Description}; its last words: {tail}" };
    }

    /// <summary>Of a container that has not ended and does not answer.</summary>
    public static async Task<ContainerEnd> FindSilenceAsync(DockerEngine engine, string id)
    {
        try
        {
            var found = await engine.CallAsync(
                "inspect the sandbox",
                (client, token) => client.Containers.InspectContainerAsync(id, token),
                CancellationToken.None,
                Deadline
            );
            return found.State is { Paused: true }
                ? new ContainerEnd("somebody paused it through Docker", FromInside: false)
                : new ContainerEnd("what runs in it stopped or starved its tool server", FromInside: true);
        }
        catch (SandboxException e)
        {
            return new ContainerEnd(e.Message, FromInside: false);
        }
    }

    private static async Task EndedAsync(DockerEngine engine, string id)
    {
        try
        {
            await engine.CallAsync(
                "wait for its end",
                (client, token) => client.Containers.WaitContainerAsync(id, token),
                CancellationToken.None,
                Deadline
            );
        }
        catch (SandboxException e) when (DockerErrors.IsNotFound(e))
        {
            // Ended and already removed.
        }
    }

    /// <summary>The form that the events call wants. A second more costs that second; less might miss the end itself.</summary>
    private static string Seconds(string? time) =>
        DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, out var parsed)
            ? $"{parsed.AddMilliseconds(1).ToUnixTimeMilliseconds() / 1000.0:0.000}"
            : "1";

    private sealed class Collector : IProgress<Message>
    {
        private bool _outOfMemory;
        private string? _killedBy;
        private string? _exitCode;

        public void Report(Message value)
        {
            var attributes = value.Actor?.Attributes;
            if (value.Action == "oom")
                _outOfMemory = true;
            else if (value.Action == "kill")
                _killedBy = attributes is not null && attributes.TryGetValue("signal", out var signal) ? signal : "?";
            else if (value.Action == "die")
                _exitCode = attributes is not null && attributes.TryGetValue("exitCode", out var code) ? code : null;
        }

        public ContainerEnd End() =>
            this switch
            {
                { _outOfMemory: true } => new("it ran out of memory (sandbox.memory)", FromInside: true),
                { _killedBy: { } signal } => new(
                    $"somebody killed it through Docker (signal {signal})",
                    FromInside: false
                ),
                { _exitCode: "137" } => new("its tool server was killed (signal 9)", FromInside: true),
                { _exitCode: { } code } => new($"its tool server ended with exit code {code}", FromInside: true),
                _ => new("Docker remembers nothing of its end", FromInside: false),
            };
    }
}
