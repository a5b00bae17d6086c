using System.Text.RegularExpressions;
using ClawCi.Runs;
using ClawCi.Runs.Batch;
using ClawCi.Runs.Planning;

namespace ClawCi.Artifacts.Merging;

/// <summary>
/// Joins what shards left into one run: proves first that they were parts of the same, and that every task has exactly one result.
/// </summary>
internal sealed partial class ShardMerge
{
    private const int MostNamed = 20;

    private readonly IReadOnlyList<(string Directory, ShardFile Shard)> _shards;
    private readonly List<UserError> _errors = [];
    private readonly Dictionary<string, List<(string Directory, TaskRecord Task)>> _found = [];

    /// <exception cref="UserErrorException">A directory is no shard's.</exception>
    public ShardMerge(IEnumerable<string> directories) =>
        _shards = [
            .. directories
                .Select(directory => Path.GetFullPath(Path.TrimEndingDirectorySeparator(directory)))
                .Distinct()
                .Select(directory => (directory, ShardFile.Read(directory))),
        ];

    /// <returns>The directory of each task's result.</returns>
    /// <exception cref="UserErrorException">Everything that is missing, there twice, or of another run.</exception>
    public IReadOnlyDictionary<string, string> Prove()
    {
        var first = _shards[0];
        foreach (var other in _shards.Skip(1))
            Compare(first, other);
        foreach (var (directory, shard) in _shards)
            Collect(directory, shard);
        var chosen = new Dictionary<string, string>();
        if (_errors.Count == 0)
        {
            LeaveOut(Shard.Split(first.Shard.Tasks.Keys, first.Shard.Shards));
            foreach (var id in first.Shard.Tasks.Keys.Order(StringComparer.Ordinal))
            {
                if (Choose(id) is { } directory)
                    chosen.Add(id, directory);
            }
            NameMissing(first.Shard);
        }
        return _errors.Count == 0 ? chosen : throw new UserErrorException(_errors);
    }

    private void Compare((string Directory, ShardFile Shard) first, (string Directory, ShardFile Shard) other)
    {
        var (one, two) = (first.Shard, other.Shard);
        string? difference =
            one.Shards != two.Shards ? $"is one of {two.Shards} shards"
            : !one.Tasks.Keys.ToHashSet().SetEquals(two.Tasks.Keys) ? "was made of other tasks"
            : one.Tasks.FirstOrDefault(task => two.Tasks[task.Key] != task.Value).Key is { } changed
                ? $"had another task file, policy or commit for {changed}"
            : null;
        if (difference is not null)
            Wrong(other.Directory, $"{difference}, unlike {first.Directory}: these are not shards of one run");
    }

    private void Collect(string directory, ShardFile shard)
    {
        if (!Directory.Exists(Path.Combine(directory, "tasks")))
            return;
        foreach (var (path, findings) in TranscriptValidation.Of([directory]))
            _errors.AddRange(findings.Errors.Select(error => error with { File = path }));
        if (_errors.Count > 0)
            return;
        var owners = Shard.Split(shard.Tasks.Keys, shard.Shards);
        foreach (var task in RunRecord.Read(directory).Tasks)
        {
            if (!Id().IsMatch(task.Id) || !owners.TryGetValue(task.Id, out var owner) || owner != shard.Shard)
                Wrong(
                    directory,
                    $"holds a result of {task.Id}, which is not a task of shard {shard.Shard}/{shard.Shards}"
                );
            else if (_found.TryGetValue(task.Id, out var others))
                others.Add((directory, task));
            else
                _found.Add(task.Id, [(directory, task)]);
        }
    }

    /// <summary>
    /// A shard that lost its machine was run again elsewhere, all of it: of several directories of a shard of which one alone is whole,
    /// the others do not count.
    /// </summary>
    private void LeaveOut(IReadOnlyDictionary<string, int> owners)
    {
        foreach (var copies in _shards.ToLookup(shard => shard.Shard.Shard, shard => shard.Directory))
        {
            string[] ids = [.. owners.Where(task => task.Value == copies.Key).Select(task => task.Key)];
            string[] whole = [.. copies.Where(directory => ids.All(id => IsWhole(id, directory)))];
            if (whole is not [var only])
                continue;
            foreach (var id in ids)
                _found[id].RemoveAll(found => found.Directory != only);
        }
    }

    private bool IsWhole(string id, string directory) =>
        _found
            .GetValueOrDefault(id, [])
            .Exists(found =>
                found.Directory == directory
                && found.Task.Digest.Ended is not null
                && found.Task.Ended.Outcome != Outcome.Interrupted.Name()
            );

    /// <summary>Of several, the one that is no interruption: a shard that was stopped may have been run again elsewhere.</summary>
    private string? Choose(string id)
    {
        if (!_found.TryGetValue(id, out var all))
            return null;
        var whole = all.Where(found => found.Task.Digest.Ended is not null).ToList();
        if (
            whole.Count > 1
            && whole.FindAll(found => found.Task.Ended.Outcome != Outcome.Interrupted.Name()) is { Count: > 0 } done
        )
            whole = done;
        if (whole is [var only])
            return only.Directory;
        if (whole.Count > 1)
            Wrong(id, $"has {whole.Count} results: {string.Join(", ", whole.Select(found => found.Directory))}");
        else
            Wrong(
                id,
                $"was not finished in {string.Join(", ", all.Select(found => found.Directory))}: finish it with `claw-ci resume`, or run that shard again into another directory"
            );
        return null;
    }

    private void NameMissing(ShardFile shard)
    {
        foreach (
            var missing in Shard
                .Split(shard.Tasks.Keys, shard.Shards)
                .Where(task => !_found.ContainsKey(task.Key))
                .GroupBy(task => task.Value, task => task.Key)
                .OrderBy(group => group.Key)
        )
        {
            string[] ids = [.. missing.Order(StringComparer.Ordinal)];
            var named = string.Join(", ", ids.Take(MostNamed));
            Wrong(
                $"shard {missing.Key}/{shard.Shards}",
                $"there is no result of {named}{(ids.Length > MostNamed ? $" and {ids.Length - MostNamed} more" : "")}"
            );
        }
    }

    private void Wrong(string where, string what) => _errors.Add(new(where, null, null, what));

    [GeneratedRegex(@"^[a-z0-9_][a-z0-9._-]{0,79}\z")]
    private static partial Regex Id();
}
