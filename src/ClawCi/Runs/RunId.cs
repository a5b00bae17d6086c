namespace ClawCi.Runs;

/// <summary>Names a run: its start to the second and six random digits, so that names sort by time.</summary>
internal static class RunId
{
    /// <param name="random">Numbers in [0, 1).</param>
    public static string Create(TimeProvider time, Func<double> random) =>
        $"{time.GetUtcNow():yyyyMMdd-HHmmss}-{(int)(random() * 0x1000000):x6}";
}
