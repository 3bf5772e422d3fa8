# The suite `updates` of tools/bench. Sourced by it, after setup.sh and publish.sh.
# shellcheck shell=bash disable=SC2154

bench_updates() {
  local here=$PWD/artifacts/bench run=$PWD/artifacts/bench/run-updates package=tools/train/packages/machine-1
  local device="" configuration="" commit ctl="" material=${EDGE_MATERIAL:-../shared/material}
  need_dotnet
  need_packages mosquitto libmosquitto1 iproute2
  tools/bindings
  step "building edge-bench"
  quietly dotnet publish tools/EdgeRuntime.Bench -c Release -v q --nologo -o "$here/edge-bench-managed" \
    || fail "edge-bench does not compile; see the lines above"

  quietly dotnet publish tools/EdgeRuntime.Simulator -c Release -v q --nologo -o artifacts/publish/edge-simulator \
    || fail "edge-simulator does not compile; see the lines above"

  # In subshells: without a device, or without a package to serve, the other rows are measured all the same.
  if (setup_device); then
    device=$PWD/artifacts/publish/$(host_rid)/edge-device
  fi

  if (setup_ctl); then
    ctl=$PWD/artifacts/bin/edgectl
  fi

  if [ -n "$device" ] && [ -e "$package/model.onnx" ] && [ -n "$ctl" ]; then
    local name
    rm -rf "$run"
    mkdir -p "$run/keys"
    for name in release deploy; do
      "$ctl" keygen --name "$name" --output "$run/keys" >/dev/null
    done
    "$ctl" pack "$package" --output "$run/machine.edgepkg" --key "$run/keys/release.key.pem" >/dev/null
    # Port 1 of this machine: nobody listens there, and the device knows at once.
    cat >"$run/edge.json" <<JSON
{
  "device": "bench-device",
  "profile": "$(host_rid)",
  "state_dir": "state",
  "link": { "host": "127.0.0.1", "port": 1 },
  "trust": { "release_keys": ["keys/release.pub.pem"], "deploy_keys": ["keys/deploy.pub.pem"] },
  "telemetry": { "outbox": { "max_bytes": 1000000000 } },
  "models": [{ "name": "machine", "package": "machine.edgepkg", "sensor": { "driver": "simulated", "seed": 1 } }]
}
JSON
    configuration=$run/edge.json
  fi

  commit=$(git rev-parse --short HEAD 2>/dev/null || echo unknown)
  git diff --quiet HEAD -- 2>/dev/null || commit="$commit with changes"
  step "measuring (some forty minutes, half of them torture)"
  "$here/edge-bench-managed/edge-bench" updates --only "$only" \
    --device "$device" --device-configuration "$configuration" --commit "$commit" \
    --ctl "$ctl" --material "$([ ! -d "$material" ] || realpath "$material")" \
    --simulator "$PWD/artifacts/publish/edge-simulator/edge-simulator" --repository "${stranger:+$PWD}" \
    --packages "$([ ! -d tools/train/packages ] || realpath tools/train/packages)" \
    --lineage "$([ ! -d tools/train/lineage ] || realpath tools/train/lineage)" \
    --output "$PWD/artifacts/figures/updates${only:+-$only}.json"
}
