"""Lists that have to agree with the tree: sources, requirements."""

import csv
import io
import posixpath
import re

from layers import imports, includes
from tree import CPP, WEB


def every_source_is_built(tree):
    """Each .cpp is named by a CMakeLists.txt, each header is included, each module is imported."""
    named = set()
    for path in tree.paths:
        if posixpath.basename(path) != "CMakeLists.txt":
            continue
        for token in re.findall(r"[\w+./${}-]+\.cpp\b", tree.text(path)):
            if "${PROJECT_SOURCE_DIR}/" in token:
                named.add(token.split("${PROJECT_SOURCE_DIR}/")[1])
            token = token.replace("${CMAKE_CURRENT_SOURCE_DIR}/", "")
            named.add(posixpath.normpath(posixpath.join(posixpath.dirname(path), token)))
    for path in tree.files(".cpp", "core/", "wasm/", "server/", "tests/", "toolchains/"):
        if path not in named and not path.startswith("tests/tidy/"):
            yield f"{path}: no CMakeLists.txt names it"

    included = {h for p in tree.files(CPP) for _, h, ours in includes(tree, p) if ours}
    for path in tree.files(".hpp", "core/", "wasm/", "server/", "tests/"):
        if path not in included:
            yield f"{path}: no file includes it"

    imported = set()
    for path in tree.files(WEB + (".html", ".mjs", ".js"), "web/", "tests/"):
        for _, name in imports(tree, path):
            imported.add(re.sub(r"\.(tsx?|jsx?)(\?\w+)?$", "", name))
        imported.update("web" + s for s in re.findall(r"['\"](/src/[\w/.-]+)\.tsx?['\"]", tree.text(path)))
    started = re.compile(r"(^|/)(main|worker|service-worker|vite-env\.d|[\w-]+\.d|[\w-]+\.test|test-[\w-]+)\.tsx?$")
    for path in tree.files(WEB, "web/src/"):
        stem = re.sub(r"\.tsx?$", "", path)
        if not started.search(path) and stem not in imported and stem.removesuffix("/index") not in imported:
            yield f"{path}: no module imports it"


def test_names(tree):
    """Everything a requirement may name as its test."""
    cpp, web = set(), []
    for path in tree.files(".cpp", "tests/"):
        for suite, name in re.findall(r"\bT(?:YPED_T)?EST(?:_F|_P)?\s*\(\s*(\w+)\s*,\s*(\w+)\s*\)", tree.text(path)):
            cpp.add(f"{suite}.{name}")
    for path in tree.files(".py", "tests/acceptance/"):
        for group in re.split(r"^class ", tree.text(path), flags=re.MULTILINE)[1:]:
            name = re.match(r"\w+", group).group(0)
            cpp.update(f"{name}.{test}" for test in re.findall(r"\bdef (test_\w+)", group))
    for path in tree.files(WEB + (".mjs",), "tests/", "web/"):
        if ".test." in path or ".spec." in path or path.startswith("tests/"):
            web.append(tree.text(path))
    return cpp, "\n".join(web)


def requirements_are_proved(tree):
    """Each row of tests/requirements.csv: a known id once, paths that exist, tests that exist."""
    table, ids = "tests/requirements.csv", "tests/requirements-ids.txt"
    for path in (table, ids):
        if not tree.exists(path):
            yield f"{path}: missing"
            return
    known = set(tree.text(ids).split())
    reader = csv.DictReader(io.StringIO(tree.text(table)))
    if reader.fieldnames != ["id", "where", "tests"]:
        yield f"{table}:1: the columns are id,where,tests"
        return
    cpp, web = test_names(tree)
    seen = set()
    for row in reader:
        at = f"{table}:{reader.line_num}: {row['id']}"
        if row["id"] not in known:
            yield f"{at}: no such requirement"
        if row["id"] in seen:
            yield f"{at}: listed twice"
        seen.add(row["id"])
        where, tests = split(row["where"]), split(row["tests"])
        if not where or not tests:
            yield f"{at}: names no place or no test"
        for path in where:
            if not tree.exists(path):
                yield f"{at}: no {path}"
        for test in tests:
            # A browser test is a sentence with blanks: its file stands for it.
            if test not in cpp and not (test.endswith(".spec.ts") and tree.exists(test)) and not tidy_knows(test):
                yield f"{at}: no test {test}"


def split(cell):
    return (cell or "").split()


def tidy_knows(test):
    import tidy

    return test in {tidy.title(rule) for rule in tidy.ALL_RULES}


RULES = [every_source_is_built, requirements_are_proved]
