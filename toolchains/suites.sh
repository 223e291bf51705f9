# Sourced by test.sh and deep.sh after steps.sh: runs suites, counts their tests and shows what failed. Expects `here` and
# `results`, the folder for logs and reports.
suite_seconds="${suite_seconds:-900}" # a suite that takes longer hangs
total_passed=0
total_failed=0
alone_suites="${alone_suites:-}" # whose failed tests run again alone
alone_tests=2                    # of one suite at most: more are no accident
alone_times=3

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

# is_built PRESET TARGET...
is_built() {
  local preset="$1"
  shift
  cmake --build "build/$preset" --parallel "$jobs_max" --target "$@" >/dev/null 2>&1
}

# Real sockets, processes and browsers share the machine with whatever else runs on it. A failed test of theirs runs
# again, alone and several times: what fails once more has failed, what does not is named as unsteady, never hidden.
# passes_alone SUITE NAME
passes_alone() {
  local turn
  for ((turn = 0; turn < alone_times; turn++)); do
    timeout --kill-after=10 "$suite_seconds" "$here/run_alone.sh" "$1" "$2" >>"$results/$1.alone.log" 2>&1 </dev/null || return
  done
}

# set_unsteady_apart SUITE FAILED: prints how many have failed for good.
set_unsteady_apart() {
  local name still=0
  while read -r name; do
    if passes_alone "$1" "$name"; then
      echo "$1: $name" >>"$results/unsteady"
    else
      still=$((still + 1))
    fi
  done < <(sed -n 's/^  failed: //p' "$results/$1.failed")
  echo "$still"
}

# count SUITE KIND RUNNER_EXIT SECONDS REPORT...
count() {
  local suite="$1" kind="$2" runner_exit="$3" took="$4" line passed failed still
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
  if ((failed > 0 && failed <= alone_tests)) && [[ " $alone_suites " == *" $suite "* ]]; then
    still="$(set_unsteady_apart "$suite")"
    ((still == 0 && runner_exit == 1)) && runner_exit=0
    passed=$((passed + failed - still))
    failed=$still
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
    if [ -f "$results/unsteady" ]; then
      sed -n "s/^$suite: /  unsteady: /p" "$results/unsteady"
    fi
  fi
}

# run_gtest SUITE COMMAND...: as many shards side by side as there are cores, at most four.
run_gtest() {
  local suite="$1" shards=$((jobs_max < 4 ? jobs_max : 4)) started=$SECONDS
  shift
  local shard pid status=0 pids=() reports=()
  for ((shard = 0; shard < shards; shard++)); do
    reports+=("$results/$suite.$shard.xml")
    rm -f "${reports[-1]}"
    GTEST_TOTAL_SHARDS=$shards GTEST_SHARD_INDEX=$shard timeout --kill-after=10 "$suite_seconds" \
      "$@" "--gtest_output=xml:${reports[-1]}" \
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
  timeout --kill-after=10 "$suite_seconds" "$@" >"$results/$suite.log" 2>&1 </dev/null || status=$?
  count "$suite" "$kind" "$status" $((SECONDS - started)) "$report"
}

