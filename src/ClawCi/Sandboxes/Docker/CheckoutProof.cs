using System.Security.Cryptography;

namespace ClawCi.Sandboxes.Docker;

/// <summary>Proves that the daemon's directory is ours: a file that we write with a name nobody can know shows up there.</summary>
internal static class CheckoutProof
{
    public static async Task ProveAsync(HelperContainer helper, CheckoutLocation checkout, CancellationToken ct)
    {
        var name = $".claw-ci-probe-{RandomNumberGenerator.GetHexString(16, lowercase: true)}";
        var file = Path.Combine(checkout.Path, name);
        try
        {
            await File.WriteAllBytesAsync(file, [], ct);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CheckoutLocation.Unreachable(
                $"claw-ci cannot write to the workspace {checkout.Path}, and so cannot prove that Docker's daemon sees the same one: {e.Message}"
            );
        }
        try
        {
            if (await helper.LinkTargetAsync($"{HelperContainer.CheckoutTarget}/{name}", ct) is null)
                throw Elsewhere(checkout);
        }
        finally
        {
            File.Delete(file);
        }
    }

    public static SandboxException Elsewhere(CheckoutLocation checkout) =>
        CheckoutLocation.Unreachable(
            $"Docker's daemon does not see the workspace {checkout.Path} (at {checkout.DaemonPath} it has something else or nothing). "
                + "Run claw-ci on the daemon's machine, or in a container with the workspace mounted from there: -v /path/there:"
                + checkout.Path
        );
}
