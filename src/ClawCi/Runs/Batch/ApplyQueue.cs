using ClawCi.ChangeSets;
using ClawCi.Runs.Planning;

namespace ClawCi.Runs.Batch;

/// <summary>
/// Who of a run may apply its patch when. Tasks on one checkout, or on a directory of it, all begin from it as the run found it:
/// nothing is applied while one of them still works, and then in the order of the plan. What one has applied no other may change as
/// well.
/// </summary>
internal sealed class ApplyQueue
{
    /// <summary>By the checkout of the tasks. Checkouts of which one holds the other have a line together.</summary>
    private readonly Dictionary<string, Line> _lines = [];

    public ApplyQueue(IEnumerable<PlannedTask> tasks)
    {
        var all = tasks.ToList();
        var checkouts = all.Select(task => task.Checkout).ToHashSet();
        string Outermost(string checkout) =>
            checkouts.Where(other => IsIn(checkout, other)).MinBy(other => other.Length)!;
        foreach (var together in all.GroupBy(task => Outermost(task.Checkout)))
        {
            var line = new Line([.. together]);
            foreach (var task in together)
                _lines[task.Checkout] = line;
        }
    }

    /// <summary>Paths of an earlier part of the run: a resumed run's, of a task that has ended.</summary>
    public void Note(PlannedTask task, IEnumerable<string> paths) => _lines[task.Checkout].Add(task, paths);

    public ApplyTurn TurnOf(PlannedTask task) => new(this, task);

    /// <summary>Says that the task's work is done, and waits until it may apply.</summary>
    public Task ComeAsync(PlannedTask task) => _lines[task.Checkout].ComeAsync(task.Id);

    /// <summary>Completes when the task needs no worker any more.</summary>
    public Task Worked(PlannedTask task) => _lines[task.Checkout].Worked(task.Id);

    /// <summary>The task has ended.</summary>
    public void Leave(PlannedTask task) => _lines[task.Checkout].Leave(task.Id);

    /// <summary>For people, what another task has changed too; null when there is nothing.</summary>
    public string? Conflict(PlannedTask task, ChangeSet changes) => _lines[task.Checkout].Conflict(task, changes);

    private static bool IsIn(string path, string directory) =>
        path == directory || path.StartsWith($"{directory.TrimEnd('/')}/", StringComparison.Ordinal);

    private sealed class Line
    {
        private const int MostNamed = 10;

        private readonly Dictionary<
            string,
            (TaskCompletionSource Worked, TaskCompletionSource Left, Task Before)
        > _tasks = [];

        /// <summary>Absolute paths, and the tasks that changed them.</summary>
        private readonly Dictionary<string, string> _applied = [];
        private readonly Task _allWorked;

        public Line(IReadOnlyList<PlannedTask> tasks)
        {
            var before = Task.CompletedTask;
            foreach (var task in tasks)
            {
                TaskCompletionSource worked = new(TaskCreationOptions.RunContinuationsAsynchronously);
                TaskCompletionSource left = new(TaskCreationOptions.RunContinuationsAsynchronously);
                _tasks.Add(task.Id, (worked, left, before));
                before = Task.WhenAll(before, left.Task);
            }
            _allWorked = Task.WhenAll(_tasks.Values.Select(task => task.Worked.Task));
        }

        public Task Worked(string id) => _tasks[id].Worked.Task;

        public Task ComeAsync(string id)
        {
            _tasks[id].Worked.TrySetResult();
            return Task.WhenAll(_allWorked, _tasks[id].Before);
        }

        public void Leave(string id)
        {
            _tasks[id].Worked.TrySetResult();
            _tasks[id].Left.TrySetResult();
        }

        public void Add(PlannedTask task, IEnumerable<string> paths)
        {
            lock (_applied)
            {
                foreach (var path in paths)
                    _applied.TryAdd($"{task.Checkout}/{path}", task.Id);
            }
        }

        public string? Conflict(PlannedTask task, ChangeSet changes)
        {
            lock (_applied)
            {
                string[] twice =
                [
                    .. changes
                        .Entries.Select(entry => entry.DisplayPath)
                        .Where(path => _applied.ContainsKey($"{task.Checkout}/{path}"))
                        .Select(path => $"{path} by {_applied[$"{task.Checkout}/{path}"]}"),
                ];
                var named = string.Join(", ", twice.Take(MostNamed));
                return twice.Length == 0 ? null
                    : twice.Length > MostNamed ? $"{named} and {twice.Length - MostNamed} more"
                    : named;
            }
        }
    }
}
