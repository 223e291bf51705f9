#!/usr/bin/env bash
# Builds and runs every suite (the sanitizers' runs too with --only asan). The last line is exactly "N passed, N failed"; the exit code is 1 when anything failed
# or a suite did not run.
set -euo pipefail

groups=(tidy core wasm server simulation acceptance web e2e asan)

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
# The sanitizers' build doubles the time from a bare machine: toolchains/deep.sh runs it.
((${#selected[@]})) || selected=("${groups[@]:0:8}")
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
total_passed=0
total_failed=0

# A suite that does not get as far as a report is one failure.
did_not_run() {
  echo "FAILED  $1: did not run ($2)"
  if [ -f "$results/$3" ]; then
    {
      grep -E '(error|warning): |^FAILED: |undefined (symbol|reference)' "$results/$3" | head -n 40
      tail -n 25 "$results/$3"
    } | cut -c1-240 | sed 's/^/  | /'
  fi
  total_failed=$((total_failed + 1))
}

# step TITLE COMMAND...: its output goes to a log of its own.
step() {
  local title="$1" log="${1// /-}.log" started=$SECONDS
  shift
  if "$@" >"$results/$log" 2>&1 </dev/null; then
    echo "done    $title ($((SECONDS - started)) s)"
  else
    did_not_run "$title" "$((SECONDS - started)) s" "$log"
    return 1
  fi
}

is_built() {
  cmake --build build/release --parallel "$jobs_max" --target "$@" >/dev/null 2>&1
}

# count SUITE KIND RUNNER_EXIT SECONDS REPORT...
count() {
  local suite="$1" kind="$2" runner_exit="$3" took="$4" line passed failed
  shift 4
  if ! line="$(python3 "$here/count_tests.py" "$kind" "$@" 2>"$results/$suite.failed")"; then
    did_not_run "$suite" "no report, runner's exit code $runner_exit" "$suite.log"
    return
  fi
  read -r passed failed <<<"$line"
  if ((passed + failed == 0)); then
    did_not_run "$suite" "no tests, runner's exit code $runner_exit" "$suite.log"
    return
  fi
  # A crash after the last test, or a leak report, fails the runner without failing a test.
  if ((failed == 0 && runner_exit != 0)); then
    failed=1
    echo "  the runner ended with $runner_exit" >>"$results/$suite.failed"
  fi
  total_passed=$((total_passed + passed))
  total_failed=$((total_failed + failed))
  if ((failed)); then
    echo "FAILED  $suite: $passed passed, $failed failed ($took s)"
    cat "$results/$suite.failed"
    if [ "$kind" = gtest ]; then
      grep -hE -A12 'Failure$|ERROR: |WARNING: Thread|runtime error' "$results/$suite.log" | head -n 120
    else
      tail -n 80 "$results/$suite.log"
    fi | cut -c1-240 | sed 's/^/  | /'
  else
    echo "passed  $suite: $passed passed, 0 failed ($took s)"
  fi
}

# run_gtest SUITE PROGRAM: as many shards side by side as there are cores, at most four.
run_gtest() {
  local suite="$1" program="$2" shards=$((jobs_max < 4 ? jobs_max : 4)) started=$SECONDS
  local shard pid status=0 pids=() reports=()
  for ((shard = 0; shard < shards; shard++)); do
    reports+=("$results/$suite.$shard.xml")
    rm -f "${reports[-1]}"
    GTEST_TOTAL_SHARDS=$shards GTEST_SHARD_INDEX=$shard timeout --kill-after=10 900 \
      "$program" "--gtest_output=xml:${reports[-1]}" \
      >"$results/$suite.$shard.log" 2>&1 </dev/null &
    pids+=($!)
  done
  for pid in "${pids[@]}"; do
    wait "$pid" || status=$?
  done
  # The log of a shard that crashed goes last: it ends in the test that did it.
  for ((shard = 0; shard < shards; shard++)); do
    if [ -f "${reports[shard]}" ]; then cat "$results/$suite.$shard.log" >&3; else cat "$results/$suite.$shard.log" >&4; fi
  done 3>"$results/$suite.log" 4>"$results/$suite.crashed"
  cat "$results/$suite.crashed" >>"$results/$suite.log"
  rm -f "$results/$suite.crashed"
  count "$suite" gtest "$status" $((SECONDS - started)) "${reports[@]}"
}

run_reported() {
  local suite="$1" kind="$2" report="$3" started=$SECONDS status=0
  shift 3
  rm -f "$report"
  timeout --kill-after=10 900 "$@" >"$results/$suite.log" 2>&1 </dev/null || status=$?
  count "$suite" "$kind" "$status" $((SECONDS - started)) "$report"
}

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
    if is_built "${suite}_tests"; then
      run_gtest "$suite" "build/release/${suite}_tests"
    else
      did_not_run "$suite" "its build failed" ""
    fi
  done
fi

if wants acceptance; then
  if is_built syncstore; then
    run_reported acceptance lines "$results/acceptance.log" \
      env SYNCSTORE_BINARY="$syncstore_root/build/release/syncstore" python3 tests/acceptance/run.py
  else
    did_not_run acceptance "the server did not build" ""
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
  fi
  if wants e2e; then
    if ((web_ready)) && is_built syncstore; then
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

if wants asan; then
  export ASAN_OPTIONS="detect_stack_use_after_return=1:strict_string_checks=1" UBSAN_OPTIONS="print_stacktrace=1"
  if step "asan build" configure_and_build asan core_tests server_tests; then
    run_gtest asan-core build/asan/core_tests
    run_gtest asan-server build/asan/server_tests
  else
    did_not_run asan "its build failed" ""
  fi
fi

echo "took $SECONDS s"
echo "$total_passed passed, $total_failed failed"
((total_failed == 0))
