#!/usr/bin/env bash
# All figures on this machine, one after the other, into tests/bench/RESULTS.md. About seven minutes after the build.
#   --no-build   take binary, module and web app as they stand
#   --note TEXT  a sentence about the circumstances for the report
#   --only NAME  measures this one again and keeps the other figures of the last run
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../../toolchains/steps.sh"
build=1
note=""
only=""
command="tests/bench/run.sh${*:+ $*}"
while (($#)); do
  case "$1" in
    --no-build) build=0; shift ;;
    --note) note="${2:?--note needs a text}"; shift 2 ;;
    --only) only="${2:?--only needs a name}"; shift 2 ;;
    *) echo "run.sh: unknown argument $1" >&2; exit 2 ;;
  esac
done
export SYNCSTORE_BENCH_WORK="${SYNCSTORE_BENCH_WORK:-$syncstore_root/build/bench}"
work="$SYNCSTORE_BENCH_WORK"
programs="${SYNCSTORE_BENCH_PROGRAMS:-$syncstore_root/build/release}"
[ -n "$only" ] || rm -rf "$work"
mkdir -p "$work"
if ((build)); then
  configure_and_build release syncstore client_replay durable_mutations load_clients long_absence page_bench >"$work/build.log" 2>&1
  build_wasm_module >>"$work/build.log" 2>&1
  build_web >>"$work/build.log" 2>&1
fi
commit="$(git rev-parse --short HEAD)"
load() { cut -d' ' -f1-3 /proc/loadavg; }
before="$(load)"
here=tests/bench
failed=0
# A measurement that fails leaves its figure out, and the whole run says so.
measure() {
  [ -z "$only" ] || [ "$only" = "$1" ] || return 0
  echo "run.sh: $1" >&2
  shift
  "$@" || { echo "run.sh: failed: $*" >&2; failed=1; }
}
script() { node --experimental-websocket --no-warnings "$here/$1.mjs" "${@:2}"; }

measure "server" script server_start
measure "bytes" script wire_bytes
measure "sizes" script sizes
durable() { "$programs/durable_mutations" "$work/durable" >"$work/durable_mutations.json"; }
measure "durable mutations" durable
absence() { "$programs/long_absence" >"$work/long_absence.json"; }
measure "return after 90 days" absence

replays() {
  local run native=() module=()
  for run in 1 2 3 4 5; do
    native+=("$("$programs/client_replay" "$work/games.recording" "$work/games.changes")") || return
    module+=("$(script module_replay "$work/games.recording" "$work/games.changes")") || return
  done
  (IFS=,; echo "[${native[*]}]" >"$work/client_native.json"; echo "[${module[*]}]" >"$work/client_module.json")
  echo "[$(script module_replay "$work/games.recording" "$work/games.changes" chromium)]" >"$work/client_chromium.json"
}
measure "page update" replays
if [ -x "$programs/page_bench" ]; then
  measure "parts of the page update" "$programs/page_bench" --benchmark_min_time=0.1 --benchmark_repetitions=5 \
    --benchmark_enable_random_interleaving=true --benchmark_report_aggregates_only=true \
    --benchmark_out="$work/page_bench.json" --benchmark_out_format=json >/dev/null
fi
measure "two windows" script two_windows
measure "start without network" script offline_start
measure "queue" script queue_stress
measure "memory in the browser" script client_memory
measure "a store of 100,000 products" script large_store
measure "import" script import_file
export SYNCSTORE_BENCH_PROGRAMS="$programs" SYNCSTORE_BENCH_NOTE="$note"
measure "load" script load

if [ -z "$only" ]; then
node -e '
  const [command, date, commit, disk, binary, before, after, note, path] = process.argv.slice(1);
  require("node:fs").writeFileSync(path, JSON.stringify({ command, date, commit, disk, binary, load_before: before, load_after: after, note }));
' "$command" "$(date -u +'%Y-%m-%d %H:%M UTC')" "$commit" \
  "$(df --output=fstype . | tail -n 1)" "${SYNCSTORE_BENCH_KIND:-release build}" "$before" "$(load)" "$note" "$work/facts.json"
fi
script report
exit "$failed"
