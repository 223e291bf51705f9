"""Who may include or import whom: the table of ARCHITECTURE.md."""

import posixpath
import re

from tree import CPP, WEB

CORE = ["base", "model", "view", "sync", "wire", "session"]
BASE_AND_PORTS = ["core/", "server/base/", "server/ports/"]

# First matching start decides: room, the rooms it may include, the third-party headers it may include.
CPP_ROOMS = [
    *[(f"core/{room}/", [f"core/{left}/" for left in CORE[: n + 1]], []) for n, room in enumerate(CORE)],
    ("wasm/", ["core/", "wasm/"], []),
    ("server/base/", ["core/", "server/base/"], ["toml"]),
    ("server/ports/", BASE_AND_PORTS, []),
    ("server/engine/", [*BASE_AND_PORTS, "server/engine/"], []),
    ("server/http/", [*BASE_AND_PORTS, "server/http/"], []),
    # records is the floor of the features: how any record is read and edited over HTTP.
    ("server/features/records/", [*BASE_AND_PORTS, "server/engine/", "server/http/", "{unit}"], []),
    ("server/features/", [*BASE_AND_PORTS, "server/engine/", "server/http/", "server/features/records/", "{unit}"], ["date"]),
    ("server/connectors/", [*BASE_AND_PORTS, "{unit}"], []),
    ("server/adapters/beast/", [*BASE_AND_PORTS, "{unit}"], ["boost", "openssl", "posix"]),
    ("server/adapters/sqlite/", [*BASE_AND_PORTS, "{unit}"], ["sqlite", "posix"]),
    ("server/adapters/postgres/", [*BASE_AND_PORTS, "{unit}"], ["postgres", "posix"]),
    ("server/adapters/nats/", [*BASE_AND_PORTS, "{unit}"], ["nats", "posix"]),
    ("server/adapters/crypto/", [*BASE_AND_PORTS, "{unit}"], ["openssl", "sodium", "posix"]),
    ("server/adapters/pictures/", [*BASE_AND_PORTS, "{unit}"], ["curl", "posix"]),
    ("server/adapters/system/", [*BASE_AND_PORTS, "{unit}"], ["date", "posix"]),
    ("server/adapters/", [*BASE_AND_PORTS, "{unit}"], []),
    # The made-up world around the real engine and the real client: the one room that sees both ends.
    ("server/simulation/", [*BASE_AND_PORTS, "server/engine/", "server/adapters/memory/", "server/simulation/"], []),
    ("server/app/", ["core/", "server/"], ["cli", "toml", "posix"]),
]
THIRD_PARTY = {
    "boost": r"boost/", "openssl": r"openssl/", "sodium": r"sodium", "sqlite": r"sqlite3", "zstd": r"zstd|zdict",
    "nlohmann": r"nlohmann/", "toml": r"toml", "cli": r"CLI/", "date": r"date/", "emscripten": r"emscripten",
    "gtest": r"g(test|mock)/", "curl": r"curl/", "benchmark": r"benchmark/", "postgres": r"libpq|postgres", "nats": r"nats",
    "posix": r"(sys|netinet|arpa|linux)/|(unistd|fcntl|signal|termios|poll|pthread|netdb|dirent|pwd|spawn|dlfcn)\.h",
}
# One library behind one file.
EXCEPTIONS = {
    "nlohmann": r"core/base/json(_\w+)?\.cpp",
    "zstd": r"core/wire/compression\.cpp",
}
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:"([^"\n]+)"|<([^>\n]+)>)', re.MULTILINE)


def includes(tree, path):
    """(line, header, whether it is one of ours). The text, not the code: blanking hides the quoted names."""
    text = tree.text(path)
    for match in INCLUDE.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        yield line, match.group(1) or match.group(2), match.group(1) is not None


def unit_of(path):
    return "/".join(path.split("/")[:3]) + "/"


def includes_follow_the_table(tree):
    """Includes stay within the table."""
    for path in tree.files(CPP, "core/", "wasm/", "server/"):
        room = next((r for r in CPP_ROOMS if path.startswith(r[0])), None)
        if room is None:
            yield f"{path}: in no room of the table"
            continue
        allowed = tuple(a.replace("{unit}", unit_of(path)) for a in room[1])
        if path.startswith("server/features/") and path.count("/") == 2:
            allowed += ("server/features/",)  # What stands beside the features joins them.
        for line, header, ours in includes(tree, path):
            if ours and not header.startswith(allowed):
                yield f"{path}:{line}: may not include {header}"


def libraries_stay_in_their_room(tree):
    """Third-party headers only where the table puts them."""
    for path in tree.files(CPP, "core/", "wasm/", "server/"):
        libraries = next((r[2] for r in CPP_ROOMS if path.startswith(r[0])), [])
        for line, header, ours in includes(tree, path):
            if ours:
                continue
            for library, pattern in THIRD_PARTY.items():
                if not re.match(pattern, header) or library in libraries:
                    continue
                if not re.fullmatch(EXCEPTIONS.get(library, r"$^"), path):
                    yield f"{path}:{line}: may not include <{header}>"


def includes_start_at_the_root(tree):
    """A quoted include names a file from the repository's root, and headers guard themselves."""
    for path in tree.files(CPP, "core/", "wasm/", "server/", "tests/"):
        for line, header, ours in includes(tree, path):
            if ours and not tree.exists(header):
                yield f"{path}:{line}: no {header} in the repository; write the path from its root"
        if path.endswith(".hpp") and "#pragma once" not in tree.text(path):
            yield f"{path}:1: a header starts with #pragma once"


def includes_have_no_cycle(tree):
    """No header includes itself through others."""
    graph = {p: [h for _, h, ours in includes(tree, p) if ours] for p in tree.files(CPP)}
    yield from cycles(graph)


def cycles(graph):
    done, walking = set(), []

    def visit(node):
        if node in walking:
            yield "cycle: " + " -> ".join(walking[walking.index(node):] + [node])
        elif node in graph and node not in done:
            walking.append(node)
            for following in graph[node]:
                yield from visit(following)
            walking.pop()
            done.add(node)

    for start in graph:
        yield from visit(start)


WEB_ROOMS = ["protocol", "sync", "ui", "features", "app"]
IMPORT = re.compile(r"""(?:\bfrom|\bimport|\bimport\(|\bnew URL\()\s*['"]([^'"\n]+)['"]""")


def imports(tree, path):
    text = tree.text(path)
    for match in IMPORT.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        name = match.group(1)
        if name.startswith("."):
            name = posixpath.normpath(posixpath.join(posixpath.dirname(path), name))
        elif name.startswith(("@/", "~/")):
            name = "web/src/" + name[2:]
        yield line, name


def web_room(path):
    """Number of the room from the left; what stands directly in src belongs to app."""
    part = path.removeprefix("web/src/").split("/")[0]
    return WEB_ROOMS.index(part) if part in WEB_ROOMS else len(WEB_ROOMS) - 1


def imports_go_leftwards(tree):
    """protocol <- sync <- ui <- features <- app, and no feature imports another."""
    for path in tree.files(WEB, "web/src/"):
        feature = path.split("/")[3] if path.startswith("web/src/features/") else None
        for line, name in imports(tree, path):
            if not name.startswith("web/src/"):
                continue
            if web_room(name) > web_room(path):
                yield f"{path}:{line}: may not import {name}: imports go leftwards only"
            elif feature and name.startswith("web/src/features/") and name.split("/")[3] != feature:
                yield f"{path}:{line}: may not import {name}: features do not know each other"


def sync_knows_react_only_in_hooks(tree):
    """In web/src/sync only the files use-*.ts(x) import React."""
    for path in tree.files(WEB, "web/src/sync/", "web/src/protocol/"):
        name = posixpath.basename(path)
        if name.startswith("use-") or ".test." in name:
            continue
        for line, imported in imports(tree, path):
            if re.match(r"react(-dom)?(/|$)|@mantine/|@tanstack/react", imported):
                yield f"{path}:{line}: may not import {imported}: only hooks may"


RULES = [
    includes_follow_the_table, libraries_stay_in_their_room, includes_start_at_the_root, includes_have_no_cycle,
    imports_go_leftwards, sync_knows_react_only_in_hooks,
]
