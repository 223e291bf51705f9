"""The source tree as the rules see it: files by kind, and their text with comments and strings blanked out."""

import functools
import os
import re

IGNORED_FOLDERS = {".git", "build", "data", "dist", "node_modules", "coverage", "test-results", "__pycache__"}
CPP = (".cpp", ".hpp")
WEB = (".ts", ".tsx")
TEXT = CPP + WEB + (
    ".def", ".c", ".h", ".js", ".mjs", ".css", ".html", ".json", ".py", ".sh", ".cmake", ".txt", ".md", ".sql",
    ".csv", ".toml", ".yml", ".yaml", "/run", ".clang-format", ".clang-tidy", ".gitignore",
)
# These hold the very words the rules look for.
TIDY = "tests/tidy/"


class Tree:
    """Every file under a root, by its path from there."""

    def __init__(self, root):
        self.root = root
        self.paths = []
        for folder, subfolders, names in os.walk(root):
            subfolders[:] = sorted(s for s in subfolders if s not in IGNORED_FOLDERS)
            for name in sorted(names):
                path = os.path.relpath(os.path.join(folder, name), root)
                if not os.path.islink(os.path.join(root, path)):
                    self.paths.append(path.replace(os.sep, "/"))

    def files(self, endings, *starts):
        return [p for p in self.paths if p.endswith(endings) and (not starts or p.startswith(starts))]

    def exists(self, path):
        return os.path.exists(os.path.join(self.root, path))

    @functools.lru_cache(maxsize=None)
    def text(self, path):
        with open(os.path.join(self.root, path), encoding="utf-8", errors="replace") as file:
            return file.read()

    @functools.lru_cache(maxsize=None)
    def code(self, path):
        """The text without comments and without the inside of literals; lines keep their numbers."""
        return blank(self.text(path), path.endswith(WEB))

    def search(self, paths, pattern, message, code=True):
        """One fault per match of the pattern."""
        for path in paths:
            text = self.code(path) if code else self.text(path)
            for match in re.finditer(pattern, text):
                line = text.count("\n", 0, match.start()) + 1
                found = " ".join(match.group(0).split())[:60]
                yield f"{path}:{line}: {found}: {message}"


LITERALS = re.compile(
    r"""(?P<comment>//[^\n]*|/\*.*?\*/)"""
    r"""|(?P<raw>R"(?P<mark>[^()\s\\]{0,16})\(.*?\)(?P=mark)")"""
    r"""|(?P<text>"(?:\\.|[^"\\\n])*")"""
    r"""|(?P<char>(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])*')"""
    r"""|(?P<template>`(?:\\.|[^`\\])*`)""",
    re.DOTALL,
)


def blank(text, web):
    def replace(match):
        kind = match.lastgroup if match.lastgroup != "mark" else "raw"
        if kind == "template" and not web:
            return match.group(0)
        body = match.group(0)
        hidden = re.sub(r"[^\n]", " ", body)
        return hidden if kind == "comment" else body[0] + hidden[1:-1] + body[-1]

    return LITERALS.sub(replace, text)


NOT_A_FUNCTION = re.compile(
    r"^\s*(?:if|for|while|switch|catch|return|namespace|class|struct|union|enum|extern|concept|do|else|try)\b"
)


def functions(code, web):
    """(line, name, length) of every outermost function body, found by its braces."""
    found, open_braces, head, line = [], [], 0, 1
    for position, sign in enumerate(code):
        if sign == "\n":
            line += 1
        if sign not in "{};":
            continue
        if sign == "{":
            before = code[head:position].strip()
            if not web and is_value(before):
                open_braces.append(None)  # The head of the function goes on behind it.
                continue
            outermost = not any(brace and brace[0] for brace in open_braces)
            open_braces.append((outermost and starts_function(before, web), line, before))
        elif sign == "}" and open_braces:
            brace = open_braces.pop()
            if brace is None:
                continue
            if brace[0]:
                found.append((brace[1], name_of(brace[2]), line - brace[1] + 1))
        head = position + 1
    return found


def is_value(before):
    """Braces of a value: an argument's default, or a member in a constructor's list."""
    in_arguments = before.count("(") > before.count(")")
    return in_arguments or bool(re.search(r"\)\s*:\s*\w.*[\w>]$", before, re.DOTALL))


def starts_function(before, web):
    last = re.split(r"\n\s*(?:public|private|protected)\s*:", before)[-1].strip()
    last = re.sub(r"^(?:template\s*<[^{}]*>\s*|#[^\n]*\n\s*)*", "", last)
    if NOT_A_FUNCTION.match(last):
        return False
    if web:
        return bool(re.search(r"=>\s*$", last) or re.search(r"\)\s*(?::[^{}=]*)?$", last))
    return bool(re.search(r"\)\s*(?:const|noexcept|override|final|mutable|&&?|->[^{};]*|\s)*$", last)
                or re.search(r"\)\s*:\s*\w+_?\s*[({].*$", last, re.DOTALL))


def name_of(before):
    names = re.findall(r"([\w:~]+)\s*(?:<[^<>]*>)?\s*\(", before) or re.findall(r"(\w+)\s*=", before)
    return names[0] if names else "function"
