#!/usr/bin/env bash
# Builds and runs every suite. The last line is exactly "N passed, N failed"; the exit code is 1 when anything failed
# or a suite did not run. What takes longer (sanitizers, fuzzers, coverage, kills, soak) is toolchains/deep.sh.
set -euo pipefail

groups=(tidy core wasm server simulation acceptance web e2e)
topics=(websocket sync api)

usage() {
  cat <<USAGE
usage: toolchains/test.sh [--only NAME[,NAME...]]...

  groups: ${groups[*]}; all of them by default
  topics, what several groups say of one thing:
    websocket  sockets and their messages: framing, dialects, fan-out, bounds, abuse
    sync       operations of sync: merge, queue, replica, commit, catch-up, the simulation, the promises from outside
    api        the HTTP interface: routes, access, errors, imports, the OpenAPI document
  SYNCSTORE_JOBS=N bounds the parallel processes. Logs and reports: build/test-results.
USAGE
}

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
source "$here/arguments.sh"
read_arguments "$@"
((${#selected[@]})) || selected=("${groups[@]}")
known_groups "${groups[@]}" "${topics[@]}"
"$here/install.sh"
source "$here/steps.sh"
set +e

results="$syncstore_root/build/test-results"
mkdir -p "$results"
rm -f "$results/unsteady" "$results"/*.alone.log
alone_suites="server acceptance e2e"
source "$here/suites.sh"

if wants tidy; then
  run_reported tidy lines "$results/tidy.log" python3 tests/tidy/tidy.py
fi

native_targets=()
wants core websocket sync && native_targets+=(core_tests)
wants server websocket sync api && native_targets+=(server_tests)
wants simulation sync && native_targets+=(simulation_tests)
wants server acceptance e2e websocket sync api && native_targets+=(syncstore)
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

# run_acceptance SUITE [NAME-PART...]
run_acceptance() {
  local suite="$1"
  shift
  if is_built release syncstore; then
    run_reported "$suite" lines "$results/$suite.log" \
      env SYNCSTORE_BINARY="$syncstore_root/build/release/syncstore" python3 tests/acceptance/run.py "$@"
  else
    did_not_run "$suite" "the server did not build" ""
  fi
}

lint_openapi() {
  if is_built release syncstore && step "openapi packages" install_openapi_lint; then
    run_reported openapi lines "$results/openapi.log" \
      node build/openapi-lint/lint.mjs build/release/syncstore
  else
    did_not_run openapi "the server or the linter is missing" ""
  fi
}

if wants acceptance; then
  run_acceptance acceptance
  lint_openapi
fi

# run_native TOPIC SUITE FILTER: these tests of a native suite.
run_native() {
  if is_built release "$2_tests"; then
    run_gtest "$1-$2" "build/release/$2_tests" "--gtest_filter=$3"
  else
    did_not_run "$1-$2" "its build failed" ""
  fi
}

if wants websocket; then
  run_native websocket core '*FeedSession*:ConnectionTable.*:Backoff.*:JsonDialect.*:FrameCodec.*:Golden.*:Compression.*'
  run_native websocket server 'Socket*:Hub*:JsonFeed*:Connection*:HttpDoor.*'
  run_acceptance websocket-acceptance .Socket. SocketAbuse SlowReaders Drain
fi

if wants sync; then
  run_native sync core 'Merge*:Conflict*:Queue.*:Replica*:EditWorld.*:Marks.*:Coalescer*:ApplyDelta.*:ClientSession.*:*Page*'
  run_native sync server 'Commit*:Conflicts.*:StoresAndSync.*:Hub*:Adapters/StorageContract*'
  run_native sync simulation '*'
  run_acceptance sync-acceptance test_sync_promises
fi

if wants api; then
  run_native api server 'Http*:*HttpGate*:Routes.*:Problems.*:Headers.*:EntityTags.*:RateLimit.*:Accounts.*:Authorisation.*:Products.*:Stores*:Imports*'
  run_acceptance api-acceptance test_http_contract test_openapi
  wants acceptance || lint_openapi
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

if [ -f "$results/unsteady" ]; then
  echo "unsteady, failed once and passed $alone_times times alone (see build/test-results):"
  sed 's/^/  /' "$results/unsteady"
fi
echo "took $SECONDS s"
echo "$total_passed passed, $total_failed failed"
((total_failed == 0))
