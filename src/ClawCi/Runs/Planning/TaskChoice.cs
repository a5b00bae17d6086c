using ClawCi.Shared;

namespace ClawCi.Runs.Planning;

/// <summary>A task that is to run.</summary>
/// <param name="File">Which of the request's files it is of, from 0.</param>
internal sealed record TaskChoice(TaskVariant Variant, string Id, int File)
{
    /// <summary>Those of all tasks of the files that the request chooses. Ids do not depend on the choice.</summary>
    /// <exception cref="UserErrorException">A pattern is none, or chooses nothing.</exception>
    public static IReadOnlyList<TaskChoice> Of(RunRequest request, IReadOnlyList<TaskSource> sources)
    {
        var variants = sources
            .SelectMany((source, file) => source.Variants.Select(variant => (variant, file)))
            .ToList();
        var ids = TaskId.Create([.. variants.Select(task => (task.variant.Words, task.variant.Identity))]);
        List<TaskChoice> all = [.. variants.Select((task, i) => new TaskChoice(task.variant, ids[i], task.file))];
        if (request.Filter.Count == 0)
            return all;
        var chosen = new HashSet<TaskChoice>(ReferenceEqualityComparer.Instance);
        foreach (var pattern in request.Filter)
        {
            if (!Glob.TryParse(pattern, out var glob, out var problem))
                throw new UserErrorException("--filter", $"{pattern}: {problem}");
            var found = all.Where(task => glob.IsMatch(task.Id) || glob.IsMatch(task.Variant.Name)).ToList();
            if (found.Count == 0)
                throw new UserErrorException(
                    "--filter",
                    $"{pattern} chooses no task; there are {Some([.. all.Select(task => task.Id)])}"
                );
            chosen.UnionWith(found);
        }
        return [.. all.Where(chosen.Contains)];
    }

    /// <summary>Those of a shard; all without one.</summary>
    public static IReadOnlyList<TaskChoice> In(Shard? shard, IReadOnlyList<TaskChoice> all)
    {
        if (shard is null)
            return all;
        var shards = Shard.Split(all.Select(task => task.Id), shard.Count);
        return [.. all.Where(task => shards[task.Id] == shard.Index)];
    }

    private static string Some(IReadOnlyList<string> ids)
    {
        const int Most = 10;
        var named = string.Join(", ", ids.Take(Most));
        return ids.Count > Most ? $"{named} and {ids.Count - Most} more" : named;
    }
}
