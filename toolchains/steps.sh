# Sourced by run.sh and test.sh: the steps from a checkout to something that runs.
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
  cmake --preset "$preset" "$@"
  cmake --build "build/$preset" --parallel "$jobs_max" --target "${targets[@]}"
}

build_wasm_module() {
  configure_and_build wasm ss_wasm
}

# Installing takes half a minute, so it is repeated only when the lockfile changed.
install_web_packages() {
  local stamp="web/node_modules/.lockfile-sha256" digest
  digest="$(sha256sum web/package-lock.json | cut -d' ' -f1)"
  if [ "$(cat "$stamp" 2>/dev/null || true)" != "$digest" ]; then
    (cd web && npm ci --no-audit --no-fund --loglevel=error)
    echo "$digest" >"$stamp"
  fi
}

build_web() {
  install_web_packages
  (cd web && npm run --silent build)
}
