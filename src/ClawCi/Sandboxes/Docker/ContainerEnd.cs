using System.Globalization;
using Docker.DotNet.Models;

namespace ClawCi.Sandboxes.Docker;

/// <summary>What the daemon's events tell about a container that is gone, and already removed.</summary>
internal static class ContainerEnd
{
    private const int LongestErrors = 400;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    public static async Task<string> DescribeAsync(DockerEngine engine, string id, string errors)
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
            return $"and Docker does not say why: {e.Message}";
        }
        var tail = errors.Trim();
        if (tail.Length > LongestErrors)
            tail = tail[^LongestErrors..];
        return events.Describe() + (tail.Length == 0 ? "" : $"; its last words: {tail}");
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

        public string Describe() =>
            this switch
            {
                { _outOfMemory: true } => "it ran out of memory (sandbox.memory)",
                { _killedBy: { } signal } => $"somebody killed it through Docker (signal {signal})",
                { _exitCode: "137" } => "its tool server was killed (signal 9)",
                { _exitCode: { } code } => $"its tool server ended with exit code {code}",
                _ => "Docker remembers nothing of its end",
            };
    }
}
