# The story that tools/demo tells. Sourced by it; needs EDGE_DEVICE, EDGE_FLEET_APP, EDGECTL, $run, $seconds, $restarts.
# shellcheck shell=bash disable=SC2154

pids=()      # everything started here, ended in reverse order
failures=()  # parts of the story that did not happen
begin=$SECONDS

say()  { printf '%s[%4ds]%s %s\n' "${bold:-}" "$((SECONDS - begin))" "${plain:-}" "$*"; }
good() { printf '%s[%4ds]%s %s✓%s %s\n' "${bold:-}" "$((SECONDS - begin))" "${plain:-}" "${green:-}" "${plain:-}" "$*"; }
bad()  { printf '%s[%4ds]%s %s✗ %s%s\n' "${bold:-}" "$((SECONDS - begin))" "${plain:-}" "${red:-}" "$*" "${plain:-}" >&2; failures+=("$*"); }

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
  bold=$'\e[1m' green=$'\e[32m' red=$'\e[31m' plain=$'\e[0m'
fi

# Seconds a step may take: its own limit, or what is left of --seconds.
patience() {
  local most=$1
  if [ "$seconds" -gt 0 ]; then
    local left=$((seconds - (SECONDS - begin)))
    [ "$left" -lt "$most" ] && most=$left
  fi
  [ "$most" -lt 1 ] && most=1
  echo "$most"
}

# await SECONDS COMMAND…: until the command succeeds, asked once a second.
await() {
  local until=$((SECONDS + $(patience "$1"))); shift
  while ! "$@"; do
    [ "$SECONDS" -ge "$until" ] && return 1
    sleep 1
  done
}

free_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 20000))
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
  done
}

finish() {
  trap - EXIT INT TERM
  local i
  for ((i = ${#pids[@]} - 1; i >= 0; i--)); do kill "${pids[i]}" 2>/dev/null || true; done
  pkill -P $$ stress-ng 2>/dev/null || true
  wait 2>/dev/null || true
}

api()    { curl -fsS --max-time 5 "$url/api/$1" 2>/dev/null; }
model()  { api "devices/$1" | jq -r --arg m "$2" ".models[] | select(.name == \$m) | $3" 2>/dev/null; }
online() { [ "$(api fleet | jq -r .online 2>/dev/null)" = 4 ]; }

start_broker() {
  mosquitto -c "$run/mosquitto.conf" >>"$run/mosquitto.log" 2>&1 &
  broker=$!
}

start_services() {
  rm -rf "$run"
  mkdir -p "$run/keys" "$run/packages"
  run=$(cd "$run" && pwd)
  vitals_recording=tools/train/recordings/vitals-00.csv
  vitals_hz=$(jq -r .pipeline.rate_hz tools/train/packages/vitals-1/manifest.json)
  good_version=$(jq -r .version tools/train/packages/vitals-2/manifest.json)
  bad_version=$(jq -r .version tools/train/packages/vitals-3/manifest.json)
  mqtt_port=$(free_port)
  web_port=$(free_port)
  url="http://127.0.0.1:$web_port"

  cat >"$run/mosquitto.conf" <<CONF
listener $mqtt_port 127.0.0.1
allow_anonymous true
persistence false
max_inflight_messages 20
log_type error
log_type warning
CONF
  start_broker
  pids+=("$broker")

  "$EDGECTL" keygen --name release --output "$run/keys" >/dev/null
  "$EDGECTL" keygen --name deploy --output "$run/keys" >/dev/null
  local source
  for source in tools/train/packages/*/; do
    "$EDGECTL" pack "$source" --output "$run/packages/$(basename "$source").edgepkg" --key "$run/keys/release.key.pem" >/dev/null
  done

  cat >"$run/fleet.json" <<JSON
{
  "state_dir": "fleet",
  "http": { "url": "$url" },
  "mqtt": { "host": "127.0.0.1", "port": $mqtt_port },
  "deploy_key": "keys/deploy.key.pem",
  "release_keys": ["keys/release.pub.pem"]
}
JSON
  "$EDGE_FLEET_APP" --config "$run/fleet.json" >"$run/fleet.log" 2>&1 &
  pids+=($!)
  await 30 curl -fsS -o /dev/null "$url/healthz" 2>/dev/null || { bad "edge-fleet did not start: $(tail -n 3 "$run/fleet.log")"; return 1; }
}

# device NAME MODELS-JSON: writes its configuration and starts it.
start_device() {
  local name=$1 models=$2
  mkdir -p "$run/$name"
  cat >"$run/$name/edge.json" <<JSON
{
  "device": "$name",
  "profile": "$(host_rid)",
  "state_dir": "state",
  "labels": { "site": "demo" },
  "link": { "host": "127.0.0.1", "port": $mqtt_port },
  "trust": { "release_keys": ["../keys/release.pub.pem"], "deploy_keys": ["../keys/deploy.pub.pem"] },
  "telemetry": { "window_s": 5, "latest_ms": 500, "predictions": "changes" },
  "models": [$models]
}
JSON
  EDGE_PROFILES=$PWD/device-profiles "$EDGE_DEVICE" run --config "$run/$name/edge.json" --plain >"$run/$name/log" 2>&1 &
  pids+=($!)
}

start_devices() {
  local vitals='"name": "vitals", "package": "../packages/vitals-1.edgepkg"'
  local machine='"name": "machine", "package": "../packages/machine-1.edgepkg"'
  start_device this-machine "{ $vitals, \"sensor\": { \"driver\": \"vitals\", \"rate_hz\": $vitals_hz } }"
  local i drift
  for i in 1 2 3; do
    drift=""
    # One of the three gets a sensor that goes wrong after half a minute, for a minute.
    [ "$i" = 2 ] && drift=', "disturbances": [{ "channel": "temperature", "at_s": 30, "for_s": 60, "offset": 40, "ramp_s": 5 }]'
    start_device "sim-$i" "
      { $vitals, \"sensor\": { \"driver\": \"replay\", \"path\": \"$PWD/$vitals_recording\", \"loop\": true, \"start_s\": $((i * 37)) } },
      { $machine, \"sensor\": { \"driver\": \"simulated\", \"seed\": $i$drift } }"
  done
}

# Kills the broker again and again, spread over the story.
break_broker() {
  local i
  for ((i = 1; i <= restarts; i++)); do
    sleep 22
    kill -KILL "$broker" 2>/dev/null || true
    { wait "$broker"; } 2>/dev/null || true
    say "broker killed ($i of $restarts)"
    sleep 2
    start_broker
  done
  echo done >"$run/restarts-done"
  wait "$broker"
}

predicting() { local n; n=$(model this-machine vitals '.latest.n // 0'); [ "${n:-0}" -gt "${1:-0}" ]; }
decides()    { [ "$(model this-machine vitals .latest.decision)" = "$1" ]; }
drifted()    { api 'events?kind=drift&limit=50' | jq -e '[.events[] | select(.device == "sim-2" and .model == "machine")] | length > 0' >/dev/null; }
alarm()      { api devices/this-machine | jq -c '[.alarms[] | select(.name == "drift-vitals")][0] // empty'; }
alarmed()    { [ -n "$(alarm)" ]; }
calm()       { ! alarmed; }
explained()  { [ "$(alarm | jq -r '.explanation != null')" = true ]; }
version_of() { model "$1" vitals '.active.version'; }
all_on()     { local d; for d in this-machine sim-1 sim-2 sim-3; do [ "$(version_of "$d")" = "$1" ] || return 1; done; }

# rollout VERSION: starts one and leaves its id in $rollout. A better model answers otherwise where the old one was wrong,
# so the operator grants a shift of 2 nats; the wrong one shifts by 3.5 and more. Four devices, a broker and the load of
# this story share two cores, so the tail of the inference time is judged loosely too.
start_rollout() {
  rollout=$("$EDGECTL" rollout start --fleet "$url" --package "vitals@$1" --canary 25 --min-samples 20 --soak-seconds 10 \
    --min-prediction-shift 2 --max-p99-ratio 20 --json | jq -r .id)
}

rollout_state() { api "rollouts/$rollout" | jq -r '.state'; }
rollout_is()    { [ "$(rollout_state)" = "$1" ]; }

story_main() {
  trap finish EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  begin=$SECONDS
  start_services || return 1
  start_devices
  echo
  echo "  Fleet:     $url"
  echo "  Messages:  mosquitto_sub -h 127.0.0.1 -p $mqtt_port -v -t 'edge/#'"
  echo "  Logs:      $run/*/log, $run/fleet.log"
  echo
  if [ "$restarts" -gt 0 ]; then
    break_broker &
    pids+=($!)
  fi

  story
  if [ "$restarts" -gt 0 ]; then
    await 150 test -e "$run/restarts-done" || bad "the broker was not restarted $restarts times in the time given"
    await 60 online || bad "not all devices came back after the broker's restarts"
  fi

  for pid in "${pids[@]}"; do
    kill -0 "$pid" 2>/dev/null || [ "$pid" = "${pids[0]}" ] || bad "a process ended by itself; see the logs in $run"
  done
  echo
  if [ ${#failures[@]} -gt 0 ]; then
    say "${#failures[@]} part(s) of the story did not happen:"
    printf '   - %s\n' "${failures[@]}"
    if [ "$seconds" -gt 0 ]; then
      # All is told; a line of this script would say nothing more.
      trap - ERR
      exit 1
    fi
  else
    good "the whole story happened"
  fi

  if [ "$seconds" -eq 0 ]; then
    say "the fleet goes on at $url until Ctrl-C"
    wait
  fi
}

# What no recording of the training shows: processes by the thousand that do nothing but begin and end.
unseen_load() {
  await 60 calm || bad "an alarm stands before anything was done to this machine: $(alarm | jq -r .detail)"
  say "unseen load: this machine forks as no machine of the training did"
  stress-ng --quiet --fork 2 --timeout 90s >/dev/null 2>&1 &
  local load=$!
  if await 60 alarmed && await 20 explained; then
    good "drift alarm: $(alarm | jq -r '.detail + "; most of it " + ([.causes[:3][].feature] | join(", "))')"
    good "explained: $(alarm | jq -r '.explanation | "the \(.quantity) of \(.label) is \(.whole * 100 | round) %, by " + ([.groups[:3][].name] | join(", "))')"
  else
    bad "the unseen load raised no alarm with an explanation"
  fi

  kill "$load" 2>/dev/null || true
  wait "$load" 2>/dev/null || true
  await 60 calm && good "the load ended, and so did the alarm" || bad "the alarm did not end with the load"
}

story() {
  await 30 online && good "four devices online: this machine and three simulated ones" \
    || { bad "only $(api fleet | jq -r .online) of 4 devices came online"; return; }
  await 30 predicting 3 && good "live predictions: this machine is '$(model this-machine vitals .latest.decision)'" \
    || { bad "no live predictions of this machine"; return; }

  local load=compute
  if decides compute; then
    load=disk
    say "something computes on this machine already, so its disk gets the load"
  fi

  say "putting $load load on this machine for 20 s"
  if [ "$load" = compute ]; then
    stress-ng --quiet --cpu "$(nproc)" --timeout 20s >/dev/null 2>&1 &
  else
    stress-ng --quiet --hdd 2 --temp-path "$run" --timeout 20s >/dev/null 2>&1 &
  fi
  await 20 decides "$load" && good "the load changed the predictions: '$load'" \
    || bad "the $load load did not change the predictions ('$(model this-machine vitals .latest.decision)'); end what else keeps this machine busy, and run it again"

  # The fleet must hold what a device is to go back to.
  "$EDGECTL" package push --fleet "$url" "$run/packages/vitals-1.edgepkg" >/dev/null
  "$EDGECTL" package push --fleet "$url" "$run/packages/machine-1.edgepkg" >/dev/null
  say "good update: vitals $good_version, canary first"
  "$EDGECTL" package push --fleet "$url" "$run/packages/vitals-2.edgepkg" >/dev/null
  start_rollout "$good_version"
  await 75 rollout_is completed && all_on "$good_version" \
    && good "vitals $good_version passed the canary and reached all four devices" \
    || bad "the good update ended '$(rollout_state)': $(api "rollouts/$rollout" | jq -r .reason)"

  await 60 drifted && good "drift: sim-2 noticed that a sensor of its machine went wrong" || bad "no drift was reported"

  say "bad update: vitals $bad_version loads, passes its golden vectors, and is wrong"
  "$EDGECTL" package push --fleet "$url" "$run/packages/vitals-3.edgepkg" >/dev/null
  start_rollout "$bad_version"
  await 75 rollout_is reverted \
    && good "halted in the canary: $(api "rollouts/$rollout" | jq -r .reason)" \
    || bad "the bad update ended '$(rollout_state)': $(api "rollouts/$rollout" | jq -r .reason)"
  await 20 all_on "$good_version" && good "undone: all four devices serve vitals $good_version" \
    || bad "not all devices are back on vitals $good_version"
  unseen_load
}
