namespace ClawCi.Conversations;

/// <summary>Does the same with several things at the same time.</summary>
internal static class SideBySide
{
    /// <summary>They begin in their order. When one fails the others are told to stop, and it is what is thrown.</summary>
    public static async Task<TResult[]> RunAsync<T, TResult>(
        IReadOnlyList<T> items,
        Func<T, CancellationToken, Task<TResult>> run,
        CancellationToken cancellationToken
    )
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        return await Task.WhenAll([.. items.Select(RunAsync)]);

        async Task<TResult> RunAsync(T item)
        {
            try
            {
                return await run(item, stop.Token);
            }
            catch
            {
                await stop.CancelAsync();
                throw;
            }
        }
    }
}
