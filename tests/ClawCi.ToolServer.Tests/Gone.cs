namespace ClawCi.ToolServer.Tests;

/// <summary>Waits for the kernel to have removed a process, or to have made it a zombie.</summary>
internal static class Gone
{
    public static async Task ProcessAsync(int pid, CancellationToken ct)
    {
        while (IsRunning(pid))
            await Task.Delay(5, ct);
    }

    public static bool IsRunning(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }
}
