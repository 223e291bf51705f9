#!/usr/bin/env bash
# From a checkout to a running SyncStore: installs what is missing, builds, and becomes the server.
set -euo pipefail

usage() {
  cat <<'USAGE'
usage: toolchains/run.sh [--port N] [--data DIR] [--no-demo]

  --port N     port on 127.0.0.1 (default 8080; 0 takes any free port)
  --data DIR   data directory (default ./data)
  --no-demo    do not put the two demo stores into an empty data directory

Prints "ADDRESS <url>" once the server answers, and per demo user "SIGN-IN <name> <password> <role> <stores>";
without demo data "SETUP <url>": the link, good for one time, that makes the first account.
USAGE
}

port=8080
data=""
demo=(--demo)
while (($#)); do
  case "$1" in
    --port | --data)
      (($# >= 2)) || { echo "run.sh: $1 needs a value" >&2; exit 2; }
      if [ "$1" = --port ]; then port="$2"; else data="$2"; fi
      shift 2
      ;;
    --port=*) port="${1#*=}"; shift ;;
    --data=*) data="${1#*=}"; shift ;;
    --no-demo) demo=(); shift ;;
    -h | --help) usage; exit 0 ;;
    *) echo "run.sh: unknown argument $1" >&2; usage >&2; exit 2 ;;
  esac
done
if ! [[ "$port" =~ ^[0-9]{1,5}$ ]] || ((10#$port > 65535)); then
  echo "run.sh: --port wants a number from 0 to 65535, not '$port'" >&2
  exit 2
fi
# A relative directory is meant from where the caller stands.
if [ -n "$data" ]; then data="$(realpath -m -- "$data")"; fi

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
"$here/install.sh" >&2
source "$here/steps.sh"
data="${data:-$syncstore_root/data}"

log="$syncstore_root/build/run.log"
mkdir -p "$syncstore_root/build"
: >"$log"
step() {
  local title="$1"
  shift
  echo "run.sh: $title" >&2
  if ! "$@" >>"$log" 2>&1; then
    tail -n 40 "$log" >&2
    echo "run.sh: $title failed, the whole output is in $log" >&2
    exit 1
  fi
}
step "building the server" configure_and_build release syncstore
step "building the browser's module" build_wasm_module
step "building the web app" build_web

exec "$syncstore_root/build/release/syncstore" serve --data "$data" --listen "127.0.0.1:$port" \
  --web "$syncstore_root/web/dist" --print-sign-ins ${demo[@]+"${demo[@]}"}
