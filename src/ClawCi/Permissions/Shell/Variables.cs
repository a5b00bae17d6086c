using System.Collections.Frozen;

namespace ClawCi.Permissions.Shell;

/// <summary>Variables that change what runs.</summary>
internal static class Variables
{
    /// <summary>Their value is a command line that some program runs, with words of its own behind it.</summary>
    private static readonly FrozenSet<string> Commands =
    [
        "GIT_SSH_COMMAND",
        "GIT_SSH",
        "GIT_EDITOR",
        "GIT_SEQUENCE_EDITOR",
        "GIT_PAGER",
        "GIT_EXTERNAL_DIFF",
        "GIT_ASKPASS",
        "GIT_PROXY_COMMAND",
        "SSH_ASKPASS",
        "SUDO_ASKPASS",
        "EDITOR",
        "VISUAL",
        "FCEDIT",
        "PAGER",
        "MANPAGER",
        "LESSOPEN",
        "LESSCLOSE",
        "BROWSER",
        "RSYNC_RSH",
        "RSYNC_CONNECT_PROG",
        "PROMPT_COMMAND",
        "CC",
        "CXX",
        "CPP",
        "LD",
        "AR",
        "RUSTC",
        "RUSTC_WRAPPER",
        "CARGO",
        "RUSTDOC",
    ];

    /// <summary>The shell expands their value, substitutions included.</summary>
    private static readonly FrozenSet<string> Expanded = ["BASH_ENV", "ENV", "PS0", "PS1", "PS2", "PS3", "PS4"];

    /// <summary>Of those that start like a dangerous family, the ones that only say a name or a habit.</summary>
    private static readonly FrozenSet<string> Harmless =
    [
        "GIT_AUTHOR_NAME",
        "GIT_AUTHOR_EMAIL",
        "GIT_AUTHOR_DATE",
        "GIT_COMMITTER_NAME",
        "GIT_COMMITTER_EMAIL",
        "GIT_COMMITTER_DATE",
        "GIT_TERMINAL_PROMPT",
        "GIT_OPTIONAL_LOCKS",
        "CARGO_TERM_COLOR",
        "CARGO_INCREMENTAL",
    ];

    /// <summary>They decide which program, library or start-up file a program takes.</summary>
    private static readonly FrozenSet<string> Steering =
    [
        "PATH",
        "IFS",
        "CDPATH",
        "HOME",
        "SHELL",
        "SHELLOPTS",
        "BASHOPTS",
        "BASH_ENV",
        "ENV",
        "XDG_CONFIG_HOME",
        "NODE_OPTIONS",
        "NODE_PATH",
        "PYTHONPATH",
        "PYTHONHOME",
        "PYTHONSTARTUP",
        "PERL5LIB",
        "PERL5OPT",
        "RUBYOPT",
        "RUBYLIB",
        "CLASSPATH",
        "JAVA_TOOL_OPTIONS",
        "_JAVA_OPTIONS",
        "JDK_JAVA_OPTIONS",
        "MAVEN_OPTS",
        "GRADLE_OPTS",
        "GOFLAGS",
        "RUSTFLAGS",
        "DOTNET_STARTUP_HOOKS",
        "DOTNET_ADDITIONAL_DEPS",
        "DOCKER_HOST",
        "TERMINFO",
        "GCONV_PATH",
        "LOCPATH",
        "MAKEFLAGS",
        "GNUMAKEFLAGS",
        "MAKEFILES",
        "TEXTDOMAINDIR",
    ];

    private static readonly string[] Families =
    [
        "LD_",
        "DYLD_",
        "GIT_",
        "CARGO_",
        "CORECLR_",
        "COR_",
        "MSBUILD",
        "npm_config_",
        "NPM_CONFIG_",
    ];

    /// <summary>Their value is configuration that can name a program, or a function that shells take over.</summary>
    private static readonly string[] Configuring =
    [
        "GIT_CONFIG",
        "BASH_FUNC_",
        "BASH_ALIASES",
        "BASH_CMDS",
        "BASH_ENV",
        "TAR_OPTIONS",
    ];

    /// <summary>The shell takes what is set to them for arithmetic.</summary>
    private static readonly FrozenSet<string> Numbers =
    [
        "RANDOM",
        "SRANDOM",
        "SECONDS",
        "OPTIND",
        "HISTCMD",
        "LINENO",
        "BASHPID",
        "PPID",
        "UID",
        "EUID",
        "EPOCHSECONDS",
    ];

    public static bool IsNumber(string name) => Numbers.Contains(name);

    public static bool HoldsCommand(string name) => Commands.Contains(name);

    public static bool IsExpanded(string name) => Expanded.Contains(name);

    public static bool Configures(string name) => Starts(name, Configuring);

    public static bool Steers(string name) =>
        Steering.Contains(name) || (!Harmless.Contains(name) && Starts(name, Families));

    private static bool Starts(string name, string[] prefixes) =>
        prefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal));
}
