#!/usr/bin/env bash
# For work on SyncStore itself: server and web app that follow every saved file. A change under web/src shows in open pages at once (Vite); one
# under core, server or wasm is compiled, and the server starts again with its data and its port. What does not compile changes nothing.
set -euo pipefail

usage() {
  cat <<'USAGE'
usage: toolchains/dev.sh [--port N] [--web-port N] [--host ADDRESS] [--data DIR] [--preset NAME]

  --port N        port of the server on 127.0.0.1 (default 8080; 0 takes any free port)
  --web-port N    port of the pages (default 5173)
  --host ADDRESS  where the pages listen (default 127.0.0.1)
  --data DIR      data directory (default build/dev-data; demo data when it is empty)
  --preset NAME   how the server is compiled (default dev: fast to compile; see CMakePresets.json)

Prints "OPEN <url>" and "SIGN-IN <name> <password> <role> <stores>" lines, then a line for each reload.
USAGE
}

port=8080
web_port=5173
host=127.0.0.1
data=""
preset=dev
while (($#)); do
  case "$1" in
    --port | --web-port | --host | --data | --preset)
      (($# >= 2)) || { usage >&2; exit 2; }
      name="${1#--}"
      declare "${name//-/_}=$2"
      shift 2
      ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
done
[ -z "$data" ] || data="$(realpath -m -- "$data")"

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
"$here/install.sh" >&2
source "$here/steps.sh"
data="${data:-$syncstore_root/build/dev-data}"
work="$syncstore_root/build/dev-loop"
mkdir -p "$work"
server=""
pages=""
trap 'kill $server $pages 2>/dev/null || true; wait' EXIT
trap 'exit 0' INT TERM

# compile COMMAND...: shows the errors of what fails.
compile() {
  "$@" >"$work/build.log" 2>&1 && return
  grep -E 'error|FAILED' "$work/build.log" | head -n 20 >&2 || tail -n 20 "$work/build.log" >&2
  return 1
}
build_server() { compile configure_and_build "$preset" syncstore; }
build_module() { compile build_wasm_module && env --chdir=web node scripts/copy-module.mjs; }

# The program that runs is a copy: the linker may write the next one meanwhile.
start_server() {
  cp "build/$preset/syncstore" "$work/syncstore"
  : >"$work/said"
  "$work/syncstore" serve --data "$data" --listen "127.0.0.1:$port" --demo --print-sign-ins --rate-limit 0 --backup-every 0 \
    --allowed-origin "http://127.0.0.1:$web_port" --allowed-origin "http://localhost:$web_port" >"$work/said" &
  server=$!
  until grep -q '"listening"' "$work/said"; do
    kill -0 "$server" 2>/dev/null || { server=""; return 1; }
    sleep 0.1
  done
  # A port that was free is kept for the pages.
  port="$(sed -n 's/.*"url":"http:[^"]*:\([0-9]*\)".*/\1/p' "$work/said")"
}
stop_server() {
  [ -n "$server" ] || return 0
  kill -TERM "$server" 2>/dev/null || true
  wait "$server" || true
  server=""
}

# newer STAMP FOLDER...: something in there was saved since.
newer() {
  local stamp="$1"
  shift
  [ -n "$(find "$@" -newer "$stamp" -type f \( -name '*.[ch]pp' -o -name '*.def' -o -name '*.sql' -o -name CMakeLists.txt \) -print -quit)" ]
}

touch "$work/server.stamp" "$work/module.stamp"
echo "dev.sh: building" >&2
build_server
build_module
install_web_packages >&2
start_server
SYNCSTORE_URL="http://127.0.0.1:$port" env --chdir=web node_modules/.bin/vite --host "$host" --port "$web_port" --strictPort --clearScreen false &
pages=$!
asked="$host"
[ "$host" = 0.0.0.0 ] && asked=127.0.0.1
until (exec 3<>"/dev/tcp/$asked/$web_port") 2>/dev/null; do
  kill -0 "$pages" 2>/dev/null || exit 1
  sleep 0.1
done
echo "OPEN http://127.0.0.1:$web_port"
grep '^SIGN-IN' "$work/said" || true

while kill -0 "$pages" 2>/dev/null; do
  if newer "$work/module.stamp" core wasm; then
    touch "$work/module.stamp"
    if build_module; then echo "RELOADED module"; else echo "KEPT module"; fi
  fi
  if newer "$work/server.stamp" core server; then
    touch "$work/server.stamp"
    if build_server; then
      stop_server
      if start_server; then echo "RELOADED server"; else echo "KEPT nothing: the server did not start"; fi
    else
      echo "KEPT server"
    fi
  fi
  # Interrupted by a signal, unlike a sleep in the foreground.
  sleep 1 &
  wait $! || true
done
exit 1
