#!/usr/bin/env python3
"""Coverage per room as a Markdown table, from gcovr's JSON summary: coverage_rooms.py SUMMARY TABLE.

Prints one line per limit like the suites do, and ends with 1 when lines of the core or of everything are reached too rarely.
"""

import collections
import json
import sys

# Of the lines that can run: name of the check, room, percent.
LIMITS = [("core", "core, all", 90), ("everything", "whole", 80)]


def room_of(path):
    parts = path.split("/")
    depth = 3 if parts[0] == "server" and parts[1] in ("adapters", "features") else 2
    return "/".join(parts[:min(depth, len(parts) - 1)])


def percent(reached, total):
    return f"{100 * reached / total:.1f} %" if total else "-"


def row(name, sums):
    lines, reached, branches, taken = sums
    return f"| {name} | {lines} | {percent(reached, lines)} | {branches} | {percent(taken, branches)} |"


def main():
    summary, table = sys.argv[1:]
    with open(summary, encoding="utf-8") as file:
        files = json.load(file)["files"]
    rooms = collections.defaultdict(lambda: [0, 0, 0, 0])
    for entry in files:
        counts = [entry[key] for key in ("line_total", "line_covered", "branch_total", "branch_covered")]
        for room in (room_of(entry["filename"]), entry["filename"].split("/")[0] + ", all", "whole"):
            rooms[room] = [a + b for a, b in zip(rooms[room], counts)]
    with open(table, "w", encoding="utf-8") as file:
        file.write("| room | lines | reached | branches | taken |\n| --- | --- | --- | --- | --- |\n")
        for room in sorted(rooms, key=lambda name: (name == "whole", ", all" in name, name)):
            file.write(row(room, rooms[room]) + "\n")
        file.write("\n")
    failed = 0
    for name, room, least in LIMITS:
        lines, reached = rooms[room][:2]
        enough = reached > 0 and 100 * reached >= least * lines
        failed += not enough
        print(f"[{'       OK' if enough else '  FAILED '} ] Coverage.{name} ({percent(reached, lines)} of lines, at least {least} %)")
    print("figures: " + ", ".join(
        f"{room.split(',')[0]} {percent(rooms[room][1], rooms[room][0])} of lines and {percent(rooms[room][3], rooms[room][2])} of branches"
        for _, room, _ in LIMITS))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
