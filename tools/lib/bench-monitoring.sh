# The suite `monitoring` of tools/bench. Sourced by it, after setup.sh, publish.sh and compile-bench.sh.
# shellcheck shell=bash disable=SC2154

bench_monitoring() {
  local commit ctl="" device="" material=${EDGE_MATERIAL:-../shared/material}
  need_dotnet
  tools/bindings
  setup_onnxruntime
  needs_native_bench
  compile_own_bench

  # In subshells: without edgectl or a device the other rows are measured all the same.
  if (setup_ctl); then
    ctl=$PWD/artifacts/bin/edgectl
  fi

  if [ -z "$only" ] || [ "$only" = explain ]; then
    need_packages mosquitto libmosquitto1
    if (setup_device); then
      device=$PWD/artifacts/publish/$rid/edge-device
    fi
  fi

  commit=$(git rev-parse --short HEAD 2>/dev/null || echo unknown)
  git diff --quiet HEAD -- 2>/dev/null || commit="$commit with changes"
  step "measuring"
  "$here/edge-bench/edge-bench" monitoring --commit "$commit" --ctl "$ctl" --device "$device" --only "$only" \
    --material "$([ ! -d "$material" ] || realpath "$material")" --fixtures "$PWD/tests/EdgeRuntime.Statistics.Tests/Fixtures" \
    --packages "$PWD/tools/train/packages" --library "$PWD/artifacts/native/$rid/libonnxruntime.so.1" \
    --fuzz "$PWD/tools/fuzz" --fuzz-inputs "$fuzz" \
    --output "$PWD/artifacts/figures/monitoring${only:+-$only}.json"
}
