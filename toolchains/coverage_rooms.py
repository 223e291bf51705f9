#!/usr/bin/env python3
"""Coverage per room as a Markdown table, from gcovr's JSON summary."""

import collections
import json
import sys


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
    with open(sys.argv[1], encoding="utf-8") as file:
        files = json.load(file)["files"]
    rooms = collections.defaultdict(lambda: [0, 0, 0, 0])
    for entry in files:
        counts = [entry[key] for key in ("line_total", "line_covered", "branch_total", "branch_covered")]
        for room in (room_of(entry["filename"]), "whole"):
            rooms[room] = [a + b for a, b in zip(rooms[room], counts)]
    print("| room | lines | reached | branches | taken |\n| --- | --- | --- | --- | --- |")
    for room in sorted(rooms, key=lambda name: (name == "whole", name)):
        print(row(room, rooms[room]))
    print()


if __name__ == "__main__":
    main()
