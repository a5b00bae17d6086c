using ClawCi.Git;
using ClawCi.Runs.Planning;
using ClawCi.Sandboxes.Docker;

namespace ClawCi.Runs.Batch;

/// <summary>Makes the clones that tasks work on: each once, when its first task starts, and for all of its tasks.</summary>
internal sealed class TargetCheckouts(RunServices services)
{
    private readonly SingleFlight<string, object> _clones = new();

    /// <returns>Why the task cannot begin; null when its workspace is there.</returns>
    public async Task<Finding?> ReadyAsync(PlannedTask task, TaskClock clock)
    {
        if (task.Target is not { } target)
            return null;
        try
        {
            if (target.Source is not null)
                await _clones.RunAsync(
                    target.Root,
                    (_, ct) => MakeAsync(target.Root, target.Source, ct),
                    onProgress: null,
                    clock.Token
                );
        }
        catch (OperationCanceledException) when (clock.Why is { } why)
        {
            return why;
        }
        catch (CloneException e)
        {
            return new(
                e.IsRefusal ? Outcome.AuthFailed : Outcome.SetupFailed,
                e.IsRefusal ? "repository-credentials" : "repository",
                e.IsRefusal ? $"{e.Message} {Advice(target.Source!)}" : e.Message,
                e.IsTransient
            );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Findings.Of(new IOException(e.Message, e));
        }
        return target.Problem() is { } problem ? new(Outcome.SetupFailed, "repository", $"{problem}.") : null;
    }

    private async Task<string> MakeAsync(string directory, CloneSource source, CancellationToken ct)
    {
        // An earlier part of the run has made it, whole, and tasks have begun from it. Git would not do to ask: the output directory
        // mostly lies in another repository.
        if (Directory.Exists(Path.Combine(directory, ".git")))
            return directory;
        if (Directory.Exists(directory))
            Directory.Delete(directory, recursive: true);
        var credential = source.Token is { } name ? new GitCredential(source.User, services.Secrets[name]) : null;
        if (credential is not null)
            services.Masker.Add(credential.Encoded, "git-credential");
        var access = GitAccess.Environment(
            source.Address,
            credential,
            source.Address.Url.IsFile ? null : services.ProxyTo(source.Address.Url),
            services.Certificates
        );
        Directory.CreateDirectory(Path.GetDirectoryName(directory)!);
        await new Clone(source.Address, access).MakeAsync(directory, source.Ref, ct);
        return directory;
    }

    private static string Advice(CloneSource source) =>
        source.Token is { } name ? $"The secret {name} does not open it, or not for {source.User}."
        : source.Address.Url.IsFile ? "It is another user's."
        : "It needs a `token`: the name of a secret that --secret gives.";
}
