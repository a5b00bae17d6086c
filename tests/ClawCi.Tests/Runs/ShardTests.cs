using ClawCi.Runs.Planning;
using CsCheck;
using Xunit;

namespace ClawCi.Tests.Runs;

public sealed class ShardTests
{
    [Fact]
    public void Every_task_is_in_one_shard_and_no_shard_has_two_more_than_another() =>
        Gen.Select(Gen.Int[1, 20], Gen.String[Gen.Char['a', 'z'], 1, 4].HashSet[0, 60])
            .Sample(
                (count, ids) =>
                {
                    var shards = Shard.Split(ids, count);
                    var sizes = Enumerable
                        .Range(1, count)
                        .Select(i => shards.Values.Count(shard => shard == i))
                        .ToList();
                    return shards.Keys.ToHashSet().SetEquals(ids)
                        && shards.Values.All(shard => shard >= 1 && shard <= count)
                        && sizes.Max() - sizes.Min() <= 1;
                }
            );

    [Fact]
    public void The_order_of_the_tasks_decides_nothing()
    {
        string[] ids = ["c", "a", "d", "b", "e"];
        Assert.Equal(Shard.Split(ids, 2), Shard.Split(ids.Reverse(), 2));
    }

    [Fact]
    public void The_shards_of_a_plan_are_its_tasks()
    {
        using var fixture = new PlannerFixture();
        const string Task = PlannerFixture.Minimal + "strategy: { matrix: { n: [1, 2, 3, 4, 5] } }\n";

        var whole = fixture.Plan(Task).Tasks.Select(task => task.Id);
        var plans = Enumerable.Range(1, 3).Select(i => fixture.Plan(Task, r => r with { Shard = new(i, 3) })).ToList();

        Assert.Equal(
            whole.Order(StringComparer.Ordinal),
            plans.SelectMany(plan => plan.Tasks).Select(task => task.Id).Order(StringComparer.Ordinal)
        );
        Assert.All(plans, plan => Assert.Equal(whole.ToHashSet(), plan.ShardFile!.Tasks.Keys.ToHashSet()));
        Assert.Equal(plans[0].ShardFile!.Tasks, plans[2].ShardFile!.Tasks);
    }
}
