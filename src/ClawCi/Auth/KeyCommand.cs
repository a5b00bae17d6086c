using System.ComponentModel;
using System.Text;
using ClawCi.Shared;

namespace ClawCi.Auth;

/// <summary>
/// A command that prints a key, such as a password manager's. Run without a shell; its answer is kept for some minutes, so
/// that a key that is rotated meanwhile is found.
/// </summary>
/// <param name="environment">The command's whole environment.</param>
/// <param name="mask">Told of each key before it is used.</param>
internal sealed class KeyCommand(
    string variable,
    string command,
    IReadOnlyDictionary<string, string> environment,
    Action<string> mask,
    TimeProvider time
) : CachedCredential(time)
{
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    /// <summary>Keys are short: whatever prints more prints something else.</summary>
    private const int MaxKeyBytes = 16 * 1024;
    private const int MaxErrorBytes = 4 * 1024;

    public override string Name { get; } = variable;

    protected override async Task<(Credential Credential, DateTimeOffset? Until)> FetchAsync(
        CancellationToken cancellationToken
    )
    {
        if (CommandLine.Split(command) is not [var program, .. var arguments])
            throw Failed("is no command: it is empty, or a quote is not closed");
        ProcessResult end;
        try
        {
            end = await ProcessRunner.RunAsync(
                new ProcessRequest(program, arguments)
                {
                    Environment = environment,
                    MaxOutputBytes = MaxKeyBytes,
                    MaxErrorBytes = MaxErrorBytes,
                    Deadline = Deadline,
                },
                cancellationToken
            );
        }
        catch (Win32Exception e)
        {
            throw Failed($"cannot be run: {e.Message}. No shell reads it; write sh -c '…' if it needs one");
        }
        var key = Encoding.UTF8.GetString(end.Output).Trim();
        if (key.Length > 0)
            mask(key);
        if (end.TimedOut)
            throw Failed($"did not end within {Deadline.TotalSeconds:0} s and was killed{Said(end, key)}");
        if (end.ExitCode != 0)
            throw Failed($"exited with {end.ExitCode}{Said(end, key)}");
        if (key.Length == 0)
            throw Failed($"printed no key{Said(end, key)}");
        if (end.Truncated || key.AsSpan().ContainsAnyExceptInRange('!', '~'))
            throw Failed("printed more than a key: one word on standard output is expected");
        return (new ApiKey(key), Time.GetUtcNow() + Kept);
    }

    /// <summary>What it said on standard error, without the key should it be in there.</summary>
    private static string Said(ProcessResult end, string key)
    {
        var said = key.Length == 0 ? end.ErrorText : end.ErrorText.Replace(key, "***", StringComparison.Ordinal);
        return said.Trim().Length == 0 ? "" : $": {OneLine.Of(said)}";
    }

    private AuthException Failed(string what) =>
        new(AuthFailure.KeyCommand, $"The command of {Name} {what.TrimEnd('.')}.");
}
