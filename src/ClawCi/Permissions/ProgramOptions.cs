namespace ClawCi.Permissions;

/// <summary>Options that programs take before their subcommand.</summary>
/// <param name="Harmless">
/// Those that change neither what the subcommand does nor which program runs: an allow rule looks past them.
/// A value in the next word is marked by a space at the end, as in <c>-C </c>.
/// </param>
/// <param name="Others">The rest: only a deny rule looks past them.</param>
internal sealed record ProgramOptions(IReadOnlyList<string> Harmless, IReadOnlyList<string> Others)
{
    private static readonly Dictionary<string, ProgramOptions> All = new()
    {
        ["git"] = new(
            ["-C ", "-p", "-P", "--paginate", "--no-pager", "--no-optional-locks", "--literal-pathspecs"],
            [
                "-c ",
                "--config-env ",
                "--git-dir ",
                "--work-tree ",
                "--namespace ",
                "--super-prefix ",
                "--attr-source ",
                "--exec-path",
                "--bare",
                "--no-replace-objects",
                "--no-lazy-fetch",
                "--no-advice",
                "--glob-pathspecs",
                "--noglob-pathspecs",
                "--icase-pathspecs",
            ]
        ),
        ["dotnet"] = new(
            ["-d", "--diagnostics"],
            [
                "--additionalprobingpath ",
                "--additional-deps ",
                "--depsfile ",
                "--runtimeconfig ",
                "--fx-version ",
                "--roll-forward ",
                "--roll-forward-on-no-candidate-fx ",
            ]
        ),
        ["docker"] = new(
            ["-D", "--debug", "-l ", "--log-level "],
            [
                "-H ",
                "--host ",
                "-c ",
                "--context ",
                "--config ",
                "--tls",
                "--tlsverify",
                "--tlscacert ",
                "--tlscert ",
                "--tlskey ",
            ]
        ),
        ["kubectl"] = new(
            ["-v ", "--v "],
            [
                "-n ",
                "--namespace ",
                "-s ",
                "--server ",
                "--context ",
                "--cluster ",
                "--user ",
                "--kubeconfig ",
                "--token ",
                "--as ",
                "--as-group ",
                "--request-timeout ",
                "--insecure-skip-tls-verify",
            ]
        ),
        ["npm"] = new(
            ["-s", "--silent", "-q", "--quiet"],
            ["-w ", "--workspace ", "--prefix ", "-C ", "--userconfig ", "-g", "--global"]
        ),
        ["pnpm"] = new(
            ["-s", "--silent"],
            ["-C ", "--dir ", "-F ", "--filter ", "-r", "--recursive", "-w", "--workspace-root"]
        ),
        ["yarn"] = new(["-s", "--silent"], ["--cwd ", "--use-yarnrc "]),
        ["cargo"] = new(
            ["-q", "--quiet", "-v", "--verbose", "--locked", "--offline", "--frozen"],
            ["-C ", "-Z ", "--config ", "--color "]
        ),
        ["go"] = new([], ["-C "]),
        ["gh"] = new([], ["-R ", "--repo ", "--hostname "]),
        ["terraform"] = new([], ["-chdir"]),
        ["systemctl"] = new(
            ["-q", "--quiet", "--no-pager"],
            ["-H ", "--host ", "-M ", "--machine ", "--user", "--system"]
        ),
    };

    private static readonly ProgramOptions None = new([], []);

    public static ProgramOptions Of(string program) => All.GetValueOrDefault(program, None);

    /// <summary>Words from an option on that belong to it: 1, or 2 when its value is the next word.</summary>
    /// <returns>0 when the option is not among the harmless ones.</returns>
    public int LengthIfHarmless(string option) => Length(Harmless, option);

    /// <returns>0 when the option is not known, so that its value may be the next word or not.</returns>
    public int LengthIfKnown(string option) => Math.Max(Length(Harmless, option), Length(Others, option));

    private static int Length(IReadOnlyList<string> options, string option)
    {
        var equals = option.IndexOf('=', StringComparison.Ordinal);
        var name = equals < 0 ? option : option[..equals];
        return options.Contains(name) ? 1
            : options.Contains(name + " ") ? (equals < 0 ? 2 : 1)
            : 0;
    }
}
