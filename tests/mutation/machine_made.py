"""Mutants that a machine makes: one operator flipped, one bound moved by one, one branch dropped."""

import random
import re

# The rooms whose tests are tested, and how many mutants of each file at most.
TARGETS = [
    "core/sync/merge.cpp", "core/sync/merge_ops.cpp", "core/sync/merge_disagree.cpp", "core/sync/merge_stage.cpp",
    "core/sync/batch.cpp", "core/sync/change_set.cpp", "core/sync/intent.cpp", "core/sync/replica.cpp",
    "core/sync/replica_overlay.cpp", "core/sync/offline_queue.cpp", "core/sync/queue_answers.cpp",
    "core/view/page.cpp", "core/view/held_page.cpp", "core/view/ordered_index.cpp", "core/view/counted_list.cpp", "core/view/filter.cpp",
    "core/session/client_link.cpp", "core/session/client_data.cpp", "core/session/client_edits.cpp",
    "core/session/client_storage.cpp", "core/session/client_exchange.cpp", "core/session/frame_cache.cpp",
    "core/session/feed_conversation.cpp", "core/session/feed_session.cpp", "core/session/live_pages.cpp",
    "server/engine/commit.cpp", "server/engine/merge_submission.cpp", "server/engine/staging.cpp",
    "server/engine/store_queue.cpp", "server/engine/store_feed.cpp", "server/engine/link_flow.cpp",
    "server/engine/link_opening.cpp", "server/engine/hub.cpp", "server/engine/store_state.cpp",
]

FLIPS = {
    " < ": [" <= ", " >= "], " <= ": [" < ", " > "], " > ": [" >= ", " <= "], " >= ": [" > ", " < "],
    " == ": [" != "], " != ": [" == "], " && ": [" || "], " || ": [" && "],
    " + 1": ["", " + 2"], " - 1": ["", " - 2"], "return true;": ["return false;"], "return false;": ["return true;"],
    " += ": [" -= "], " -= ": [" += "],
}
BRANCH = re.compile(r"^(\s*)(?:} else )?if \((.*)\)( \{)?$")
DROPPED = re.compile(r"^\s+[a-z_][\w.>()*-]*\(.*\);$")  # a call whose answer nobody takes
SKIP = re.compile(r"^\s*//|SS_ASSERT|static_assert|constexpr|^#|\btemplate\b|^\s*case ")


def code_of(line):
    """The line without its comment and with its texts blanked, at the same columns."""
    line = re.sub(r'"(?:[^"\\]|\\.)*"', lambda text: '"' + " " * (len(text.group(0)) - 2) + '"', line)
    at = line.find("//")
    return line if at < 0 else line[:at]


def mutants_of(text):
    """(line number, what, the changed line) of everything that could be changed."""
    inside = False
    for number, line in enumerate(text.split("\n"), 1):
        code = code_of(line)
        if re.match(r"^\S.*\{$", code) and not code.startswith(("namespace", "struct", "class", "enum")):
            inside = True
        elif code.startswith("}"):
            inside = False
        if not (inside or line.startswith("    ")) or SKIP.search(line):
            continue
        for old, news in FLIPS.items():
            for match in re.finditer(re.escape(old), code):
                if old in (" < ", " > ") and "operator" in code:
                    continue
                for new in news:
                    yield number, f"{old.strip()} becomes {new.strip() or 'nothing'}", \
                        line[:match.start()] + new + line[match.end():]
        branch = BRANCH.match(code)
        if branch and ";" not in branch.group(2) and code.count("(") == code.count(")"):
            for fixed in ("false", "true"):
                yield number, f"the branch is {'never' if fixed == 'false' else 'always'} taken", \
                    line[:branch.start(2)] + fixed + line[branch.end(2):]
        if DROPPED.match(code) and "return" not in code:
            yield number, "the call is dropped", line[: len(line) - len(line.lstrip())] + ";"


def choose(read, per_file, seed):
    """A fixed choice for a seed: (name, path, changed text, what) ..."""
    chosen = []
    for path in TARGETS:
        text = read(path)
        if text is None:
            continue
        every = list(mutants_of(text))
        random.Random(f"{seed}:{path}").shuffle(every)
        lines = text.split("\n")
        seen = set()
        for number, what, changed in every:
            if len(seen) == per_file:
                break
            if number in seen:
                continue
            seen.add(number)
            mutated = "\n".join([*lines[: number - 1], changed, *lines[number:]])
            chosen.append((f"{path}:{number}", path, mutated, f"{what}: {lines[number - 1].strip()}"))
    return chosen
