# Sourced by the scripts beside it.
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

say() { printf '    %s\n' "$*"; }
step() { printf '==> %s\n' "$*"; }
die() {
  printf '%s: %s\n' "$0" "$*" >&2
  exit 1
}

# Debian packages, if any are named.
install_packages() {
  [ $# -gt 0 ] || return 0
  [ "$(id -u)" = 0 ] || die "missing: $*. As root: apt-get install --no-install-recommends $*"
  step "Installing $*"
  local log
  log=$(mktemp)
  export DEBIAN_FRONTEND=noninteractive
  if ! { apt-get update && apt-get install -y --no-install-recommends "$@"; } >"$log" 2>&1 </dev/null; then
    tail -n 5 "$log" >&2
    die "apt-get failed; the whole log is $log"
  fi
  rm "$log"
}

# The runtime identifier of this machine.
rid() {
  case $(uname -m) in
    x86_64) echo linux-x64 ;;
    aarch64) echo linux-arm64 ;;
    *) die "no build for $(uname -m): x86_64 and aarch64 only" ;;
  esac
}
