using ClawCi.Runs;
using ClawCi.Runs.Planning;
using CsCheck;
using Xunit;

namespace ClawCi.Tests.Runs;

public sealed class TaskIdTests
{
    [Theory]
    [InlineData("Fix the build", "fix-the-build")]
    [InlineData("a_b.c-d", "a_b.c-d")]
    [InlineData("../../etc", "etc")]
    [InlineData("Grüße", "gr-e")]
    public void A_name_becomes_an_id(string name, string expected) =>
        Assert.Equal(expected, TaskId.Create([(name, "")])[0]);

    [Fact]
    public void Ids_are_short_unique_and_good_directory_names() =>
        Gen.String[0, 120]
            .Array[0, 8]
            .Sample(names =>
            {
                var ids = TaskId.Create([.. names.Select(name => (name, name))]);
                return ids.Count == names.Length
                    && ids.Distinct().Count() == ids.Count
                    && ids.All(id =>
                        System.Text.RegularExpressions.Regex.IsMatch(id, @"\A[a-z0-9_][a-z0-9._-]{0,79}\z")
                    );
            });

    [Fact]
    public void An_id_depends_neither_on_the_order_nor_on_what_else_runs()
    {
        (string, string)[] tasks = [("a b", "x"), ("a-b", "y"), ("c", "z")];

        var ids = TaskId.Create(tasks);

        Assert.Equal(ids.Reverse(), TaskId.Create([.. tasks.Reverse()]));
        Assert.Equal("c", ids[2]);
        Assert.All(ids.Take(2), id => Assert.Matches(@"\Aa-b-[0-9a-f]{8}\z", id));
    }
}
