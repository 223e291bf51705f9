# Sourced, not run: the environment every entry point of toolchains/ shares.
syncstore_root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"

# Paths are hashed relative to the repository, so every checkout and build folder shares one cache.
export CCACHE_BASEDIR="${CCACHE_BASEDIR:-$syncstore_root}"
export CCACHE_NOHASHDIR=1
export CCACHE_SLOPPINESS="pch_defines,time_macros,include_file_mtime,include_file_ctime"

# The web tools want Node 20.19; npm 9 fails to read a lockfile that overrides a version called "latest".
node_is_new_enough() {
  command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1 &&
    node -e '
      const at_least = (text, major, minor) => {
        const [a, b] = text.trim().split(".").map(Number);
        return a > major || (a === major && b >= minor);
      };
      process.exit(at_least(process.argv[1], 10, 0) && at_least(process.versions.node, 20, 19) ? 0 : 1);
    ' "$(npm --version 2>/dev/null)"
}

# install.sh puts a Node here when the system's is too old.
if [ -x "$syncstore_root/build/node/node_modules/.bin/node" ]; then
  export PATH="$syncstore_root/build/node/node_modules/.bin:$PATH"
fi
