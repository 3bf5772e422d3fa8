# What comes from npm: the ONNX Runtime library, and the page's modules. Versions and checksums of the packages stand in
# tools/npm; no script of theirs is run. Sourced by setup.sh.
# shellcheck shell=bash

npm_modules=artifacts/npm/node_modules

setup_npm() {
  local file stale=""
  for file in package.json package-lock.json; do
    cmp -s "tools/npm/$file" "artifacts/npm/$file" || stale=1
  done
  [ -n "$stale" ] || [ ! -e artifacts/npm/.complete ] || return 0

  need_command npm npm
  step "fetching the packages of tools/npm"
  rm -rf artifacts/npm
  mkdir -p artifacts/npm
  cp tools/npm/package.json tools/npm/package-lock.json artifacts/npm/
  (cd artifacts/npm && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null) \
    || fail "npm could not fetch the packages of tools/npm; see the lines above"
  touch artifacts/npm/.complete
}

# The library for both processors, under artifacts/native/linux-{x64,arm64}.
setup_onnxruntime() {
  setup_npm
  local processor source target
  for processor in x64 arm64; do
    source=$npm_modules/onnxruntime-node/bin/napi-v6/linux/$processor/libonnxruntime.so.1
    target=artifacts/native/linux-$processor
    cmp -s "$source" "$target/libonnxruntime.so.1" && continue
    mkdir -p "$target"
    cp "$source" "$target/libonnxruntime.so.1.new"

    # Renamed into place: a program that runs keeps the file it has mapped.
    mv "$target/libonnxruntime.so.1.new" "$target/libonnxruntime.so.1"
  done
}

# The page's modules, under the fleet's wwwroot/vendor.
setup_page() {
  setup_npm
  local vendor=src/EdgeRuntime.Fleet/wwwroot/vendor
  mkdir -p "$vendor"
  page_file preact/dist/preact.module.js
  page_file preact/LICENSE preact.LICENSE
  page_file htm/dist/htm.module.js
  page_file htm/LICENSE htm.LICENSE
  page_file uplot/dist/uPlot.esm.js
  page_file uplot/dist/uPlot.min.css
  page_file uplot/LICENSE uPlot.LICENSE
}

# Without the line that names a source map, which is not served.
page_file() {
  local target=$vendor/${2:-${1##*/}}
  sed '/^\/\/# sourceMappingURL=/d' "$npm_modules/$1" >"$target.new"
  if cmp -s "$target.new" "$target"; then
    rm "$target.new"
  else
    mv "$target.new" "$target"
  fi
}
