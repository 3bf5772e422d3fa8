# The steps of publish.sh. Sourced by it, after setup.sh; they share $rid, $version, $framework and $flavour.
# shellcheck shell=bash disable=SC2154

. tools/lib/cross.sh

# The project's promise: Debian 12, Ubuntu 22.04, Raspberry Pi OS 12, JetPack 6 and newer.
glibc_floor=2.34

# native_framework RID: the newest framework whose native pack restores, found by a restore and remembered for this SDK.
native_framework() {
  local memory=.edge/native-$1 sdk candidate said
  framework="" absent=""
  sdk=$(dotnet --version)
  if [ "$(sed -n 1p "$memory" 2>/dev/null)" = "$sdk" ]; then
    framework=$(sed -n 2p "$memory")
    absent=$(sed -n 3p "$memory")
    return
  fi

  for candidate in net10.0 net9.0; do
    step "asking the feed for the native pack of $candidate, $1"
    native_probe "$1" "$candidate"
    if said=$(dotnet restore "artifacts/probe/$1-$candidate/probe.csproj" -v q --nologo 2>&1); then
      framework=$candidate
      break
    fi

    # Only "it does not exist" is an answer.
    if grep -oE 'error [A-Z]+[0-9]+' <<<"$said" | grep -qvE 'NU110[12]' || ! grep -qE 'error NU110[12]' <<<"$said"; then
      fail "the package feed could not be asked, which is no answer: $(grep -m 1 error <<<"$said" | sed 's/.*\(error [A-Z]*[0-9]*: [^[]*\).*/\1/')"
    fi

    absent=$(grep -oE 'package [A-Za-z0-9.-]+' <<<"$said" | awk '{print $2}' | sed 's/\.$//' | sort -u)
    absent=$(grep -E 'ILCompiler|NativeAOT' <<<"$absent" || echo "$absent")
    absent=$(paste -sd' ' <<<"$absent")
  done

  mkdir -p .edge
  printf '%s\n%s\n%s\n' "$sdk" "$framework" "$absent" >"$memory"
}

native_probe() {
  local probe=artifacts/probe/$1-$2 file
  mkdir -p "$probe"
  for file in Directory.Build.props Directory.Build.targets Directory.Packages.props; do
    echo '<Project />' >"$probe/$file"
  done
  cat >"$probe/probe.csproj" <<XML
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>$2</TargetFramework>
    <RuntimeIdentifier>$1</RuntimeIdentifier>
    <PublishAot>true</PublishAot>
  </PropertyGroup>
</Project>
XML
}

compile_natively() {
  local linker=()
  if [ "$rid" = "$(host_rid)" ]; then
    setup_linker
    command -v clang >/dev/null || linker=(-p:CppCompilerAndLinker=gcc)
  else
    setup_cross
    linker=(-p:LinkerFlavor=lld "-p:SysRoot=$sysroot" -p:ObjCopyName=llvm-objcopy)
  fi

  step "compiling edge-device $version natively for $rid on $framework (a minute or two)"
  publish_device -r "$rid" -p:EdgeTargetFramework="$framework" -p:EdgeNative=true "${linker[@]}"
  if warned=$(grep -E 'warning (IL|MSB|NETSDK)' "$log"); then
    printf '%s\n' "$warned" | sort -u | head -n 30 >&2
    fall_back "edge-device compiles with warnings on them" compile_natively && return
    fail "the compilation warned about trimming or native code; it must not"
  fi

  # What the debugger needs stays here, beside the archive and not in it.
  mkdir -p artifacts/symbols
  mv "$out"/*.dbg "artifacts/symbols/edge-device-$version-$rid.dbg"
}

compile_portably() {
  framework=net10.0
  step "compiling edge-device $version for any processor on $framework"
  publish_device --no-self-contained -p:EdgeTargetFramework=$framework -p:UseAppHost=false
  cat >"$out/edge-device" <<'SCRIPT'
#!/bin/sh
exec dotnet "$(dirname "$(readlink -f "$0")")/edge-device.dll" "$@"
SCRIPT
  chmod +x "$out/edge-device"
  cat >"$out/PORTABLE" <<TXT
edge-device $version, portable: not compiled natively, because no native pack for $rid could be restored
($absent).
It needs the .NET 10 runtime (https://dotnet.microsoft.com/download) and the package libmosquitto1; start ./edge-device.
TXT
}

to_log() { "$@" >"$log" 2>&1; }

# publish_device OPTION...: into $out. A tree of its own, because a restore for one target would disturb plain builds.
publish_device() {
  out=artifacts/publish/$rid$flavour
  log=artifacts/publish/$rid$flavour.log
  target=artifacts/target-$rid$flavour-$(bindings)
  rm -rf "$out"
  mkdir -p "$out"
  if ! patiently to_log dotnet publish src/EdgeRuntime.Device -c Release -v m --nologo -o "$out" \
    -p:ArtifactsPath="$PWD/$target" \
    -p:TreatWarningsAsErrors=true "$@"; then
    grep -E '(error|warning) ' "$log" | sort -u | head -n 30 >&2
    fall_back "edge-device does not compile on them" publish_device "$@" && return
    fail "edge-device does not compile; see $log"
  fi

  find "$out" \( -name '*.pdb' -o -name '*.xml' \) -delete
}

add_libraries() {
  mkdir -p "$out/lib"

  # The package's own library, where it brought one: its C# was made for that.
  if [ -e "$out/libonnxruntime.so" ]; then
    mv "$out/libonnxruntime.so" "$out/lib/libonnxruntime.so.1"
    mv "$out"/libonnxruntime_*.so "$out/lib/" 2>/dev/null || true # which it looks for beside itself
    onnxruntime=package
  else
    cp "artifacts/native/$rid/libonnxruntime.so.1" "$out/lib/"
    onnxruntime=npm
  fi

  if [ -z "$flavour" ] && [ "$(bindings)" = native ]; then
    local mosquitto
    if [ "$rid" = "$(host_rid)" ]; then
      need_packages libmosquitto1
      mosquitto=$(ldconfig -p | awk '$1 == "libmosquitto.so.1" && !found { found = 1; print $NF }')
    else
      mosquitto=$(find "$sysroot" -name libmosquitto.so.1 -print -quit)
    fi

    [ -n "$mosquitto" ] || fail "libmosquitto.so.1 for $rid was not found; install libmosquitto1 there"
    cp -L "$mosquitto" "$out/lib/libmosquitto.so.1"
  fi

  rm -rf "$out/device-profiles"
  cp -r device-profiles "$out/"
  cp LICENSE src/EdgeRuntime.Device/Service/edge-device.service "$out/"
  cp src/EdgeRuntime.Device/README.md "$out/CONFIGURATION.md"
}

# THIRD-PARTY-NOTICES, from the licence files that the packages themselves bring.
add_notices() {
  local notices=$out/THIRD-PARTY-NOTICES folder file sum
  local -A told=()
  {
    echo "edge-device $version contains or comes with the following software of others."
    while read -r folder; do
      notice "$(basename "$(dirname "$folder")") $(basename "$folder")"
      while read -r file; do
        sum=$(tr -d '\r' <"$file" | sha256sum)
        if [ -n "${told[$sum]:-}" ]; then
          echo "The same ${file##*/} as above, under ${told[$sum]}."
        else
          sed 's/\r$//; 1s/^\xEF\xBB\xBF//' "$file"
        fi

        told[$sum]=${told[$sum]:-$(basename "$(dirname "$folder")")}
        echo
      done < <(find "$folder" -maxdepth 1 -type f \( -iname 'license*' -o -iname 'third*party*notices*' \) | sort)
      find "$folder" -maxdepth 1 -iname 'license*' | grep -q . \
        || sed -n 's:.*<license type="expression">\(.*\)</license>.*:The package states its licence as \1 and brings no text of it.:p' "$folder"/*.nuspec
    done < <(compiled_packages)
    if [ "$onnxruntime" = npm ]; then
      notice "ONNX Runtime $(npm_version onnxruntime-node) (lib/libonnxruntime.so.1)"
      echo "From the npm package onnxruntime-node, which states its licence as $(npm_licence onnxruntime-node) and brings no text of it."
    else
      notice "ONNX Runtime (lib/libonnxruntime.so.1)"
      echo "From the NuGet package Microsoft.ML.OnnxRuntime, under the MIT licence."
    fi

    echo "The notices of its parts: https://github.com/microsoft/onnxruntime/blob/main/ThirdPartyNotices.txt"
    printf '\nCopyright (c) Microsoft Corporation\n'
    sed '1,/^Copyright/d' LICENSE # the text of the MIT licence, which is ours too
    if [ -e "$out/lib/libmosquitto.so.1" ]; then
      notice "Eclipse Mosquitto's client library (lib/libmosquitto.so.1)"
      cat /usr/share/doc/libmosquitto1/copyright
    fi
  } >"$notices"
}

notice() { printf '\n================================================================================\n%s\n\n' "$1"; }

npm_version() { sed -n 's/^ *"version": "\(.*\)",\{0,1\}$/\1/p' "$npm_modules/$1/package.json" | head -n 1; }

npm_licence() { sed -n 's/^ *"license": "\(.*\)",\{0,1\}$/\1/p' "$npm_modules/$1/package.json" | head -n 1; }

# Folders of the NuGet packages that went into the program: those the native compiler was given; for a portable one,
# those whose assemblies lie in the output.
compiled_packages() {
  local packages
  packages=$(dotnet nuget locals global-packages --list | sed 's/.*: //; s:/$::')
  if [ -z "$flavour" ]; then
    find "$target" -name '*.ilc.rsp' -exec cat {} + | grep -oE "$packages/[^/]+/[^/]+" | sort -u
  else
    find "$out" -maxdepth 1 -name '*.dll' ! -name 'EdgeRuntime.*' ! -name 'edge-device.dll' | while read -r file; do
      find "$packages" -maxdepth 5 -name "$(basename "$file")" -size "$(stat -c %s "$file")c" -print -quit \
        | sed -E "s:($packages/[^/]+/[^/]+)/.*:\1:"
    done | sort -u
  fi
}

# The highest glibc symbol of everything shipped, beside the promise.
state_floor() {
  local file highest needed overall=0 objdump=objdump
  [ "$rid" = "$(host_rid)" ] || [ -n "$flavour" ] || objdump=llvm-objdump
  for file in "$out/edge-device" "$out"/lib/*.so*; do
    head -c 4 "$file" | grep -q ELF || continue
    highest=$("$objdump" -T "$file" | grep -oE 'GLIBC_[0-9.]+' | sort -Vu | tail -n 1)
    needed=$("$objdump" -p "$file" | awk '$1 == "NEEDED" && $2 !~ /^(libc|libm|libdl|librt|libpthread|ld-linux.*)\.so/ { print $2 }' | paste -sd' ')
    printf '    %-20s needs glibc %s%s\n' "${file##*/}" "${highest#GLIBC_}" "${needed:+ and $needed}"
    overall=$(printf '%s\n%s\n' "$overall" "${highest#GLIBC_}" | sort -V | tail -n 1)
  done

  if [ "$(printf '%s\n%s\n' "$overall" "$glibc_floor" | sort -V | tail -n 1)" = "$glibc_floor" ]; then
    step "runs on glibc $overall and newer (promised: $glibc_floor)"
  else
    step "runs on glibc $overall and newer, which is above the promised $glibc_floor: compile on Debian 12 to keep it"
  fi
}

# From an empty directory, with an empty environment: nothing but the system's libraries and what is shipped. A portable
# one is run on this machine's .NET and with this machine's ONNX Runtime.
self_test() {
  local with=() through=()
  if [ -n "$flavour" ]; then
    with=("PATH=$PATH" "EDGE_ONNXRUNTIME=$PWD/artifacts/native/$(host_rid)/libonnxruntime.so.1")
    need_packages libmosquitto1
  elif [ "$rid" != "$(host_rid)" ]; then
    through=("${emulator[@]}")
  fi

  step "self-test of the result${through:+, emulated}"
  local empty said program=$PWD/$out/edge-device
  empty=$(mktemp -d)
  if ! said=$(cd "$empty" && env -i PATH=/usr/bin:/bin "${with[@]}" "${through[@]}" "$program" selftest 2>&1); then
    printf '%s\n' "$said" | tail -n 20 >&2
    fail "the published edge-device does not pass its self-test"
  fi

  rmdir "$empty" 2>/dev/null || fail "the self-test left files in its working directory: $(ls -A "$empty")"
  printf '%s\n' "$said" | sed 's/^/    /'
}

pack() {
  local name=edge-device-$version-$rid$flavour when
  when=$(git log -1 --format=%ct 2>/dev/null || echo 0)
  mkdir -p dist
  chmod -R a+rX,go-w "$out"
  (cd "$out" && find . -type f ! -name SHA256SUMS -printf '%P\n' | LC_ALL=C sort | xargs sha256sum >SHA256SUMS)

  # The same bytes from the same input: sorted, without owners and with one date.
  tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$when" --transform "s:^\./:$name/:;s:^\.$:$name:" \
    -C "$out" -cf - . | gzip -9n >"dist/$name.tar.gz"
  (cd dist && sha256sum "$name.tar.gz" >"$name.tar.gz.sha256")
  touch "$out/edge-device"
  step "dist/$name.tar.gz ($(du -h "dist/$name.tar.gz" | cut -f1))"
}
