"""What may not be written, whatever the room."""

import re

from tree import CPP, TEXT, TIDY, WEB, functions

FILE_LINES_REPORTED, FILE_LINES_MAX = 400, 600
FUNCTION_LINES_REPORTED, FUNCTION_LINES_MAX = 70, 120
GENERATED = re.compile(r"(^|/)generated[-./\w]*$|package-lock\.json$|requirements-ids\.txt$")

BANNED_IN_CORE = {
    r"\b(?:system|steady|high_resolution)_clock\b|\b(?:std::)?time\(\s*(?:nullptr|NULL|0|&)|\bclock_gettime\b":
        "core has no clock: time is a parameter",
    r"\brandom_device\b|(?<![\w.>])s?rand\s*\(": "core has no randomness: seeds and ids are parameters",
    r"\bstd::(?:j?thread|this_thread|(?:\w+_)?mutex|condition_variable\w*|async|lock_guard|unique_lock)\b":
        "core has no threads",
    r"\bthrow\b": "core returns Result",
    r"#\s*include\s*<(?:iostream|fstream|sstream|ostream|istream|iomanip|cstdio)>|\bstd::c(?:out|err|in)\b"
    r"|(?<![\w.>])f?printf\s*\(|\bfopen\s*\(":
        "core does no input or output, and iostreams cost the browser 24 kB",
    r"\bstd::(?:ranges|views)::|#\s*include\s*<(?:ranges|format|expected|coroutine|source_location|memory_resource"
    r"|syncstream|stop_token|barrier)>|\bstd::bit_cast\b|\bco_(?:await|yield|return)\b":
        "the browser's standard library does not have it",
    r"\bnew\s+[A-Za-z_:]|(?<!=)(?<!= )\bdelete\b(?!\s*;)(?=[\s\[])": "containers and unique_ptr own memory",
    r"\bfrom_chars\b[^;\n]*\b(?:double|float)\b|\bsto[dfl]d?\s*\(|\bstrto[dfl]d?\s*\(":
        "no binary floating point from text",
}

# A broken invariant says so on standard error before the process ends.
LAST_WORDS = "core/base/result.cpp:"


def core_stays_pure(tree):
    """No clock, randomness, threads, exceptions, I/O or missing library parts in core."""
    for pattern, message in BANNED_IN_CORE.items():
        for fault in tree.search(tree.files(CPP, "core/"), pattern, message):
            if not fault.startswith(LAST_WORDS) or "printf" not in fault and "cstdio" not in fault:
                yield fault


def business_throws_nothing(tree):
    """Exceptions stay inside adapters and the program's entry."""
    paths = tree.files(CPP, "wasm/", "server/base/", "server/ports/", "server/engine/", "server/http/", "server/features/")
    yield from tree.search(paths, r"\bthrow\b", "return Result; exceptions stay inside adapters")


def server_reads_time_through_its_port(tree):
    """Engine, HTTP and features ask the clock and random ports."""
    paths = tree.files(CPP, "server/ports/", "server/engine/", "server/http/", "server/features/")
    yield from tree.search(
        paths, r"_clock::now\b|\brandom_device\b|\bsleep_(?:for|until)\b|\bstd::j?thread\b", "use the port")


def sql_is_never_spliced(tree):
    """Parameters are bound."""
    pattern = r'"\s*(?:SELECT|INSERT|UPDATE|DELETE|REPLACE)\b[^"\n]*"\s*\+|\+\s*"\s*(?:WHERE|AND|VALUES|LIMIT)\b'
    # The one place that joins names: tables and columns of the constant catalogue, values bound.
    paths = [p for p in tree.files(".cpp", "server/") if p != "server/adapters/sqlite/record_rows.cpp"]
    yield from tree.search(paths, pattern, "bind parameters instead", code=False)


def tests_do_not_sleep(tree):
    """Tests wait for what happens, not for time."""
    pattern = (r"\bsleep_(?:for|until)\b|(?<![\w.])u?sleep\s*\(|\bnanosleep\b|\bwaitForTimeout\b"
               r"|\bsetTimeout\(\s*(?:r|res|resolve|done)\b|\btime\.sleep\b")
    paths = tree.files(CPP + WEB + (".mjs", ".py", ".sh"), "tests/")
    paths += [p for p in tree.files(WEB, "web/") if ".test." in p]
    yield from tree.search([p for p in paths if not p.startswith(TIDY)], pattern, "wait for the event itself")


def every_test_runs(tree):
    """Nothing is disabled, skipped or singled out."""
    pattern = (r"\bDISABLED_\w*|\bGTEST_SKIP\b|\b(?:it|test|describe|suite)\.(?:skip|only|todo|fixme|fails)\w*\b"
               r"|\bx(?:it|test|describe)\s*\(")
    paths = tree.files(CPP + WEB + (".mjs",), "tests/") + [p for p in tree.files(WEB, "web/") if ".test." in p]
    yield from tree.search(paths, pattern, "every test that exists runs")


def nothing_is_left_to_do(tree):
    """No notes of unfinished work."""
    paths = [p for p in tree.files(TEXT) if not p.startswith(TIDY) and not GENERATED.search(p)]
    yield from tree.search(paths, r"\b(?:TODO|FIXME|XXX|HACK)\b", "finish it or open an issue", code=False)


def no_path_of_one_machine(tree):
    """Nothing names a folder that only one machine has."""
    pattern = r"(?<![\w.\-}$)/:*])/(?:work|root|home|tmp)/[\w.\-]*|\bfile:///\w+|localhost:\d+/repository"
    skipped = re.compile(r"tests/tidy/|.*\.csv$|.*(^|/)(golden|fixtures|corpus|samples)/")
    paths = [p for p in tree.files(TEXT) if not skipped.match(p) and not GENERATED.search(p)]
    yield from tree.search(paths, pattern, "use a path from the repository or a temporary folder", code=False)


def lockfiles_name_no_host(tree):
    """Packages come from whatever registry the machine uses."""
    paths = tree.files("package-lock.json")
    yield from tree.search(paths, r'"resolved"\s*:\s*"[^"]*"', "set omit-lockfile-registry-resolved", code=False)


def lines_fit(tree):
    """C++ lines have at most 100 columns and no trailing blanks; tables (.def) are free."""
    for path in tree.files(CPP, "core/", "wasm/", "server/", "tests/"):
        for number, line in enumerate(tree.text(path).split("\n"), 1):
            # A literal that cannot be broken may stand out of the margin in a test.
            if len(line) > 100 and not (path.startswith("tests/") and 'R"(' in line):
                yield f"{path}:{number}: {len(line)} columns, 100 fit"
            elif line != line.rstrip():
                yield f"{path}:{number}: trailing blanks"


def sources(tree):
    paths = tree.files(CPP + WEB, "core/", "wasm/", "server/", "web/src/", "tests/")
    return [p for p in paths if not GENERATED.search(p)]


def files_stay_readable(tree):
    """A source file has at most 600 lines; more than 400 are reported."""
    for path in sources(tree):
        lines = tree.text(path).count("\n")
        if lines > FILE_LINES_MAX:
            yield f"{path}: {lines} lines, {FILE_LINES_MAX} at most"
        elif lines > FILE_LINES_REPORTED:
            print(f"  note: {path} has {lines} lines")


def functions_stay_readable(tree):
    """A function has at most 120 lines; more than 70 are reported."""
    for path in sources(tree):
        if ".test." in path or path.startswith("tests/e2e/"):
            continue  # There the outermost function is a whole suite.
        for line, name, length in functions(tree.code(path), path.endswith(WEB)):
            if length > FUNCTION_LINES_MAX:
                yield f"{path}:{line}: {name} has {length} lines, {FUNCTION_LINES_MAX} at most"
            elif length > FUNCTION_LINES_REPORTED:
                print(f"  note: {path}:{line}: {name} has {length} lines")


def names_follow_the_style(tree):
    """snake_case C++ files, kebab-case web files, no type named after nothing."""
    for path in tree.files(CPP, "core/", "wasm/", "server/", "tests/"):
        if not re.fullmatch(r"[a-z0-9_]+(\+[a-z0-9_]+)?\.[ch]pp", path.split("/")[-1]):
            yield f"{path}: C++ files are snake_case"
    for path in tree.files(WEB, "web/src/"):
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+)*\.tsx?", path.split("/")[-1]):
            yield f"{path}: web files are kebab-case"
    empty = r"\b(?:class|struct|interface)\s+\w*(?:Manager|Helper|Util|Utils|Impl)\b"
    paths = tree.files(CPP + WEB, "core/", "wasm/", "server/", "web/src/")
    yield from tree.search(paths, empty, "name it after what it owns")


RULES = [
    core_stays_pure, business_throws_nothing, server_reads_time_through_its_port, sql_is_never_spliced,
    tests_do_not_sleep, every_test_runs, nothing_is_left_to_do, no_path_of_one_machine, lockfiles_name_no_host,
    lines_fit, files_stay_readable, functions_stay_readable, names_follow_the_style,
]
