using ClawCi.Artifacts;

namespace ClawCi.Publishing;

/// <summary>Finds where each task's patch belongs, and connects once to each repository.</summary>
internal sealed class Destinations(PublishPlan plan, Surroundings around, TimeProvider time) : IDisposable
{
    private readonly Dictionary<RepositoryAddress, Task<TaskDestination>> _open = [];

    /// <exception cref="UserErrorException">Nobody says which repository it is.</exception>
    /// <exception cref="PublishException">It cannot be used.</exception>
    public async Task<TaskDestination> OpenAsync(TaskRecord task, CancellationToken ct)
    {
        var origin = task.Started?.Workspace is { } workspace ? CheckoutOrigin.Read(workspace) : null;
        var address =
            plan.Repository
            ?? Parse(origin?.Url, $"the remote `origin` of {task.Started?.Workspace}")
            ?? Parse(around.JobRepository, "the pipeline's repository")
            ?? throw new UserErrorException(
                "--repository",
                $"which repository is {task.Id} for? Its checkout is not here or has no remote `origin`. Name an https address or a path."
            );
        if (!_open.TryGetValue(address, out var opening))
            _open[address] = opening = ConnectAsync(address, ct);
        return await opening with { Directory = plan.Directory ?? origin?.Directory ?? "" };
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

    private async Task<TaskDestination> ConnectAsync(RepositoryAddress address, CancellationToken ct)
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
        var isOfJob = Parse(around.JobRepository, "the pipeline's repository") == address;
        try
        {
            var repository = await TargetRepository.OpenAsync(
                address,
                access,
                plan.Base ?? (isOfJob ? around.JobBranch : null),
                plan.BranchPrefix,
                ct
            );
            return new(address, repository, forge, "", new OpeningRate(plan, forge, repository.Branches.Count, time));
        }
        catch
        {
            forge?.Dispose();
            throw;
        }
    }
}
