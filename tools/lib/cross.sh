# What it takes to compile for the other processor and to try the result: a linker, that processor's system libraries, and
# an emulator. Sourced by publish.sh, after setup.sh; they share $rid.
# shellcheck shell=bash disable=SC2154

# Sets $sysroot: the directory EDGE_SYSROOT, else one made of Debian's packages for that processor.
setup_cross() {
  local debian
  case $rid in
    linux-arm64) debian=arm64 emulator=(qemu-aarch64 -cpu cortex-a76) ;;
    linux-x64) debian=amd64 emulator=(qemu-x86_64 -cpu max) ;;
  esac
  need_command clang clang
  need_command ld.lld lld
  need_packages llvm
  need_command "${emulator[0]}" qemu-user
  sysroot=${EDGE_SYSROOT:-$PWD/artifacts/sysroot/$rid}
  [ -n "${EDGE_SYSROOT:-}" ] || make_sysroot "$debian"
  emulator+=(-L "$(emulated_root)")
}

make_sysroot() {
  [ ! -e "$sysroot/.complete" ] || return 0
  command -v apt-get >/dev/null \
    || fail "to compile for $rid on this machine, name a directory with that system's libraries and headers in EDGE_SYSROOT"
  step "fetching Debian's libraries for $1"
  rm -rf "$sysroot"
  mkdir -p "$sysroot"

  # Lists and packages of the other architecture, apart from this machine's own.
  local apt=$PWD/artifacts/sysroot/apt-$1 options package
  mkdir -p "$apt/state/lists/partial" "$apt/cache/archives/partial" "$apt/packages"
  : >"$apt/status"
  options=(-q -o "APT::Architecture=$1" -o "APT::Architectures=$1" -o "Dir::State=$apt/state" -o "Dir::State::status=$apt/status"
    -o "Dir::Cache=$apt/cache" -o Acquire::Languages=none -o "APT::Sandbox::User=$(id -un)")
  quietly apt-get "${options[@]}" update || fail "the package lists for $1 could not be fetched; see the lines above, or name a system's directory in EDGE_SYSROOT"
  local wanted=(libc6 libc6-dev linux-libc-dev libgcc-s1 libstdc++6 libmosquitto1)

  # Their names carry versions that differ from one release to the next.
  for package in '^libgcc-[0-9]+-dev$' '^libssl3(t64)?$'; do
    wanted+=("$(apt-cache "${options[@]}" search --names-only "$package" | awk '{ print $1 }' | sort -V | tail -n 1)")
  done
  (cd "$apt/packages" && quietly apt-get "${options[@]}" download "${wanted[@]}") \
    || fail "${wanted[*]} for $1 could not be fetched; see the lines above, or name a system's directory in EDGE_SYSROOT"
  for package in "$apt/packages"/*.deb; do
    dpkg-deb -x "$package" "$sysroot"
  done

  rm -rf "$apt"
  touch "$sysroot/.complete"
}

# Where the emulated program finds its system. ONNX Runtime for ARM reads what processor it runs on from /proc/cpuinfo, and
# cannot make anything of this machine's.
emulated_root() {
  local root=$PWD/artifacts/sysroot/emulated-$rid i
  rm -rf "$root"
  mkdir -p "$root/proc"
  ln -s "$sysroot/lib" "$sysroot/usr" "$root/"
  [ "$rid" != linux-arm64 ] || for ((i = 0; i < $(nproc); i++)); do
    printf 'processor\t: %d\nFeatures\t: fp asimd aes pmull sha1 sha2 crc32 atomics fphp asimdhp asimdrdm lrcpc dcpop asimddp\n' "$i"
    printf 'CPU implementer\t: 0x41\nCPU architecture: 8\nCPU variant\t: 0x4\nCPU part\t: 0xd0b\nCPU revision\t: 1\n\n'
  done >"$root/proc/cpuinfo"
  echo "$root"
}
