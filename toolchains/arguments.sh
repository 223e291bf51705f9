# Sourced by test.sh and deep.sh: their command line. Expects `groups`, the names that --only may choose among, and `usage`; further options
# are named in `numbers` (--fuzz-seconds N sets fuzz_seconds) and `switches` (--grow-corpus sets grow_corpus to 1).
selected=()

wrong_usage() {
  (($#)) && echo "${0##*/}: $*" >&2
  usage >&2
  exit 2
}

read_arguments() {
  local option name names
  while (($#)); do
    option="${1#--}"
    name="${option//-/_}"
    if [ "$1" = --only ]; then
      (($# >= 2)) || wrong_usage "--only needs a group"
      IFS=, read -r -a names <<<"$2"
      selected+=("${names[@]}")
      shift 2
    elif [[ "$1" == --?* && " ${numbers[*]-} " == *" $name "* ]]; then
      [[ "${2:-}" =~ ^[1-9][0-9]*$ ]] || wrong_usage "$1 needs a number"
      declare -g "$name=$2"
      shift 2
    elif [[ "$1" == --?* && " ${switches[*]-} " == *" $name "* ]]; then
      declare -g "$name=1"
      shift
    elif [ "$1" = -h ] || [ "$1" = --help ]; then
      usage
      exit 0
    else
      wrong_usage "what is $1?"
    fi
  done
}

# known_groups GROUP...: ends the script when something else was selected.
known_groups() {
  local name
  for name in "${selected[@]}"; do
    [[ " $* " == *" $name "* ]] || wrong_usage "no group '$name'"
  done
}

# wants GROUP...: one of these was selected.
wants() {
  local name
  for name in "$@"; do
    [[ " ${selected[*]} " == *" $name "* ]] && return 0
  done
  return 1
}
