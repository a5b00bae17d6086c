using ClawCi.TestSupport;
using ClawCi.ToolServer.Commands;
using Xunit;

namespace ClawCi.ToolServer.Tests.Commands;

public sealed class ShellTests
{
    [Fact]
    public void The_best_shell_there_is_is_taken()
    {
        using var directory = new TempDirectory();
        string[] search = ["relative", directory["a"], directory["b"]];
        Assert.Null(Shell.Find(search));
        Executable(directory, "b/busybox");
        Assert.Equal([directory["b/busybox"], "sh", "-c"], Shell.Find(search)!);
        Executable(directory, "a/sh");
        Assert.Equal([directory["a/sh"], "-c"], Shell.Find(search)!);
        directory.Write("a/bash", "not executable");
        Executable(directory, "b/bash");
        Assert.Equal([directory["b/bash"], "-c"], Shell.Find(search)!);
    }

    private static void Executable(TempDirectory directory, string path) =>
        File.SetUnixFileMode(
            directory.Write(path, ""),
            UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.OtherExecute
        );
}
