# Sourced, not run: the environment every entry point of toolchains/ shares.
syncstore_root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"

# Paths are hashed relative to the repository, so every checkout and build folder shares one cache.
export CCACHE_BASEDIR="${CCACHE_BASEDIR:-$syncstore_root}"
export CCACHE_NOHASHDIR=1
export CCACHE_SLOPPINESS="pch_defines,time_macros,include_file_mtime,include_file_ctime"

node_is_new_enough() {
  command -v node >/dev/null 2>&1 &&
    node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'
}

# install.sh puts a Node here when the system's is too old.
if [ -x "$syncstore_root/build/node/node_modules/.bin/node" ]; then
  export PATH="$syncstore_root/build/node/node_modules/.bin:$PATH"
fi
