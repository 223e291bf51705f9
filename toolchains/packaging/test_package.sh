#!/usr/bin/env bash
# Installs the Debian package in a bare Debian 12 of its own, uses it, upgrades, removes and purges it. As root. Prints a line per check
# like the other suites and ends with "N passed, N failed".
#   test_package.sh [PACKAGE.deb]      without one it is built first
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
root="$(cd "$here/../.." && pwd)"
((EUID == 0)) || { echo "test_package.sh: needs root, to install in a root of its own" >&2; exit 2; }
"$here/../install.sh" debootstrap lintian systemd >&2
package="${1:-}"
[ -n "$package" ] || package="$("$here/build_package.sh" | tail -n 1)"
package="$(realpath "$package")"

passed=0
failed=0
check() {
  local name="$1" output
  shift
  if output="$("$@" 2>&1)"; then
    echo "[       OK ] Package.$name"
    passed=$((passed + 1))
  else
    sed 's/^/  | /' <<<"$output" | tail -n 20
    echo "[  FAILED  ] Package.$name"
    failed=$((failed + 1))
  fi
}

# --- the package and its unit as files -------------------------------------------------------------------------------
work="$root/build/package-test"
mkdir -p "$work"
unit_is_right() {
  local unit="$work/syncstore.service"
  # Here the program is not installed; everything else of the unit is judged as it is.
  sed 's#^ExecStart=.*#ExecStart=/bin/true#' "$here/syncstore.service" >"$unit"
  local said
  said="$(systemd-analyze verify --man=no "$unit" 2>&1 | grep syncstore || true)"
  [ -z "$said" ] || { echo "$said"; return 1; }
}
unit_is_hardened() {
  systemd-analyze security --offline=true --threshold=20 "$here/syncstore.service"
}
check unit_is_right unit_is_right
check unit_exposes_little unit_is_hardened
check lintian_finds_no_error lintian --fail-on error,warning "$package"
check size_is_within_its_budget node "$root/tests/bench/check_sizes.mjs" "$package"

# --- a bare Debian, made once; each run works on a layer above it that is gone afterwards ----------------------------
bare="$root/build/package-root"
if [ ! -e "$bare/.complete" ]; then
  rm -rf "$bare"
  debootstrap --variant=minbase bookworm "$bare" "$(awk '/^deb / { print $2; exit } /^URIs:/ { print $2; exit }' \
    /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null)" >"$work/debootstrap.log" 2>&1 ||
    { tail -n 5 "$work/debootstrap.log"; echo "[  FAILED  ] Package.bare_debian"; echo "$passed passed, $((failed + 1)) failed"; exit 1; }
  touch "$bare/.complete"
fi

next="$work/next.deb"
rm -rf "$work/unpacked" && dpkg-deb -R "$package" "$work/unpacked"
sed -i 's/^Version: .*/&+next/' "$work/unpacked/DEBIAN/control"
dpkg-deb --root-owner-group -b "$work/unpacked" "$next" >/dev/null

inside="$work/inside.log"
set +e
unshare --mount --pid --fork bash -s "$bare" "$package" "$next" "$here/use_package.sh" >"$inside" 2>&1 <<'SANDBOX'
set -euo pipefail
bare="$1" layer="$(mktemp -d)"
mount -t tmpfs tmpfs "$layer"
mkdir "$layer/upper" "$layer/work" "$layer/root"
mount -t overlay overlay -o "lowerdir=$bare,upperdir=$layer/upper,workdir=$layer/work" "$layer/root"
root="$layer/root"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mkdir "$root/packages"
cp "$2" "$root/packages/syncstore.deb"
cp "$3" "$root/packages/next.deb"
cp "$4" "$root/packages/use_package.sh"
# Packages come from where this machine gets them.
cp -r /etc/apt/. "$root/etc/apt/"
cp /etc/resolv.conf /etc/hosts "$root/etc/" 2>/dev/null || true
# No service manager runs in there, and none of the host's may be asked.
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
chmod 755 "$root/usr/sbin/policy-rc.d"
exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root DEBIAN_FRONTEND=noninteractive \
  chroot "$root" bash /packages/use_package.sh
SANDBOX
set -e
grep -E '^(\[|  \|)' "$inside" || true
passed=$((passed + $(grep -c '^\[       OK' "$inside" || true)))
failed=$((failed + $(grep -c '^\[  FAILED' "$inside" || true)))
if ! grep -q '^the end$' "$inside"; then
  tail -n 20 "$inside" | sed 's/^/  | /'
  echo "[  FAILED  ] Package.reached_the_end"
  failed=$((failed + 1))
fi
echo "$passed passed, $failed failed"
((failed == 0))
