#!/usr/bin/env bash
# What proves itself only in great numbers. Each campaign ends with its figures; the exit code is 1 when a promise broke.
set -euo pipefail

campaigns=(worlds fuzz kills chaos connections)
campaign=worlds
seeds=1000
first=1
steps=2000
clients=5
faults=all
jobs="$(nproc)"
cpu_seconds=3600
kills=1000
minutes=30
seed=1
links=10000
grow_corpus=()
program="${SYNCSTORE_BINARY:-}"

usage() {
  cat <<USAGE
usage: toolchains/campaign.sh [worlds] [--seeds N] [--first N] [--steps N] [--clients N] [--faults LIST] [--jobs N]
       toolchains/campaign.sh fuzz [--cpu-seconds N] [--jobs N] [--grow-corpus] [TARGET...]
       toolchains/campaign.sh kills [--kills N]
       toolchains/campaign.sh chaos [--minutes N] [--seed N]
       toolchains/campaign.sh connections [--links N]

  worlds       many seeds of the simulated world, in several processes; what breaks is told in its shortest form with the command that shows
               it again, also in build/campaign.log
    --seeds N    so many worlds ($seeds)            --first N    number of the first ($first)
    --steps N    steps of each ($steps)           --clients N  browsers of each ($clients)
    --faults L   all, none, or names with commas   --jobs N     processes side by side ($jobs)
  fuzz         every decoder for --cpu-seconds ($cpu_seconds) on a processor, under the sanitizers; goes on where it was stopped. --grow-corpus adds
               the smallest inputs that reach more to tests/fuzz/corpus
  kills        --kills ($kills) times SIGKILL of the server under load, with a log of what was acknowledged
  chaos        real browsers behind a bad network for --minutes ($minutes); wants a quiet machine
  connections  --links ($links) browsers that look and do nothing: memory, time, latency of an edit among them
  SYNCSTORE_BINARY names the program, else build/release/syncstore is built.
USAGE
}

targets=()
if (($#)) && [[ " ${campaigns[*]} " == *" $1 "* ]]; then
  campaign="$1"
  shift
fi
while (($#)); do
  case "$1" in
    --seeds | --first | --steps | --clients | --jobs | --cpu-seconds | --kills | --minutes | --seed | --links)
      [[ "${2:-}" =~ ^[1-9][0-9]*$ ]] || { usage >&2; exit 2; }
      name="${1#--}"
      declare "${name//-/_}=$2"
      shift 2
      ;;
    --faults) faults="${2:?}"; shift 2 ;;
    --grow-corpus) grow_corpus=(--grow-corpus); shift ;;
    -h | --help) usage; exit 0 ;;
    -*) usage >&2; exit 2 ;;
    *) [ "$campaign" = fuzz ] || { usage >&2; exit 2; }; targets+=("$1"); shift ;;
  esac
done

source "$(dirname "${BASH_SOURCE[0]}")/steps.sh"
mkdir -p build

if [ "$campaign" = fuzz ]; then
  configure_and_build fuzz fuzz_programs >build/campaign-fuzz-build.log 2>&1 || { tail -n 20 build/campaign-fuzz-build.log >&2; exit 1; }
  exec python3 tests/fuzz/campaign.py --programs build/fuzz --work build/fuzz-campaign --cpu-seconds "$cpu_seconds" --jobs "$jobs" \
    "${grow_corpus[@]}" "${targets[@]}"
fi

if [ -z "$program" ]; then
  wanted=(syncstore)
  [ "$campaign" = connections ] && wanted+=(load_clients)
  configure_and_build release "${wanted[@]}" >/dev/null
  program="$syncstore_root/build/release/syncstore"
fi
export SYNCSTORE_BINARY="$program"
case "$campaign" in
  kills) SYNCSTORE_KILLS="$kills" exec python3 tests/acceptance/run.py KillNine ;;
  chaos)
    [ -n "${SYNCSTORE_WEB:-}" ] || { build_wasm_module && build_web; } >/dev/null
    exec node tests/chaos/browsers.mjs --minutes "$minutes" --seed "$seed"
    ;;
  connections) exec node tests/bench/load/connections.mjs "$links" ;;
esac

log="$syncstore_root/build/campaign.log"
# Batches small enough that a slow one does not make the others wait at the end.
batch=$(((seeds + jobs * 8 - 1) / (jobs * 8)))
((batch <= 50)) || batch=50
run_batch() {
  local from="$1" count="$2"
  "$program" simulate --seed "$from" --seeds "$count" --jobs 1 --steps "$steps" --clients "$clients" --faults "$faults" 2>&1 | grep -v ' seeds hold$' || true
}
export -f run_batch
export program steps clients faults

started="$EPOCHREALTIME"
for ((from = first; from < first + seeds; from += batch)); do
  rest=$((first + seeds - from))
  echo "$from $((rest < batch ? rest : batch))"
done | xargs -P "$jobs" -L 1 bash -c 'run_batch "$0" "$1"' >"$log"

held="$(grep -c '; digest ' "$log" || true)"
grep -A12 ' breaks after ' "$log" >&2 || true
awk -v seeds="$seeds" -v held="$held" -v steps="$steps" -v began="$started" -v ended="$EPOCHREALTIME" 'BEGIN {
  took = ended - began
  printf "%d of %d seeds hold, %d steps in %.0f s: %.2f million steps a minute\n", held, seeds, held * steps, took, held * steps / took * 60 / 1e6
}'
((held == seeds))
