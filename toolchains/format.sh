#!/usr/bin/env bash
# Formats the C++ sources: all of them, or the files named.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
if (($#)); then
  clang-format -i "$@"
else
  git ls-files -z '*.cpp' '*.hpp' | xargs -0 clang-format -i
fi
