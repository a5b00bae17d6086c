namespace ClawCi.ToolServer.Probes;

/// <summary>A system call's result, and its error number when the result is negative.</summary>
internal readonly record struct Attempt(nint Result, int Error)
{
    public bool Succeeded => Result >= 0;
}
