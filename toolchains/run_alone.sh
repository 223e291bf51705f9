#!/usr/bin/env bash
# Runs one test of what test.sh has built, alone. Its exit code is the test's.
set -euo pipefail

usage() {
  cat <<USAGE
usage: toolchains/run_alone.sh server|acceptance|e2e NAME
  NAME as test.sh tells it: Suite.Test, Class.test, or "file.spec.ts > title".
USAGE
}

(($# == 2)) || {
  usage >&2
  exit 2
}
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export SYNCSTORE_BINARY="$PWD/build/release/syncstore"
case "$1" in
  server)
    exec build/release/server_tests "--gtest_filter=$2"
    ;;
  acceptance)
    exec python3 tests/acceptance/run.py "$2"
    ;;
  e2e)
    ln -sfn ../../web/node_modules tests/e2e/node_modules
    title="$(sed 's/[][\\.*^$+?(){}|\/]/\\&/g' <<<"${2##* > }")"
    exec env CI=1 SYNCSTORE_WEB="$PWD/web/dist" web/node_modules/.bin/playwright test --config tests/e2e/playwright.config.ts \
      --reporter=list --workers=1 "${2%% > *}" --grep "$title\$"
    ;;
  *)
    usage >&2
    exit 2
    ;;
esac
