using ClawCi.Artifacts;
using ClawCi.Events;
using ClawCi.Runs;
using ClawCi.Sandboxes.Workspaces;
using ClawCi.Sessions;

namespace ClawCi.Publishing;

/// <summary>Delivers one patch: apply, look, commit, push, open. Done twice it does nothing the second time.</summary>
internal sealed class TaskPublisher(PublishPlan plan, SecretMasker masker, TaskDestination destination, TaskRecord task)
{
    private readonly TargetRepository _repository = destination.Repository;
    private readonly IForge? _forge = destination.Forge;
    private readonly string _branch = plan.BranchPrefix + task.Id;

    /// <summary>What is known by now.</summary>
    public PublishedTask State { get; private set; } = new(task.Id, "failed", "", destination.Address.ToString());

    /// <returns>What stands in the way; null when nothing does.</returns>
    public async Task<Finding?> RunAsync(CancellationToken ct)
    {
        // A word of the run's directory that becomes one of git's command line.
        var madeOn = task.Started?.BaseCommit is { } commit && BaseCommit.IsOne(commit) ? commit : null;
        State = State with
        {
            Base = _repository.Base,
            BaseCommit = _repository.BaseCommit,
            RunCommit = madeOn == _repository.BaseCommit ? null : madeOn,
            Branch = _branch,
        };
        if (!BranchName.IsOne(_branch))
            return new(Outcome.ApplyFailed, "branch-name", $"{VisibleText.Line(_branch)} can be no branch's name");
        if (await CommitAsync(madeOn, ct) is { } finding)
            return finding;
        if (State.Commit is null)
            return Done("contained", $"{_repository.Base} has these changes already");
        return await DeliverAsync(State.Commit, ct);
    }

    /// <summary>Leaves the commit in <see cref="State"/>; none when the base has all changes already.</summary>
    private async Task<Finding?> CommitAsync(string? madeOn, CancellationToken ct)
    {
        var review = new PatchReview(masker, Reviewed());
        // Once: what is applied is what was looked at.
        var patch = task.Patch!;
        if (review.Fault(patch) is { } held)
            return Block(held);
        var (tree, conflicts) = await _repository.ApplyAsync(patch, destination.Directory, madeOn, ct);
        if (tree is null)
        {
            State = State with { Status = "conflict", Conflicts = conflicts };
            var files = $"{Amount.Count(conflicts.Count, "file does", "files do")} not go together with the patch";
            var why =
                State.RunCommit is null && madeOn is not null
                    ? $"{files}, which was made on uncommitted changes of its checkout"
                    : $"{_repository.Base} has moved and {files}; run the task again on it";
            return new(Outcome.ApplyFailed, "conflict", why);
        }
        if (await _repository.IsBaseTreeAsync(tree, ct))
            return null;
        var recorded = task.Digest.Files.Select(file => destination.Below(file.Path)).ToHashSet();
        if (await review.FaultAsync(await _repository.ChangesAsync(tree, ct), recorded, _repository, ct) is { } fault)
            return Block(fault);
        State = State with
        {
            Commit = await _repository.CommitAsync(
                tree,
                CommitMessage.Of(task, plan.Title),
                plan.Author,
                task.Digest.Last!.Ts,
                ct
            ),
        };
        return null;
    }

    private async Task<Finding?> DeliverAsync(string commit, CancellationToken ct)
    {
        var existing = _repository.Branches.GetValueOrDefault(_branch);
        if (existing is not null && existing != commit)
        {
            if (!await _repository.IsOursAsync(existing, plan.Author, task.Id, ct))
                return new(
                    Outcome.ApplyFailed,
                    "branch-taken",
                    $"the branch {_branch} ends in somebody else's commit, which is not overwritten; merge or delete it"
                );
            // What a later run came to again needs no second look of anybody's, and stays closed if it was closed.
            if (await _repository.AreAlikeAsync(existing, commit, ct))
                State = State with { Commit = commit = existing };
        }
        var requests = _forge is null ? [] : await _forge.OfBranchAsync(_branch, ct);
        // Two reviewed branches, one task: its branch is under review for the other one.
        if (requests.FirstOrDefault(request => request.IsOpen && request.Base != _repository.Base) is { } other)
            return new(
                Outcome.ApplyFailed,
                "branch-taken",
                $"the branch {_branch} is under review for {VisibleText.Line(other.Base)} ({_forge!.Noun} {other.Number}), "
                    + $"and this is for {VisibleText.Line(_repository.Base)}; give it a name of its own with --branch-prefix"
            );
        var open = requests.FirstOrDefault(request => request.IsOpen);
        var isNew = _forge is null ? existing is null : open is null;
        if (isNew && requests.Any(request => request.Head == commit))
            return Done("closed", $"somebody closed the {_forge!.Noun} for these very changes; it is not opened again");
        if (isNew && await destination.Rate.ReachedAsync(ct) is { } bound)
        {
            State = State with { Status = "held" };
            return new(Outcome.LimitExceeded, "rollout", $"held back: {bound}", Retryable: true);
        }
        if (isNew)
            destination.Rate.Opened();
        if (open is not null)
            State = State with { Request = new(open.Number, open.Url) };
        if (!plan.IsStaged)
            await SendAsync(commit, existing, open, ct);
        return isNew ? Done("published", Say("opened", $"the branch {_branch}"))
            : existing != commit ? Done("updated", Say("updated", $"the branch {_branch}"))
            : Done("unchanged", "it is there already");
    }

    private async Task SendAsync(string commit, string? existing, ForgeRequest? open, CancellationToken ct)
    {
        if (existing != commit)
            await _repository.PushAsync(commit, _branch, existing, ct);
        _repository.Branches[_branch] = commit;
        if (_forge is null)
            return;
        var text = RequestText.Of(task, plan, State);
        if (open is null)
        {
            var isDraft = plan.Request == RequestKind.Draft || task.Ended.ExitCode != 0;
            var opened = await _forge.OpenAsync(text, _branch, _repository.Base, isDraft, ct);
            State = State with { Request = new(opened.Number, opened.Url) };
        }
        else if (existing != commit && text.Renewed(open.Body) is { } renewed)
        {
            await _forge.DescribeAsync(open, renewed, ct);
        }
    }

    private string Say(string done, string branch)
    {
        var what =
            State.Request is { } request ? $"{_forge!.Noun} {request.Number}: {VisibleText.Line(request.Url)}"
            : _forge is null ? branch
            : $"a {_forge.Noun} for {branch}";
        return plan.IsStaged ? $"would be {done}: {what}" : $"{done}: {what}";
    }

    private Finding? Done(string status, string message)
    {
        State = State with { Status = status, Message = message };
        return null;
    }

    private Finding Block(string why)
    {
        State = State with { Status = "blocked" };
        return new(Outcome.GateBlocked, "gate", VisibleText.Line(why));
    }

    /// <summary>Protected paths for which both the run's policy and the caller want a review.</summary>
    private HashSet<string> Reviewed() =>
        plan.AlsoReviewed
            ?
            [
                .. (task.Ended.Changes?.Gates ?? [])
                    .Where(finding => finding is { Gate: "protected-path", Action: GateFinding.Review })
                    .Select(finding => destination.Below(finding.Path)),
            ]
            : [];
}
