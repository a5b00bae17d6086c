namespace ClawCi.ToolServer.Probes;

/// <summary>What a hostile agent leaves in the workspace. Whether it comes out is seen by the runner.</summary>
internal static class PatchProbes
{
    private const nint Fifo = 0x1000 | 0x1B6;

    /// <param name="host">A directory of the machine's.</param>
    public static ProbeAnswer Plant(string workspace, string host, string mark)
    {
        Directory.SetCurrentDirectory(workspace);
        foreach (var directory in new[] { ".git/hooks", ".GIT", "git~1", "sub/.git", "honest", "bits" })
            Directory.CreateDirectory(directory);
        Write(".git/hooks/pre-commit", "#!/bin/sh\ntouch {0}\n", mark);
        System.IO.File.SetUnixFileMode(".git/hooks/pre-commit", (UnixFileMode)0x1ED);
        System.IO.File.AppendAllText(
            ".git/config",
            $"[core]\n\tfsmonitor = touch {mark}\n[filter \"evil\"]\n\tclean = touch {mark}\n\tprocess = touch {mark}\n"
                + $"[diff \"evil\"]\n\tcommand = touch {mark}\n\ttextconv = touch {mark}\n"
        );
        Write(".gitattributes", "* filter=evil diff=evil working-tree-encoding=UTF-16 text eol=crlf ident\n");
        Write(".GIT/config", "[core]\n\tfsmonitor = touch {0}\n", mark);
        Write("git~1/config", "[core]\n\tfsmonitor = touch {0}\n", mark);
        Write("sub/.git/config", "[core]\n\tfsmonitor = touch {0}\n", mark);
        Write(".gitignore", "hidden.txt\n");
        Write("hidden.txt", "a file that a new ignore rule would hide\n");
        Write("honest/change.txt", "what the agent was asked for\n");
        Directory.Delete("docs", recursive: true);
        System.IO.File.CreateSymbolicLink("docs", host);
        Write("bits/setuid", "#!/bin/sh\n");
        System.IO.File.SetUnixFileMode("bits/setuid", (UnixFileMode)0x9ED);
        var fifo = Kernel.At(Kernel.MakeNode, "bits/fifo", Fifo);
        Write("/tmp/claw-ci-left", "left outside the workspace\n");
        return fifo.Succeeded
            ? ProbeAnswer.Held("planted")
            : ProbeAnswer.Unknown($"no fifo could be made: {ProbeAnswer.Name(fifo.Error)}");
    }

    /// <summary>What is left of it in a sandbox that is another one.</summary>
    public static ProbeAnswer Left(string workspace) =>
        !System.IO.File.Exists($"{workspace}/honest/change.txt") ? ProbeAnswer.Unknown("the change itself is missing")
        : System.IO.File.Exists("/tmp/claw-ci-left") ? ProbeAnswer.Broken("/tmp is the agent's")
        : System.IO.File.Exists($"{workspace}/.git/hooks/pre-commit") ? ProbeAnswer.Broken("the agent's hook is there")
        : ProbeAnswer.Held("the change is there, the rest is not");

    /// <summary>Writes into the workspace what must never reach the checkout itself.</summary>
    public static ProbeAnswer Overwrite(string path, string text)
    {
        System.IO.File.WriteAllText(path, text);
        return System.IO.File.ReadAllText(path) == text
            ? ProbeAnswer.Held("written")
            : ProbeAnswer.Unknown("it could not be written");
    }

    private static void Write(string path, string text, string mark = "") =>
        System.IO.File.WriteAllText(path, text.Replace("{0}", mark, StringComparison.Ordinal));
}
