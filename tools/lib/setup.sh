# What every script here begins with: progress, one-sentence failures, and installing what is missing. Sourced, from
# the root of the repository. Everything may be run again; what is there already costs next to nothing.
# shellcheck shell=bash

# A script that ends without a word is worse than one that fails.
set -E
trap 'printf "%s: stopped by a failure at %s line %s\n" "${0##*/}" "${BASH_SOURCE[0]}" "$LINENO" >&2' ERR

step() { printf '==> %s\n' "$*"; }

# One sentence for the user, and the end.
fail() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

# need_packages PACKAGE...: Debian packages; installs those that are missing, as root or through sudo.
need_packages() {
  local missing=() package
  for package in "$@"; do
    # Not the name alone: a package can be known and removed, which leaves its configuration.
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0

  local root=()
  if [ "$(id -u)" != 0 ]; then
    sudo -n true 2>/dev/null || fail "please install these packages and run it again: sudo apt-get install ${missing[*]}"
    root=(sudo)
  fi

  step "installing ${missing[*]}"
  # A fresh machine has no package lists yet, or old ones; what apt says then is no news.
  install_packages "${missing[@]}" 2>/dev/null && return
  "${root[@]}" apt-get update -q >/dev/null || fail "apt-get update failed; are the package lists reachable?"
  install_packages "${missing[@]}" || fail "apt-get could not install ${missing[*]}; see the lines above"
}

install_packages() {
  # The daemons these packages bring are started by our own scripts, on ports of their own; none is wanted now.
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
    apt-get install -y -q --no-install-recommends "$@" >/dev/null 2>"${TMPDIR:-/tmp}/edge-apt.$$" \
    || { tail -n 3 "${TMPDIR:-/tmp}/edge-apt.$$" >&2; rm -f "${TMPDIR:-/tmp}/edge-apt.$$"; return 1; }
  rm -f "${TMPDIR:-/tmp}/edge-apt.$$"
}

# need_command COMMAND PACKAGE...: installs the packages only when the command is not there, whoever brought it.
need_command() {
  local command=$1
  shift
  command -v "$command" >/dev/null || need_packages "$@"
  command -v "$command" >/dev/null || fail "$command is missing even with $* installed"
}

need_dotnet() {
  command -v dotnet >/dev/null \
    || fail "the .NET 10 SDK is missing, the one thing that is not installed for you: https://dotnet.microsoft.com/download"
  local major
  major=$(dotnet --version 2>/dev/null | cut -d. -f1) || true
  [ "${major:-0}" -ge 10 ] || fail "the .NET 10 SDK is needed; 'dotnet --version' says $(dotnet --version 2>&1 | head -n 1)"

  # First-run messages and telemetry are no part of a build.
  export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
}

# The binding that is built, as Directory.Build.props decides it.
bindings() {
  local chosen=${EDGE_BINDINGS:-}
  [ -n "$chosen" ] || chosen=$(cat .edge/bindings 2>/dev/null) || true
  echo "${chosen:-native}"
}

# fall_back WHY COMMAND...: from the named packages to the native libraries, remembered as tools/bindings does once the
# command works on them: what fails on both is no fault of the packages. False where it does, or the user has chosen.
fall_back() {
  local why=$1
  shift
  [ "$(bindings)" = nuget ] && [ -z "${EDGE_BINDINGS:-}" ] || return 1
  step "trying it on the native libraries"
  EDGE_BINDINGS=native "$@" || return 1
  echo native >.edge/bindings
  echo "the feed has the named packages, but $why" >.edge/bindings.reason
  step "bindings: native from here on ($(cat .edge/bindings.reason))"
}

# This machine's runtime identifier.
host_rid() {
  case $(uname -m) in
    x86_64) echo linux-x64 ;;
    aarch64) echo linux-arm64 ;;
    *) fail "there is no edge-device for a $(uname -m) processor" ;;
  esac
}

# patiently COMMAND...: says every half minute that the command is still at it.
patiently() {
  local status=0 heart
  while sleep 30 >/dev/null 2>&1 && kill -0 $$ 2>/dev/null; do echo "    still at it" >&2; done &
  heart=$!
  disown "$heart"
  "$@" || status=$?
  kill "$heart" 2>/dev/null || true
  return "$status"
}

# hear COMMAND...: keeps what it says in the caller's variable said.
hear() { said=$("$@" 2>&1); }

# quietly COMMAND...: patiently, and shows what the command said only when it fails.
quietly() {
  local said
  patiently hear "$@" && return
  printf '%s\n' "$said" | grep -E '(error|warning) ' | sort -u | head -n 30 >&2 || true
  printf '%s\n' "$said" | tail -n 5 >&2
  return 1
}

# unchanged STAMP PATH...: true when nothing below the paths is newer than the stamp, so that work can be left out.
unchanged() {
  local stamp=$1
  shift
  [ -e "$stamp" ] && [ -z "$(find "$@" -newer "$stamp" -print -quit 2>/dev/null)" ]
}

. tools/lib/npm.sh
. tools/lib/programs.sh
