#!/usr/bin/env bash
# Many seeds of the simulated world, in several processes. The last line is "N of N seeds hold, ..."; the exit code is 1 when a
# promise broke, and what broke, in its shortest form with the command that shows it again, goes to standard error and to the log.
set -euo pipefail

seeds=1000
first=1
steps=2000
clients=5
faults=all
jobs="$(nproc)"
program="${SYNCSTORE_BINARY:-}"

usage() {
  cat <<USAGE
usage: toolchains/campaign.sh [--seeds N] [--first N] [--steps N] [--clients N] [--faults LIST] [--jobs N]

  --seeds N    so many worlds ($seeds)            --first N    number of the first ($first)
  --steps N    steps of each ($steps)           --clients N  browsers of each ($clients)
  --faults L   all, none, or names with commas   --jobs N     processes side by side ($jobs)
  SYNCSTORE_BINARY names the program, else build/release/syncstore is built. Log: build/campaign.log
USAGE
}

while (($#)); do
  case "$1" in
    --seeds | --first | --steps | --clients | --jobs)
      [[ "${2:-}" =~ ^[1-9][0-9]*$ ]] || { usage >&2; exit 2; }
      declare "${1#--}=$2"
      shift 2
      ;;
    --faults) faults="${2:?}"; shift 2 ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
done

source "$(dirname "${BASH_SOURCE[0]}")/steps.sh"
if [ -z "$program" ]; then
  configure_and_build release syncstore >/dev/null
  program="$syncstore_root/build/release/syncstore"
fi
mkdir -p build
log="$syncstore_root/build/campaign.log"

# Batches small enough that a slow one does not make the others wait at the end.
batch=$(((seeds + jobs * 8 - 1) / (jobs * 8)))
((batch <= 50)) || batch=50
run_batch() {
  local from="$1" count="$2"
  "$program" simulate --seed "$from" --seeds "$count" --steps "$steps" --clients "$clients" --faults "$faults" 2>&1 | grep -v ' seeds hold$' || true
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
