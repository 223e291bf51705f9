#!/usr/bin/env bash
# What is too long for every change: the suites of core and server under AddressSanitizer and UndefinedBehaviorSanitizer.
# Ends with "N passed, N failed" like test.sh.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
exec "$here/test.sh" --only asan
