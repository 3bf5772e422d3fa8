#!/usr/bin/env bash
# Makes edge-device for one target: compiles natively, tests the result, packs it with the libraries it needs.
#
#   ./publish.sh [linux-x64|linux-arm64]     this machine's, when none is named
#
# Leaves artifacts/publish/RID (ready to run) and dist/edge-device-VERSION-RID.tar.gz with its checksum. Where the native
# pack for the target cannot be restored, makes an archive that needs the .NET runtime, and labels it "portable". For the
# other processor it takes clang and Debian's packages, or the system in the directory EDGE_SYSROOT, and tests under qemu.
set -euo pipefail
cd "$(dirname "$0")"
. tools/lib/setup.sh
. tools/lib/publish.sh

case ${1:-} in
  -h | --help) sed -n '2,8s/^# \{0,1\}//p' "$0"; exit 0 ;;
  "") rid=$(host_rid) ;;
  linux-x64 | linux-arm64) rid=$1 ;;
  *) echo "publish.sh: the target can be linux-x64 or linux-arm64, not '$1'" >&2; exit 64 ;;
esac

need_dotnet
tools/bindings
need_packages binutils
setup_onnxruntime
version=$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' Directory.Build.props)
native_framework "$rid"   # sets $framework; empty when none restores, and then $absent says what

if [ -n "$framework" ]; then
  flavour=""
  compile_natively
else
  step "no native pack for $rid: the feed does not have $absent; making the portable archive instead"
  flavour=-portable
  compile_portably
fi

add_libraries
add_notices
state_floor
self_test
pack
