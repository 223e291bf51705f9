#!/usr/bin/env bash
# What is too long for every change: sanitizers, fuzzers, coverage, many power failures and kills, a soak. Ends with "N passed, N failed" like
# test.sh; what was found and measured goes to build/deep-report/REPORT.md.
set -euo pipefail

groups=(asan tsan fuzz coverage power kill leader lighthouse package dev soak)
numbers=(minutes fuzz_seconds kills)
switches=(grow_corpus)
minutes=60
fuzz_seconds=120
kills=200
power_failures=2000
leader_kills=1000
leader_suspensions=100
grow_corpus=0

usage() {
  cat <<USAGE
usage: toolchains/deep.sh [--only GROUP[,GROUP...]]... [--minutes N] [--fuzz-seconds N] [--grow-corpus] [--kills N]

  asan        every native suite under the address and undefined behaviour sanitizers
  tsan        the same under the thread sanitizer
  fuzz        every fuzzer for --fuzz-seconds ($fuzz_seconds); --grow-corpus adds the smallest inputs that reach more
  coverage    lines and branches that the suites reach, per room; fails below 90 % of the core's lines or 80 % of all
  power       $power_failures power failures in the middle of commits, on a disk that forgets what was not synced
  kill        --kills ($kills) times SIGKILL under load; a restart under a hundred clients within its times (wants a quiet machine)
  leader      the tab that holds connection and storage closed $leader_kills times and suspended $leader_suspensions times in the middle of edits
  lighthouse  accessibility and best practices of the main screens, at least 95
  package     the Debian package installed, used, upgraded, removed and purged in a bare Debian (as root)
  dev         toolchains/dev.sh in a checkout of its own: saved files are reloaded, broken ones change nothing
  soak        edits, connects and disconnects for --minutes ($minutes)
  SYNCSTORE_JOBS=N bounds the parallel processes.
USAGE
}

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
source "$here/arguments.sh"
read_arguments "$@"
((${#selected[@]})) || selected=("${groups[@]}")
known_groups "${groups[@]}"
more_packages=()
wants fuzz && more_packages+=(clang llvm)
wants coverage && more_packages+=(gcovr)
"$here/install.sh" "${more_packages[@]}"
source "$here/steps.sh"
set +e

results="$syncstore_root/build/deep-report"
mkdir -p "$results"
suite_seconds=5400 # sanitizers are up to twenty times slower
source "$here/suites.sh"
report="$results/REPORT.md"
{
  echo "# Deep runs"
  echo
  echo "\`toolchains/deep.sh\` on $(date -u '+%Y-%m-%d %H:%M') UTC, commit $(git rev-parse --short HEAD), $(nproc) cores, load $(cut -d' ' -f1-3 /proc/loadavg)."
} >"$report"

# section TITLE: what follows in the report, up to its summary.
section() {
  section_title="$1"
  section_started=$SECONDS
  section_passed=$total_passed
  section_failed=$total_failed
  printf '\n## %s\n\n' "$section_title" >>"$report"
}
summary() {
  local line
  line="$((total_passed - section_passed)) passed, $((total_failed - section_failed)) failed in $((SECONDS - section_started)) s${1:+; $1}"
  printf '%s.\n' "$line" >>"$report"
  echo "summary $section_title: $line"
}

# run_sanitized PRESET PREFIX...: every native suite; reports of processes that a test kills are collected as files.
run_sanitized() {
  local preset="$1" suite reports="$results/$1-processes"
  shift
  rm -rf "$reports"
  mkdir -p "$reports"
  step "$preset build" configure_and_build "$preset" core_tests server_tests simulation_tests syncstore
  for suite in core server simulation; do
    if is_built "$preset" "${suite}_tests"; then
      run_gtest "$preset-$suite" "$@" "build/$preset/${suite}_tests"
    else
      did_not_run "$preset-$suite" "its build failed" "$preset-build.log"
    fi
  done
  if is_built "$preset" syncstore; then
    ASAN_OPTIONS="${ASAN_OPTIONS:-}:log_path=$reports/asan" TSAN_OPTIONS="${TSAN_OPTIONS:-}:log_path=$reports/tsan" \
      UBSAN_OPTIONS="${UBSAN_OPTIONS:-}:log_path=$reports/ubsan" \
      SYNCSTORE_BINARY="$syncstore_root/build/$preset/syncstore" SYNCSTORE_ACCEPTANCE_FAST=1 \
      SYNCSTORE_START_SECONDS=900 SYNCSTORE_MEMORY_FACTOR=8 run_reported "$preset-acceptance" lines "$results/$preset-acceptance.log" "$@" python3 tests/acceptance/run.py
  else
    did_not_run "$preset-acceptance" "the server did not build" "$preset-build.log"
  fi
  local found
  found="$(find "$reports" -type f | wc -l)"
  if ((found)); then
    echo "FAILED  $preset: $found reports of the server in $reports"
    head -qn 40 "$reports"/* | head -n 200 | cut -c1-240 | sed 's/^/  | /'
    total_failed=$((total_failed + found))
  else
    total_passed=$((total_passed + 1))
  fi
  summary "reports of the server process: $found"
}

if wants asan; then
  section "Address and undefined behaviour sanitizers"
  ASAN_OPTIONS="detect_stack_use_after_return=1:strict_string_checks=1" UBSAN_OPTIONS="print_stacktrace=1" \
    run_sanitized asan
fi

if wants tsan; then
  section "Thread sanitizer"
  # The runtime of g++ 12 wants the classic layout of addresses.
  TSAN_OPTIONS="suppressions=$here/tsan.supp:second_deadlock_stack=1:history_size=4" \
    run_sanitized tsan setarch "$(uname -m)" -R
fi

# fuzz_one TARGET: a campaign over the committed inputs and those of earlier campaigns.
fuzz_one() {
  local target="$1" program="$syncstore_root/build/fuzz/fuzz_$1" committed="$syncstore_root/tests/fuzz/corpus/$1"
  local work="$syncstore_root/build/fuzz-corpus/$1" longest=4096
  [[ "$target" == *_import || "$target" == compressed_part ]] && longest=16384
  mkdir -p "$work" "$committed"
  "$program" -max_total_time="$fuzz_seconds" -max_len=$longest -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
    -dict="$syncstore_root/tests/fuzz/words.dict" -artifact_prefix="$results/fuzz-$target-" "$work" "$committed" \
    >"$results/fuzz-$target.log" 2>&1 </dev/null
}

if wants fuzz; then
  section "Fuzzers"
  if step "fuzz build" configure_and_build fuzz fuzz_programs; then
    rm -f "$results"/fuzz-*-{crash,leak,timeout,oom,slow-unit}-* "$results"/fuzz-*.outcome
    targets=()
    for program in build/fuzz/fuzz_*; do
      [[ -x "$program" && -f "$program" ]] && targets+=("${program##*/fuzz_}")
    done
    # Two at a time; each writes its outcome for the count below.
    export -f fuzz_one
    export syncstore_root results fuzz_seconds
    printf '%s\n' "${targets[@]}" | xargs -P "$jobs_max" -I{} \
      bash -c 'fuzz_one {} && echo "[       OK ] fuzz.{}" >"$results/fuzz-{}.outcome" || echo "[  FAILED  ] fuzz.{}" >"$results/fuzz-{}.outcome"'
    cat "$results"/fuzz-*.outcome >"$results/fuzz.log"
    count fuzz lines 0 $((SECONDS - section_started)) "$results/fuzz.log"
    {
      echo "| target | executions | executions/s | edges reached | inputs | largest memory | outcome |"
      echo "| --- | --- | --- | --- | --- | --- | --- |"
      for target in "${targets[@]}"; do
        python3 "$here/fuzz_row.py" "$target" "$results"
      done
      echo
    } >>"$report"
    if ((grow_corpus)); then
      for target in "${targets[@]}"; do
        mkdir -p "tests/fuzz/corpus/$target"
        "build/fuzz/fuzz_$target" -set_cover_merge=1 -use_counters=0 -max_len=1024 "tests/fuzz/corpus/$target" "build/fuzz-corpus/$target" \
          >"$results/merge-$target.log" 2>&1 || echo "deep.sh: merging $target failed" >&2
      done
    fi
    summary "$fuzz_seconds s per target"
  else
    summary
  fi
fi

if wants coverage; then
  section "Coverage"
  if step "coverage build" configure_and_build coverage core_tests server_tests simulation_tests syncstore; then
    find build/coverage -name '*.gcda' -delete
    for suite in core server simulation; do
      run_gtest "coverage-$suite" "build/coverage/${suite}_tests"
    done
    SYNCSTORE_BINARY="$syncstore_root/build/coverage/syncstore" SYNCSTORE_ACCEPTANCE_FAST=1 \
      SYNCSTORE_START_SECONDS=900 run_reported coverage-acceptance lines "$results/coverage-acceptance.log" python3 tests/acceptance/run.py
    if step "coverage reading" gcovr --root . --filter core/ --filter server/ --exclude-throw-branches \
      --exclude-unreachable-branches -j "$jobs_max" --json-summary "$results/coverage.json" build/coverage; then
      run_reported coverage-limits lines "$results/coverage-limits.log" \
        python3 "$here/coverage_rooms.py" "$results/coverage.json" "$results/coverage.md"
      cat "$results/coverage.md" >>"$report"
      summary "$(sed -n 's/^figures: //p' "$results/coverage-limits.log")"
    fi
  else
    summary
  fi
fi

if wants power || wants kill || wants soak; then
  targets=(syncstore)
  wants power && targets+=(server_tests)
  step "release build" configure_and_build release "${targets[@]}"
fi
export SYNCSTORE_BINARY="$syncstore_root/build/release/syncstore"

if wants power; then
  section "Power failures"
  if is_built release server_tests; then
    SYNCSTORE_POWER_SEEDS="$power_failures" run_gtest power build/release/server_tests --gtest_filter='PowerLoss.*'
    summary "$(sed -n 's/^\([0-9]* power failures.*\)/\1/p' "$results/power.log")"
  else
    did_not_run power "the tests did not build" "release-build.log"
    summary
  fi
fi

if wants kill; then
  section "SIGKILL under load"
  if is_built release syncstore; then
    SYNCSTORE_KILLS="$kills" SYNCSTORE_TIMED=1 run_reported kill lines "$results/kill.log" python3 tests/acceptance/run.py KillNine Drain
    summary "$(sed -n 's/^figures: //p' "$results/kill.log")"
  else
    did_not_run kill "the server did not build" "release-build.log"
    summary
  fi
fi

if wants leader || wants lighthouse; then
  app_ready=0
  step "release build" configure_and_build release syncstore && step "wasm module build" build_wasm_module &&
    step "web build" build_web && app_ready=1
  export SYNCSTORE_WEB="$syncstore_root/web/dist"
fi

if wants leader; then
  section "The leading tab killed"
  if ((app_ready)); then
    ln -sfn ../../web/node_modules tests/e2e/node_modules
    run_reported leader playwright "$results/leader.json" \
      env CI=1 SYNCSTORE_LEADER_KILLS="$leader_kills" SYNCSTORE_LEADER_SUSPENSIONS="$leader_suspensions" PLAYWRIGHT_JSON_OUTPUT_NAME="$results/leader.json" \
      web/node_modules/.bin/playwright test --config tests/e2e/playwright.config.ts --global-timeout "$((suite_seconds * 1000))" \
      --output "$results/leader" --reporter=list,json leader.spec.ts
    summary "$leader_kills kills, $leader_suspensions suspensions"
  else
    did_not_run leader "the server or the app did not build" ""
    summary
  fi
fi

if wants lighthouse; then
  section "Lighthouse"
  if ((app_ready)); then
    run_reported lighthouse lines "$results/lighthouse.log" env SYNCSTORE_BENCH_WORK="$results" node tests/bench/lighthouse.mjs
    summary "$(sed -n 's/^figures: //p' "$results/lighthouse.log")"
  else
    did_not_run lighthouse "the server or the app did not build" ""
    summary
  fi
fi

if wants package; then
  section "Debian package"
  run_reported package lines "$results/package.log" "$here/packaging/test_package.sh"
  summary
fi

if wants dev; then
  section "Reloading of saved files"
  mkdir -p build/dev-loop-test
  run_reported dev lines "$results/dev.log" python3 tests/acceptance/dev_loop.py "$syncstore_root/build/dev-loop-test"
  summary
fi

if wants soak; then
  section "Soak"
  if is_built release syncstore; then
    suite_seconds=$((minutes * 60 + 900))
    run_reported soak lines "$results/soak.log" \
      python3 tests/acceptance/soak.py --minutes "$minutes" --table "$results/soak.md"
    cat "$results/soak.md" >>"$report"
    summary "$(sed -n 's/^figures: //p' "$results/soak.log")"
  else
    did_not_run soak "the server did not build" "release-build.log"
    summary
  fi
fi

echo "took $SECONDS s, report: $report"
printf '\n%d passed, %d failed in %d s.\n' "$total_passed" "$total_failed" "$SECONDS" >>"$report"
echo "$total_passed passed, $total_failed failed"
((total_failed == 0))
