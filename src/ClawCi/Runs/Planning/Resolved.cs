namespace ClawCi.Runs.Planning;

/// <summary>An effective value and who said it. Later sources replace it, ceilings only lower it.</summary>
internal readonly record struct Resolved<T>(T? Value, string Source)
    where T : struct
{
    /// <summary>A stronger source has the word, when it has one.</summary>
    public Resolved<T> Then(T? value, Func<string> source) => value is null ? this : new(value, source());

    /// <summary>A ceiling holds when it is lower, or when there was no limit at all.</summary>
    public Resolved<T> AtMost(T? ceiling, Func<string> source) =>
        ceiling is { } most && (Value is not { } value || Comparer<T>.Default.Compare(most, value) < 0)
            ? new(most, source())
            : this;
}
