# Sourced by run.sh and test.sh: the steps from a checkout to something that runs. Each step stops at its own first
# error by itself, because "set -e" is off inside the conditions that call them.
set -euo pipefail
# shellcheck source=toolchains/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
cd "$syncstore_root"

# One compiler process of the heaviest file takes about 0.8 GB: memory bounds the jobs as well as cores do.
parallel_jobs() {
  local cores memory_kb by_memory
  cores="$(nproc)"
  memory_kb="$(awk '/^MemAvailable:/ { print $2 }' /proc/meminfo)"
  by_memory=$((memory_kb / 1200000))
  ((by_memory >= 1)) || by_memory=1
  echo $((cores < by_memory ? cores : by_memory))
}
jobs_max="${SYNCSTORE_JOBS:-$(parallel_jobs)}"

# configure_and_build PRESET TARGET... [-- CMAKE_ARGUMENT...]
configure_and_build() {
  local preset="$1" targets=()
  shift
  while (($#)) && [ "$1" != "--" ]; do
    targets+=("$1")
    shift
  done
  (($#)) && shift
  mkdir -p build || return
  # Two builds in one folder would spoil each other.
  (
    flock 9
    cmake --preset "$preset" "$@" || exit
    # All errors of a build are worth seeing at once, and a suite whose own target was built can still run.
    cmake --build "build/$preset" --parallel "$jobs_max" --target "${targets[@]}" -- -k 0
  ) 9>"build/.$preset.lock"
}

build_wasm_module() {
  configure_and_build wasm ss_wasm
}

# Installing takes half a minute, so it is repeated only when the lockfile changed.
install_web_packages() {
  local stamp="web/node_modules/.lockfile-sha256" digest
  digest="$(sha256sum web/package-lock.json | cut -d' ' -f1)" || return
  mkdir -p build || return
  (
    flock 9
    if [ "$(cat "$stamp" 2>/dev/null)" != "$digest" ]; then
      env --chdir=web npm ci --no-audit --no-fund --loglevel=error || exit
      echo "$digest" >"$stamp"
    fi
  ) 9>build/.web.lock
}

# The linter of the OpenAPI document, fetched once per lockfile.
install_openapi_lint() {
  local from=toolchains/openapi-lint to=build/openapi-lint digest
  digest="$(sha256sum $from/package-lock.json | cut -d' ' -f1)" || return
  mkdir -p "$to" || return
  (
    flock 9
    cp "$from/lint.mjs" "$from/package.json" "$from/package-lock.json" "$to/" || exit
    if [ ! -e "$to/$digest.done" ]; then
      env --chdir="$to" npm ci --ignore-scripts --no-audit --no-fund --loglevel=error || exit
      touch "$to/$digest.done"
    fi
  ) 9>build/.openapi-lint.lock
}

build_web() {
  install_web_packages && env --chdir=web npm run --silent build
}
