# What the scripts of this folder share: sentences for what is missing, and installing it. Sourced, never run.
# Every failure is one sentence on standard error that says what to do, and exit code 70 (environment).

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

die() {
  printf '%s: %s\n' "${0##*/}" "$1" >&2
  exit "${2:-70}"
}

# Finds a Swift 6.3 or later toolchain.
need_swift() {
  command -v swift >/dev/null 2>&1 ||
    die "there is no swift on PATH: install a Swift 6.3 toolchain from swift.org and put its usr/bin on PATH"
  # The version costs a quarter of a second, so it is asked again only when the compiler changed.
  local swift stamp version
  swift=$(readlink -f "$(command -v swift)")
  stamp="$root/.build/swift-version"
  if [ ! -f "$stamp" ] || [ "$swift" -nt "$stamp" ]; then
    version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p' | head -n 1)
    [ -n "$version" ] || die "$swift does not say which Swift version it is: reinstall the toolchain"
    [ "$(printf '6.3\n%s\n' "$version" | sort -V | head -n 1)" = 6.3 ] ||
      die "Swift $version is too old, Latewrite needs 6.3 or later: put a newer toolchain's usr/bin first on PATH"
    mkdir -p "$root/.build" && : >"$stamp" || die "$root is not writable: clone it to a place where you may write"
  fi
}

# need_package FILE PACKAGE: installs Debian's PACKAGE when FILE is not there.
need_package() {
  local file=$1 package=$2 log
  [ -e "$file" ] && return
  command -v apt-get >/dev/null 2>&1 ||
    die "$file is missing and there is no apt-get to install it: install $package (or what your system calls it) by hand"
  local as_root=()
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null ||
      die "$package is missing and installing it needs root: run 'apt-get install $package' as root, then try again"
    as_root=(sudo -n)
  fi
  printf '%s: installing %s\n' "${0##*/}" "$package" >&2
  log=$(mktemp)
  if ! { "${as_root[@]}" apt-get install -y "$package" ||
    { "${as_root[@]}" apt-get update && "${as_root[@]}" apt-get install -y "$package"; }; } >"$log" 2>&1; then
    local reason
    reason=$(grep -m 1 '^E:' "$log" || tail -n 1 "$log")
    rm -f "$log"
    die "apt-get could not install $package (${reason#E: }): check the network or install it by hand, then try again"
  fi
  rm -f "$log"
  [ -e "$file" ] || die "$package is installed but $file is not there: install the file by hand"
}

# What every build needs beside Swift itself.
need_build_packages() {
  need_swift
  need_package "/usr/include/$(uname -m)-linux-gnu/libunwind.h" libunwind-dev
}

# What Swift's libraries need to become part of a program.
need_static_packages() {
  compgen -G "/usr/lib/gcc/*/*/libstdc++.so" >/dev/null ||
    need_package "/usr/lib/gcc/$(uname -m)-linux-gnu/12/libstdc++.so" libstdc++-12-dev
}

# is_fresh STAMP PATH...: true when nothing below the paths is newer than the stamp.
is_fresh() {
  local stamp=$1
  shift
  [ -f "$stamp" ] && [ -z "$(find "$@" -newer "$stamp" -print -quit 2>/dev/null)" ]
}
