#!/usr/bin/env bash
# Builds everything and packs it: prints the path of the Debian package, the last line of its output.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
"$here/../install.sh" >&2
source "$here/../steps.sh"
{
  configure_and_build release syncstore
  build_wasm_module
  build_web
  (cd build/release && rm -f syncstore_*.deb && cpack -G DEB)
} >&2
ls -1 "$PWD"/build/release/syncstore_*.deb
