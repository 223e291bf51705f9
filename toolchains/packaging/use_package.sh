#!/usr/bin/env bash
# Run by test_package.sh inside the bare Debian: what an operator does with the package, from the first day to the last.
set -u

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
data=/var/lib/syncstore
config=/etc/syncstore/syncstore.toml
out="$here/server.out"

# In this shell, not in one of its own: the server stays this shell's child.
check() {
  local name="$1"
  shift
  if "$@" >"$here/check.log" 2>&1; then
    echo "[       OK ] Package.$name"
  else
    sed 's/^/  | /' "$here/check.log" | tail -n 20
    echo "[  FAILED  ] Package.$name"
  fi
}
as_service() { setpriv --reuid=syncstore --regid=syncstore --init-groups -- "$@"; }
product_is_there() { as_service syncstore export products --store gifts --data "$data" | grep -q MUG-1; }

# As the unit starts it; nothing here starts units.
start_server() {
  : >"$out"
  # Not by the function: its process would be the child, and the server nobody's.
  setpriv --reuid=syncstore --regid=syncstore --init-groups -- /usr/bin/syncstore serve --data "$data" --config "$config" \
    --listen 127.0.0.1:0 >"$out" 2>"$here/server.log" &
  server=$!
  local tries
  for ((tries = 0; tries < 600; ++tries)); do
    grep -q listening "$out" && return 0
    kill -0 "$server" 2>/dev/null || break
    read -r -t 0.1 <> <(:) || true
  done
  tail -n 5 "$here/server.log"
  return 1
}
stop_server() {
  kill -TERM "$server"
  wait "$server"
}
# answers PATH PATTERN: over a socket of the shell, because a bare Debian has no client.
answers() {
  local port
  port="$(sed -n 's/.*"url":"http:[^"]*:\([0-9]*\)".*/\1/p' "$out")"
  exec 3<>"/dev/tcp/127.0.0.1/$port"
  printf 'GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n' "$1" >&3
  tr -d '\0' <&3 >"$here/answer"
  exec 3>&-
  grep -qE "$2" "$here/answer" || { head -c 600 "$here/answer"; return 1; }
}

installs() { apt-get update -qq && apt-get install -y -qq --no-install-recommends "$here/syncstore.deb"; }
has_user_and_folders() {
  getent passwd syncstore && [ "$(stat -c %U:%a $data)" = syncstore:750 ] && [ "$(stat -c %U:%a /var/log/syncstore)" = syncstore:750 ]
}
is_enabled() { [ -L /etc/systemd/system/multi-user.target.wants/syncstore.service ]; }
makes_a_store() {
  as_service syncstore store add gifts --name "Gift shop" --currency GBP --time-zone Europe/London --data "$data" &&
    as_service bash -c "printf 'title,sku,price\nMug,MUG-1,9.50\n' >$data/in.csv" &&
    as_service syncstore import products "$data/in.csv" --store gifts --data "$data" &&
    as_service syncstore backup "$data/before.db" --data "$data"
}
upgrades() { echo 'rate-limit = 77' >>"$config" && apt-get install -y -qq "$here/next.deb"; }
keeps_the_settings() { syncstore config print --config "$config" | grep -q '^rate-limit = 77'; }
is_next() { dpkg-query -W -f '${Version}' syncstore | grep -q '+next'; }
removes() { apt-get remove -y -qq syncstore && [ ! -e /usr/bin/syncstore ] && [ ! -e /usr/share/syncstore ]; }
keeps_the_data() { [ -s $data/syncstore.db ] && [ -s $data/before.db ] && [ -s "$config" ] && getent passwd syncstore; }
purges() { apt-get purge -y -qq syncstore; }
leaves_nothing() {
  local left=()
  for place in $data /var/log/syncstore /etc/syncstore /etc/logrotate.d/syncstore /usr/share/syncstore /usr/lib/systemd/system/syncstore.service \
    /etc/systemd/system/multi-user.target.wants/syncstore.service /etc/systemd/system/syncstore.service; do
    if [ -e "$place" ] || [ -L "$place" ]; then left+=("$place"); fi
  done
  getent passwd syncstore && left+=(user)
  ((${#left[@]} == 0)) || { echo "left: ${left[*]}"; return 1; }
}

check installs_with_what_it_depends_on installs
check has_its_user_and_folders has_user_and_folders
check is_enabled_for_the_next_start is_enabled
check configuration_is_right syncstore config check --config "$config"
check manual_is_there test -s /usr/share/man/man1/syncstore.1.gz
check starts start_server
check status_is_well as_service syncstore status --data "$data"
check health_answers answers /health '"status":"ok"'
check web_application_is_found answers / '<script'
check interface_is_described answers /api/docs 'HTTP interface'
check stores_products_and_backups makes_a_store
check upgrade_beside_the_running_server upgrades
check upgrade_is_the_newer_one is_next
check server_goes_on_through_the_upgrade answers /health '"status":"ok"'
check stops_in_order stop_server
check status_says_that_it_stopped bash -c "! setpriv --reuid=syncstore --regid=syncstore --init-groups -- syncstore status --data $data"
check starts_after_the_upgrade start_server
check data_is_there_after_the_upgrade product_is_there
check settings_are_kept_through_the_upgrade keeps_the_settings
check log_and_file_are_intact as_service syncstore verify --data "$data"
check stops_again stop_server
check remove_takes_the_program removes
check remove_keeps_data_and_settings keeps_the_data
check installs_again apt-get install -y -qq "$here/syncstore.deb"
check starts_after_the_second_installation start_server
check data_is_there_after_a_second_installation product_is_there
check stops_the_last_time stop_server
check purges purges
check purge_leaves_nothing leaves_nothing
echo "the end"
