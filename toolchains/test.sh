#!/usr/bin/env bash
# Builds and runs every suite. The last line is exactly "N passed, N failed"; the exit code is 1 when anything failed
# or a suite did not run. What takes longer (sanitizers, fuzzers, coverage, kills, soak) is toolchains/deep.sh.
set -euo pipefail

groups=(tidy core wasm server simulation acceptance web e2e)

usage() {
  cat <<USAGE
usage: toolchains/test.sh [--only GROUP[,GROUP...]]...

  groups: ${groups[*]}
  SYNCSTORE_JOBS=N bounds the parallel processes. Logs and reports: build/test-results.
USAGE
}

selected=()
while (($#)); do
  case "$1" in
    --only)
      (($# >= 2)) || { usage >&2; exit 2; }
      IFS=, read -r -a names <<<"$2"
      selected+=("${names[@]}")
      shift 2
      ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
done
((${#selected[@]})) || selected=("${groups[@]}")
for name in "${selected[@]}"; do
  [[ " ${groups[*]} " == *" $name "* ]] || { echo "test.sh: no group $name" >&2; usage >&2; exit 2; }
done
wants() {
  local name
  for name in "$@"; do
    [[ " ${selected[*]} " == *" $name "* ]] && return 0
  done
  return 1
}

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
"$here/install.sh"
source "$here/steps.sh"
set +e

results="$syncstore_root/build/test-results"
mkdir -p "$results"
source "$here/suites.sh"

if wants tidy; then
  run_reported tidy lines "$results/tidy.log" python3 tests/tidy/tidy.py
fi

native_targets=()
wants core && native_targets+=(core_tests)
wants server && native_targets+=(server_tests syncstore)
wants simulation && native_targets+=(simulation_tests)
wants acceptance e2e && native_targets+=(syncstore)
if ((${#native_targets[@]})); then
  step "native build" configure_and_build release "${native_targets[@]}" -- -DSYNCSTORE_WERROR=ON
  for suite in core server simulation; do
    wants "$suite" || continue
    # What was built before must not be tested in place of what no longer builds.
    if is_built release "${suite}_tests"; then
      run_gtest "$suite" "build/release/${suite}_tests"
    else
      did_not_run "$suite" "its build failed" ""
    fi
  done
fi

if wants acceptance; then
  if is_built release syncstore; then
    run_reported acceptance lines "$results/acceptance.log" \
      env SYNCSTORE_BINARY="$syncstore_root/build/release/syncstore" python3 tests/acceptance/run.py
  else
    did_not_run acceptance "the server did not build" ""
  fi
  if is_built release syncstore && step "openapi packages" install_openapi_lint; then
    run_reported openapi lines "$results/openapi.log" \
      node build/openapi-lint/lint.mjs build/release/syncstore
  else
    did_not_run openapi "the server or the linter is missing" ""
  fi
fi

if wants wasm; then
  if step "wasm-tests build" configure_and_build wasm-tests core_tests -- -DSYNCSTORE_WERROR=ON; then
    run_reported wasm gtest "$results/wasm.xml" \
      node --no-experimental-fetch build/wasm-tests/core_tests.js "--gtest_output=xml:$results/wasm.xml"
  else
    did_not_run wasm "its build failed" ""
  fi
fi

if wants web e2e; then
  web_ready=0
  step "web packages" install_web_packages && step "wasm module build" build_wasm_module && web_ready=1
  if wants web; then
    if ((web_ready)); then
      step "web check" env --chdir=web npm run --silent check
      run_reported web vitest "$results/web.json" \
        env --chdir=web npm run --silent test -- --reporter=default --reporter=json "--outputFile.json=$results/web.json"
    else
      did_not_run web "its packages or the module are missing" ""
    fi
  fi
  if ((web_ready)); then
    step "web build" env --chdir=web npm run --silent build || web_ready=0
    if wants e2e && ((web_ready)) && is_built release syncstore; then
      run_reported sizes lines "$results/sizes.log" \
        env SYNCSTORE_BINARY="$syncstore_root/build/release/syncstore" SYNCSTORE_WEB="$syncstore_root/web/dist" \
        SYNCSTORE_BENCH_WORK="$results" node tests/bench/check_sizes.mjs
    fi
  fi
  if wants e2e; then
    if ((web_ready)) && is_built release syncstore; then
      # The tests of the browser stand beside the app, their packages inside it.
      ln -sfn ../../web/node_modules tests/e2e/node_modules
      run_reported e2e playwright "$results/e2e.json" \
        env CI=1 SYNCSTORE_BINARY="$syncstore_root/build/release/syncstore" SYNCSTORE_WEB="$syncstore_root/web/dist" \
        PLAYWRIGHT_JSON_OUTPUT_NAME="$results/e2e.json" \
        web/node_modules/.bin/playwright test --config tests/e2e/playwright.config.ts --reporter=list,json
    else
      did_not_run e2e "the server or the app did not build" ""
    fi
  fi
fi

echo "took $SECONDS s"
echo "$total_passed passed, $total_failed failed"
((total_failed == 0))
