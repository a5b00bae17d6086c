using ClawCi.Artifacts;
using ClawCi.Events;
using ClawCi.Git;
using ClawCi.Runs;

namespace ClawCi.Publishing;

/// <summary>Finds where each task's patch belongs, and connects once to each repository.</summary>
internal sealed class Destinations(PublishPlan plan, Surroundings around, TimeProvider time) : IDisposable
{
    private readonly Dictionary<(RepositoryAddress, string?), Task<TaskDestination>> _open = [];
    private readonly Dictionary<RepositoryAddress, OpeningRate> _rates = [];

    /// <exception cref="UserErrorException">Nobody says which repository it is.</exception>
    /// <exception cref="PublishException">It cannot be used.</exception>
    public async Task<TaskDestination> OpenAsync(TaskRecord task, CancellationToken ct)
    {
        var origin = task.Started?.Workspace is { } workspace ? CheckoutOrigin.Read(workspace) : null;
        var cloned = task.Started?.Target;
        var address =
            plan.Repository
            ?? Parse(origin?.Url, $"the remote `origin` of {task.Started?.Workspace}")
            ?? (cloned is null ? Parse(around.JobRepository, "the pipeline's repository") : Recorded(cloned.Repository))
            ?? throw new UserErrorException(
                "--repository",
                $"which repository is {task.Id} for? Its checkout is not here or has no remote `origin`. Name an https address or a path."
            );
        var isOfJob = Parse(around.JobRepository, "the pipeline's repository") == address;
        var branch = plan.Base ?? BranchOf(cloned) ?? (isOfJob ? around.JobBranch : null);
        if (!_open.TryGetValue((address, branch), out var opening))
            _open[(address, branch)] = opening = ConnectAsync(address, branch, ct);
        return await opening with { Directory = plan.Directory ?? origin?.Directory ?? cloned?.Path ?? "" };
    }

    public void Dispose()
    {
        foreach (var opening in _open.Values.Where(opening => opening.IsCompletedSuccessfully))
        {
            opening.Result.Repository.Dispose();
            opening.Result.Forge?.Dispose();
        }
    }

    private static RepositoryAddress? Parse(string? address, string source) =>
        address is null ? null : RepositoryAddress.Parse(address, source, "/");

    private static string? BranchOf(ClonedRepository? cloned) =>
        cloned?.Branch is not { } branch || BranchName.IsOne(branch)
            ? cloned?.Branch
            : throw new PublishException(
                Outcome.ApplyFailed,
                "base",
                $"the run was on the branch {VisibleText.Line(branch)}, which cannot be read here: name one with --base"
            );

    /// <summary>The directory of a run may be another's work: a repository that it alone names needs the caller's word.</summary>
    private RepositoryAddress Recorded(string repository)
    {
        var address = RepositoryAddress.Parse(repository, "the run's directory", "/");
        var text = address.ToString();
        return plan.Allowed.Any(allowed =>
            allowed.EndsWith('/') ? text.StartsWith(allowed, StringComparison.Ordinal) : text == allowed
        )
            ? address
            : throw new PublishException(
                Outcome.ApplyFailed,
                "repository",
                $"the clone that it worked on is not here any more, and was of {VisibleText.Line(text)}. If that is "
                    + "right, name it with --allow-repository, or an address above it that ends in /"
            );
    }

    private async Task<TaskDestination> ConnectAsync(RepositoryAddress address, string? branch, CancellationToken ct)
    {
        var platform = Platform.Of(address, around.Platforms);
        var forge =
            plan.Request == RequestKind.None || (plan.IsStaged && platform.Token is null)
                ? null
                : platform.Forge(address, around.ProxyTo);
        var access = GitAccess.Environment(
            address,
            platform.Credential,
            address.Url.IsFile ? null : around.ProxyTo(address.Url),
            around.Certificates
        );
        try
        {
            var repository = await TargetRepository.OpenAsync(address, access, branch, plan.BranchPrefix, ct);
            if (!_rates.TryGetValue(address, out var rate))
                _rates[address] = rate = new OpeningRate(plan, forge, repository.Branches.Count, time);
            return new(address, repository, forge, "", rate);
        }
        catch
        {
            forge?.Dispose();
            throw;
        }
    }
}
