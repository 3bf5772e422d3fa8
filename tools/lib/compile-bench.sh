# Natively compiled edge-bench, as its figures are about. Sourced by tools/bench, after setup.sh and publish.sh.
# shellcheck shell=bash disable=SC2154

# Sets $rid, $here and $framework, or ends with the sentence that says what is missing.
needs_native_bench() {
  rid=$(host_rid)
  here=$PWD/artifacts/bench
  setup_linker
  native_framework "$rid"
  [ -n "$framework" ] || fail "the figures are about natively compiled programs, and the feed does not have $absent"
  mkdir -p "$here"
}

# compile_bench BINDING FOLDER
compile_bench() {
  local linker=()
  command -v clang >/dev/null || linker=(-p:CppCompilerAndLinker=gcc)
  step "compiling edge-bench natively on $framework, bindings $1"
  quietly dotnet publish tools/EdgeRuntime.Bench -c Release -r "$rid" -v q --nologo -o "$here/$2" -p:Bindings="$1" \
    -p:ArtifactsPath="$here/target-$1" -p:EdgeTargetFramework="$framework" -p:EdgeNative=true "${linker[@]}"
}

# Into $here/edge-bench, with the binding in use.
compile_own_bench() {
  compile_bench "$(bindings)" edge-bench \
    || fall_back "edge-bench does not compile on them" compile_bench native edge-bench \
    || fail "edge-bench does not compile; see the lines above"
}
