namespace ClawCi.Sandboxes.Docker;

/// <summary>Work that many ask for and that is done once: all wait for it, and later askers get what it gave. What failed may be tried again.</summary>
internal sealed class SingleFlight<T, TProgress>
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Flight> _flights = [];

    /// <param name="work">Cancelled when nobody waits for it any more.</param>
    /// <param name="onProgress">Told while the caller waits, also of work that another asked for.</param>
    public async Task<T> RunAsync(
        string key,
        Func<Action<TProgress>, CancellationToken, Task<T>> work,
        Action<TProgress>? onProgress,
        CancellationToken ct
    )
    {
        var flight = Join(key, work, onProgress);
        try
        {
            return await flight.Result!.WaitAsync(ct);
        }
        finally
        {
            if (IsLastToLeave(key, flight, onProgress))
                await flight.Abandoned.CancelAsync();
        }
    }

    private Flight Join(
        string key,
        Func<Action<TProgress>, CancellationToken, Task<T>> work,
        Action<TProgress>? onProgress
    )
    {
        lock (_lock)
        {
            if (
                !_flights.TryGetValue(key, out var flight)
                || flight.Result is { IsCompleted: true, IsCompletedSuccessfully: false }
            )
                flight = _flights[key] = new Flight();
            flight.Waiting++;
            flight.Progress += onProgress;
            flight.Result ??= Task.Run(() => work(flight.Tell, flight.Abandoned.Token), CancellationToken.None);
            return flight;
        }
    }

    private bool IsLastToLeave(string key, Flight flight, Action<TProgress>? onProgress)
    {
        lock (_lock)
        {
            flight.Progress -= onProgress;
            if (--flight.Waiting > 0 || flight.Result!.IsCompleted)
                return false;
            _flights.Remove(key);
            return true;
        }
    }

    private sealed class Flight
    {
        public event Action<TProgress>? Progress;

        public Task<T>? Result { get; set; }

        public int Waiting { get; set; }

        public CancellationTokenSource Abandoned { get; } = new();

        public void Tell(TProgress progress) => Progress?.Invoke(progress);
    }
}
