using System.Security.Cryptography;

namespace ClawCi.Sandboxes.Docker;

/// <summary>Proves that the daemon's directory is ours: a file that we write with a name nobody can know shows up there.</summary>
internal static class CheckoutProof
{
    /// <returns>False also when we may not write there: what is not proven is not built on.</returns>
    public static async Task<bool> HoldsAsync(HelperContainer helper, CheckoutLocation checkout, CancellationToken ct)
    {
        var name = $".claw-ci-probe-{RandomNumberGenerator.GetHexString(16, lowercase: true)}";
        var file = Path.Combine(checkout.Path, name);
        try
        {
            await File.WriteAllBytesAsync(file, [], ct);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
        try
        {
            return await helper.LinkTargetAsync($"{HelperContainer.CheckoutTarget}/{name}", ct) is not null;
        }
        finally
        {
            File.Delete(file);
        }
    }
}
