namespace ClawCi.Docker.Tests;

public sealed class Placeholder
{
    [Xunit.Fact]
    public void Remove_me() => Xunit.Assert.True(Environment.Is64BitProcess);
}
