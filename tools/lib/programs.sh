# Builds the three programs for use: edge-device natively, edge-fleet and edgectl beside a launcher. Sourced by setup.sh.
# shellcheck shell=bash

# What a C compiler needs to link the native program.
setup_linker() { need_packages gcc libc6-dev binutils; }

setup_device() {
  EDGE_DEVICE=$PWD/artifacts/publish/$(host_rid)/edge-device
  export EDGE_DEVICE
  if unchanged "$EDGE_DEVICE" publish.sh tools/lib tools/npm device-profiles Directory.Build.props \
    Directory.Packages.props src -not -path 'src/EdgeRuntime.Fleet*' \
    && "$EDGE_DEVICE" --version 2>/dev/null | grep -q "^bindings *$(bindings)$"; then
    step "edge-device is up to date"
  else
    ./publish.sh
  fi
}

setup_fleet() {
  setup_page
  need_packages libmosquitto1 libsqlite3-0
  EDGE_FLEET_APP=$PWD/artifacts/bin/edge-fleet
  export EDGE_FLEET_APP
  step "building edge-fleet"
  quietly dotnet publish src/EdgeRuntime.Fleet -c Release -o artifacts/publish/edge-fleet -v q --nologo \
    || fail "edge-fleet does not build; see the lines above"
  launcher edge-fleet ../publish/edge-fleet
}

setup_ctl() {
  EDGECTL=$PWD/artifacts/bin/edgectl
  export EDGECTL
  setup_onnxruntime
  step "building edgectl"
  quietly dotnet publish tools/EdgeRuntime.Ctl -c Release -o artifacts/publish/edgectl -v q --nologo \
    || fail "edgectl does not build; see the lines above"
  launcher edgectl ../publish/edgectl
}

# launcher NAME FOLDER: artifacts/bin/NAME starts the program in the folder, wherever it is called from.
launcher() {
  mkdir -p artifacts/bin
  cat >"artifacts/bin/$1" <<SCRIPT
#!/bin/sh
here=\$(dirname "\$(readlink -f "\$0")")
[ -n "\${EDGE_ONNXRUNTIME:-}" ] || export EDGE_ONNXRUNTIME="\$here/../native/$(host_rid)/libonnxruntime.so.1"
exec "\$here/$2/$1" "\$@"
SCRIPT
  chmod +x "artifacts/bin/$1"
}

# Everything tools/demo needs; leaves EDGE_DEVICE, EDGE_FLEET_APP and EDGECTL behind.
setup_demo() {
  need_dotnet
  need_packages mosquitto mosquitto-clients libmosquitto1 stress-ng curl jq
  tools/bindings
  setup_device
  setup_fleet
  setup_ctl
}
