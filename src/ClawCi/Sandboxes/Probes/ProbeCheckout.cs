namespace ClawCi.Sandboxes.Probes;

/// <summary>A workspace as a hostile task would find it, with a canary in every place from which nothing may get out.</summary>
internal sealed class ProbeCheckout : IDisposable
{
    public const string Workspace = "/workspace";
    public const string OutName = "out";
    public const string Original = "as it was\n";
    private readonly string _root;

    public ProbeCheckout(string canary)
    {
        _root = Directory.CreateTempSubdirectory("claw-ci-probes-").FullName;
        Directory.CreateDirectory(Checkout);
        Directory.CreateDirectory(Out);
        Directory.CreateDirectory(HostDirectory);
        foreach (var directory in new[] { ".git/objects", ".git/refs", "docs" })
            Directory.CreateDirectory(At(directory));
        File.WriteAllText(At(".git/HEAD"), "ref: refs/heads/main\n");
        File.WriteAllText(
            At(".git/config"),
            $"""
            [core]
            	repositoryformatversion = 0
            [http "https://git.example.com/"]
            	extraheader = AUTHORIZATION: basic {canary}
            [remote "origin"]
            	url = https://user:{canary}@git.example.com/r.git

            """
        );
        File.WriteAllText(At("file.txt"), Original);
        File.WriteAllText(At("docs/page.txt"), Original);
        File.WriteAllText(Path.Combine(Out, "result.json"), canary);
        File.WriteAllText(HostFile, canary);
    }

    public string Checkout => Path.Combine(_root, "checkout");

    /// <summary>In the checkout, where its own files lie, and hidden from the sandbox.</summary>
    public string Out => Path.Combine(Checkout, OutName);

    /// <summary>Beside the checkout: nobody gave it to the sandbox.</summary>
    public string HostDirectory => Path.Combine(_root, "host");

    public string HostFile => Path.Combine(HostDirectory, "page.txt");

    /// <summary>Whatever runs on this side of the sandbox would make it.</summary>
    public string Mark => Path.Combine(HostDirectory, "mark");

    /// <summary>A copy of the checkout, into which a hostile task's changes are delivered.</summary>
    public string Delivered => Path.Combine(_root, "delivered");

    public string PatchFile => Path.Combine(_root, "changes.patch");

    public string At(string relative) => Path.Combine(Checkout, relative);

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
