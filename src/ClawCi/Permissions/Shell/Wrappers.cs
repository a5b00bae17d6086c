using System.Collections.Frozen;

namespace ClawCi.Permissions.Shell;

/// <summary>Every wrapper that is known, with the options that may stand before the command.</summary>
internal static class Wrappers
{
    /// <summary>The name that may stand first is such a program itself.</summary>
    private static readonly Wrapper Architecture = new(
        "-3 -B -F -I -L -R -S -T -X -Z -v --32bit --addr-no-randomize --addr-compat-layout --verbose --show",
        "--uname-2.6",
        0,
        WrapperForm.Words,
        false
    );

    public static FrozenDictionary<string, Wrapper> All { get; } =
        new Dictionary<string, Wrapper>(
            "linux32 linux64 i386 i486 i586 i686 athlon x86_64 uname26 arm armh armv6l armv7l armv8l arm64 aarch64"
                .Split(' ')
                .Select(name => KeyValuePair.Create(name, Architecture))
        )
        {
            ["env"] = new(
                "- -i -0 -v --ignore-environment --null --debug",
                "-u -C --unset --chdir",
                0,
                WrapperForm.WordsAfterVariables,
                true
            ),
            ["timeout"] = new(
                "-f -p -v --foreground --preserve-status --verbose",
                "-k -s --kill-after --signal",
                1,
                WrapperForm.Words,
                true
            ),
            ["gtimeout"] = new(
                "--foreground --preserve-status -v --verbose",
                "-k -s --kill-after --signal",
                1,
                WrapperForm.Words,
                true
            ),
            ["nohup"] = new("", "", 0, WrapperForm.Words, true),
            ["nice"] = new("", "-n --adjustment", 0, WrapperForm.Words, true),
            ["ionice"] = new("-t --ignore", "-c -n --class --classdata", 0, WrapperForm.Words, true),
            ["chrt"] = new(
                "-b -f -i -o -r -R -a -v --batch --fifo --idle --other --rr",
                "-T -P -D",
                1,
                WrapperForm.Words,
                true
            ),
            ["taskset"] = new("-a -c -p --all-tasks --cpu-list --pid", "", 1, WrapperForm.Words, false),
            ["setsid"] = new("-c -f -w --ctty --fork --wait", "", 0, WrapperForm.Words, true),
            ["stdbuf"] = new("", "-i -o -e --input --output --error", 0, WrapperForm.Words, true),
            ["time"] = new(
                "-p -v -q -a --portability --verbose --quiet --append",
                "-f --format",
                0,
                WrapperForm.Words,
                true
            ),
            ["command"] = new("-p", "", 0, WrapperForm.Words, true),
            ["builtin"] = new("", "", 0, WrapperForm.Words, true),
            ["exec"] = new("-c -l", "-a", 0, WrapperForm.Words, true),
            ["xargs"] = new(
                "-0 -r -t -x -o --null --no-run-if-empty --verbose --exit --open-tty --show-limits",
                "-n -P -L -d -E -s -a --max-args --max-procs --max-lines --delimiter --max-chars --arg-file",
                0,
                WrapperForm.WordsAndMore,
                true
            ),
            ["eatmydata"] = new("", "", 0, WrapperForm.Words, false),
            ["fakeroot"] = new("-u -b", "-l -s -i -f", 0, WrapperForm.Words, false),
            ["unbuffer"] = new("-p", "", 0, WrapperForm.Words, false),
            ["chronic"] = new("-v -e", "", 0, WrapperForm.Words, false),
            ["catchsegv"] = new("", "", 0, WrapperForm.Words, false),
            ["sudo"] = new(
                "-A -b -E -e -H -i -K -k -l -N -n -P -S -s -v --preserve-env --non-interactive --login --shell --stdin --set-home",
                "-a -C -c -D -g -h -p -R -r -T -t -U -u --user --group --chdir --prompt --host",
                0,
                WrapperForm.WordsAfterVariables,
                false
            ),
            ["doas"] = new("-L -n -s", "-a -C -u", 0, WrapperForm.Words, false),
            ["su"] = new(
                "- -l -m -p -f --login --preserve-environment",
                "-s -g -G -w --shell --group",
                1,
                WrapperForm.TextOfC,
                false
            ),
            ["runuser"] = new("- -l -m -p -f --login", "-s -g -G -w -u --user --shell", 0, WrapperForm.TextOfC, false),
            ["gosu"] = new("", "", 1, WrapperForm.Words, false),
            ["su-exec"] = new("", "", 1, WrapperForm.Words, false),
            ["setpriv"] = new(
                "--clear-groups --keep-groups --init-groups --no-new-privs --nnp",
                "--reuid --regid --groups --inh-caps --bounding-set --ambient-caps",
                0,
                WrapperForm.Words,
                false
            ),
            ["chroot"] = new("--skip-chdir", "--userspec --groups", 1, WrapperForm.Words, false),
            ["unshare"] = new(
                "-m -u -i -n -p -U -C -T -f -r -c --mount --uts --ipc --net --pid --user --cgroup --time --fork --map-root-user --mount-proc --kill-child",
                "-R -w -S -G --root --wd --setuid --setgid --propagation",
                0,
                WrapperForm.Words,
                false
            ),
            ["nsenter"] = new(
                "-a -m -u -i -n -p -U -C -T -F -r -w --all --mount --uts --ipc --net --pid --user --no-fork",
                "-t -S -G --target",
                0,
                WrapperForm.Words,
                false
            ),
            ["setarch"] = Architecture,
            ["prlimit"] = new("", "", 0, WrapperForm.Words, false),
            ["flock"] = new(
                "-s -x -e -u -n -o -F --shared --exclusive --unlock --nonblock --close --no-fork --verbose",
                "-w -E --wait --timeout --conflict-exit-code",
                1,
                WrapperForm.TextOfC,
                true
            ),
            ["script"] = new(
                "-q -a -e -f --quiet --append --return --flush",
                "-O -T -I -B -E -o --log-out --log-timing",
                0,
                WrapperForm.TextOfC,
                false
            ),
            ["watch"] = new(
                "-b -c -d -e -g -p -t -w -x --beep --color --differences --errexit --chgexit --precise --no-title",
                "-n --interval",
                0,
                WrapperForm.Text,
                true
            ),
            ["ssh"] = new(
                "-4 -6 -A -a -C -f -G -g -K -k -M -N -n -q -s -T -t -V -v -X -x -Y -y",
                "-B -b -c -D -E -e -F -I -i -J -L -l -m -O -p -Q -R -S -W -w",
                1,
                WrapperForm.Text,
                false
            ),
            ["strace"] = new(
                "-f -ff -c -C -d -i -k -q -qq -r -t -tt -T -v -x -y",
                "-e -o -s -p -P -S -u -E -a -b -I -O",
                0,
                WrapperForm.Words,
                false
            ),
            ["ltrace"] = new("-f -c -C -S -i -r -t -tt -T", "-e -o -s -p -u -a -l -n", 0, WrapperForm.Words, false),
            ["valgrind"] = new("-q -v", "--tool --log-file", 0, WrapperForm.Words, false),
            ["busybox"] = new("", "", 0, WrapperForm.Words, false),
            ["toybox"] = new("", "", 0, WrapperForm.Words, false),
            ["npx"] = new("-y -q --yes --no --no-install --quiet", "-p --package", 0, WrapperForm.Words, false),
            ["bunx"] = new("", "", 0, WrapperForm.Words, false),
            ["pkexec"] = new("--disable-internal-agent --keep-cwd", "--user", 0, WrapperForm.Words, false),
            ["systemd-run"] = new(
                "--user --scope --wait --pipe -P -t -q --quiet",
                "-p -u --unit --property",
                0,
                WrapperForm.Words,
                false
            ),
            ["xvfb-run"] = new(
                "-a -l --auto-servernum",
                "-e -f -n -p -s -w --server-args",
                0,
                WrapperForm.Words,
                false
            ),
            ["dbus-run-session"] = new("--", "", 0, WrapperForm.Words, false),
            ["faketime"] = new("-f -m", "", 1, WrapperForm.Words, false),
            ["hyperfine"] = new("", "-w -m -M -r --warmup --min-runs --max-runs --runs", 0, WrapperForm.Text, false),
            ["tini"] = new("-s -g -v -vv", "-p", 0, WrapperForm.Words, false),
            ["dumb-init"] = new("-c -v", "-r", 0, WrapperForm.Words, false),
            ["sg"] = new("", "", 1, WrapperForm.TextOfC, false),
        }.ToFrozenDictionary();

    /// <summary>Subcommands that run the words behind them, <c>npm exec -- eslint</c>, and options that may stand between.</summary>
    public static FrozenDictionary<string, (string[] Names, Wrapper Options)> Subcommands { get; } =
        new Dictionary<string, (string[], Wrapper)>
        {
            ["npm"] = (
                ["exec", "exe", "x"],
                new(
                    "-y -q -s --yes --no --quiet --silent --offline --prefer-offline --workspaces",
                    "-C -w --package --prefix --workspace --userconfig --call -c",
                    0,
                    WrapperForm.Words,
                    false
                )
            ),
            ["pnpm"] = (
                ["exec", "dlx"],
                new(
                    "-c -r -s -w --shell-mode --recursive --silent --workspace-root --parallel --no-bail",
                    "-C -F --dir --filter --package",
                    0,
                    WrapperForm.Words,
                    false
                )
            ),
            ["yarn"] = (
                ["exec", "dlx"],
                new("-q -s --quiet --silent", "-p --package --cwd", 0, WrapperForm.Words, false)
            ),
            ["bundle"] = (["exec"], new("--keep-file-descriptors", "--gemfile", 0, WrapperForm.Words, false)),
            ["poetry"] = (["run"], None),
            ["pipenv"] = (["run"], None),
            ["uv"] = (
                ["run"],
                new(
                    "-m -n -q -s -v --active --all-extras --all-groups --all-packages --dev --exact --frozen --isolated --locked --module --no-cache --no-dev --no-env-file --no-project --no-sync --offline --quiet --script --verbose",
                    "-p -w --directory --env-file --extra --group --index --no-group --only-group --package --project --python --with --with-editable --with-requirements",
                    0,
                    WrapperForm.Words,
                    false
                )
            ),
            ["perf"] = (
                ["stat", "record"],
                new(
                    "-a -d -g -v --all-cpus",
                    "-e -F -o -r --event --freq --output --repeat",
                    0,
                    WrapperForm.Words,
                    false
                )
            ),
        }.ToFrozenDictionary();

    private static Wrapper None => new("", "", 0, WrapperForm.Words, false);

    /// <summary>Options whose value another program runs, with more words behind it.</summary>
    public static FrozenDictionary<string, string[]> RunningOptions { get; } =
        new Dictionary<string, string[]>
        {
            ["tar"] =
            [
                "--to-command",
                "--use-compress-program",
                "--rsh-command",
                "--info-script",
                "--new-volume-script",
                "-I",
                "-F",
            ],
            ["rsync"] = ["--rsh", "--rsync-path", "-e"],
            ["scp"] = ["-S"],
            ["sftp"] = ["-S", "-D"],
            ["sort"] = ["--compress-program"],
            ["man"] = ["--pager", "-P"],
            ["rg"] = ["--pre", "--hostname-bin"],
            ["npm"] = ["--script-shell"],
            ["pnpm"] = ["--script-shell"],
            ["ag"] = ["--pager"],
            ["split"] = ["--filter"],
            ["nc"] = ["-e", "-c"],
            ["ncat"] = ["--exec", "--sh-exec", "-e", "-c"],
            ["zip"] = ["--unzip-command", "-TT"],
            ["go"] = ["-exec", "-toolexec", "-vettool"],
            ["make"] = ["--eval"],
            ["entr"] = ["-s"],
            ["git"] =
            [
                "--exec",
                "--extcmd",
                "--open-files-in-pager",
                "--upload-pack",
                "--receive-pack",
                "--tree-filter",
                "--index-filter",
                "--msg-filter",
                "--commit-filter",
                "--env-filter",
                "--parent-filter",
                "--tag-name-filter",
                "--setup",
            ],
            ["xterm"] = ["-e"],
            ["nodemon"] = ["--exec", "-x"],
        }.ToFrozenDictionary();
}
