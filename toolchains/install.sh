#!/usr/bin/env bash
# Installs what building, testing and running SyncStore needs on Debian 12. Safe to run again: what is present is
# skipped, and when nothing is missing no package index is fetched. Arguments are further packages (deep.sh wants some).
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"

packages=(
  # compilers and build tools
  build-essential cmake ninja-build ccache mold clang-format git python3 curl ca-certificates
  # libraries of core and server
  nlohmann-json3-dev libzstd-dev libsqlite3-dev libboost1.81-dev libssl-dev libsodium-dev
  libcurl4-openssl-dev libvips42 libcli11-dev libtomlplusplus-dev libhowardhinnant-date-dev tzdata
  # tests and measurements
  libgtest-dev libgmock-dev googletest libbenchmark-dev
  # the browser side
  emscripten chromium zstd brotli
  "$@"
)

installed="$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' | awk '$1 == "installed" { print $2 }')"
missing=()
for package in "${packages[@]}"; do
  grep -qxF -- "$package" <<<"$installed" || missing+=("$package")
done
# A Node from elsewhere brings its own npm and conflicts with Debian's package of that name.
command -v node >/dev/null 2>&1 || missing+=(nodejs)
command -v npm >/dev/null 2>&1 || missing+=(npm)

if ((${#missing[@]})); then
  as_root=()
  if ((EUID != 0)); then
    command -v sudo >/dev/null 2>&1 || {
      echo "install.sh: missing packages (${missing[*]}); run as root or install sudo" >&2
      exit 1
    }
    as_root=(sudo)
  fi
  echo "install.sh: installing ${missing[*]}"
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

# shellcheck source=toolchains/env.sh
source "$root/toolchains/env.sh"
if ! node_is_new_enough; then
  echo "install.sh: node $(node --version) with npm $(npm --version) is too old, installing newer ones under build/node"
  mkdir -p "$root/build/node"
  npm install --prefix "$root/build/node" --no-save --no-audit --no-fund --loglevel=error node@22 npm@10
  source "$root/toolchains/env.sh"
  hash -r
  node_is_new_enough || { echo "install.sh: no node >= 20.19 with npm >= 10 after the installation" >&2; exit 1; }
fi
