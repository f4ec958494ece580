"""Where the keys of a TOML text stand: `tomllib` gives values without lines, so the text is walked once more.

The walk assumes a text that `tomllib` has accepted. It runs only when there is a problem to report.
"""

import contextlib
import re
import tomllib
from typing import Final

Path = tuple[str | int, ...]

_STRING = (
    r'"""(?:[^"\\]++|\\.|"(?!""))*+"{3,5}'
    r"|'''(?:[^']++|'(?!''))*+'{3,5}"
    r'|"(?:[^"\\\n]++|\\.)*+"'
    r"|'[^'\n]*+'"
)
_TOKEN: Final = re.compile(rf"(?P<string>{_STRING})|(?P<comment>#[^\n]*)|(?P<bracket>[\[\]{{}}])", re.DOTALL)
_BLANKS: Final = re.compile(r"[ \t]*+")
_BLANK_LINES: Final = re.compile(r"(?:[ \t\r\n]++|#[^\n]*+)*+")
_KEY: Final = re.compile(r"""[A-Za-z0-9_-]++|"(?:[^"\\\n]++|\\.)*+"|'[^'\n]*+'""")
_VALUE: Final = re.compile(rf"(?:{_STRING})|[^,\[\]{{}}#\n]+", re.DOTALL)
_DOTTED: Final = re.compile(r"""[\w.\- \t]+""")


def too_deep(text: str, limit: int) -> int | None:
    """Give the offset where brackets or dotted keys nest deeper than `limit`, or None."""
    depth, bare_from = 0, 0
    for token in _TOKEN.finditer(text):
        if found := _dots(text, bare_from, token.start(), limit):
            return found
        bare_from = token.end()
        if token["bracket"]:
            depth = depth + 1 if token[0] in "[{" else max(depth - 1, 0)
            if depth > limit:
                return token.start()
    return _dots(text, bare_from, len(text), limit)


def _dots(text: str, start: int, stop: int, limit: int) -> int | None:
    for run in _DOTTED.finditer(text, start, stop):
        if run[0].count(".") > limit:
            return run.start()
    return None


class _Walk:
    """One walk over a text; `found` maps the path of every key and element to its offset."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.found: dict[Path, int] = {}
        self.count: dict[Path, int] = {}

    def document(self) -> None:
        table: Path = ()
        while self.skip_lines() < len(self.text):
            if self.text.startswith("[", self.at):
                table = self.header()
            elif not self.pair(table):
                return

    def skip_lines(self) -> int:
        self.at = self.match(_BLANK_LINES).end()
        return self.at

    def match(self, pattern: re.Pattern[str]) -> re.Match[str]:
        found = pattern.match(self.text, self.at)
        if found is None:
            raise ValueError(f"no TOML at offset {self.at}")
        return found

    def header(self) -> Path:
        array = self.text.startswith("[[", self.at)
        start = self.at
        self.at += 2 if array else 1
        keys = [key for key, _ in self.dotted_key()]
        self.at += 2 if array else 1
        path: Path = ()
        for number, key in enumerate(keys):
            path = (*path, key)
            last = number == len(keys) - 1
            self.found.setdefault(path, start)
            if array and last:
                self.count[path] = self.count.get(path, 0) + 1
            if path in self.count:
                path = (*path, self.count[path] - 1)
                self.found.setdefault(path, start)
        return path

    def dotted_key(self) -> list[tuple[str, int]]:
        keys = []
        while True:
            self.at = self.match(_BLANKS).end()
            key = self.match(_KEY)
            self.at = key.end()
            name = key[0] if key[0][0] not in "\"'" else str(tomllib.loads(f"key = {key[0]}")["key"])
            keys.append((name, key.start()))
            self.at = self.match(_BLANKS).end()
            if not self.text.startswith(".", self.at):
                return keys
            self.at += 1

    def pair(self, table: Path) -> bool:
        path = table
        for key, offset in self.dotted_key():
            path = (*path, key)
            self.found.setdefault(path, offset)
        if not self.text.startswith("=", self.at):
            return False
        self.at += 1
        self.value(path)
        return True

    def value(self, path: Path) -> None:
        self.at = self.match(_BLANKS).end()
        if self.text.startswith("{", self.at):
            self.inline_table(path)
        elif self.text.startswith("[", self.at):
            self.array(path)
        else:
            self.at = self.match(_VALUE).end()

    def inline_table(self, path: Path) -> None:
        self.at += 1
        while self.skip_lines() < len(self.text) and self.text[self.at] != "}":
            if self.text[self.at] == ",":
                self.at += 1
            elif not self.pair(path):
                return
        self.at += 1

    def array(self, path: Path) -> None:
        self.at += 1
        number = 0
        while self.skip_lines() < len(self.text) and self.text[self.at] != "]":
            if self.text[self.at] == ",":
                self.at += 1
                continue
            self.found.setdefault((*path, number), self.at)
            self.value((*path, number))
            number += 1
        self.at += 1


def find_keys(text: str) -> dict[Path, tuple[int, int]]:
    """Give line and column (from 1) of every key, table and array element of a TOML text; lines end with a line feed.

    The path (keys, and numbers in arrays) leads to the place of the key, or of the header that opens the table. Of a
    text that `tomllib` refuses, what stands before the error is found.
    """
    walk = _Walk(text)
    with contextlib.suppress(ValueError, IndexError):  # what was found so far is right; the nearest key above is used
        walk.document()
    starts = [0, *(newline.end() for newline in re.finditer("\n", text))]
    places = {}
    line = 0
    for path, offset in sorted(walk.found.items(), key=lambda item: item[1]):
        while line + 1 < len(starts) and starts[line + 1] <= offset:
            line += 1
        places[path] = (line + 1, offset - starts[line] + 1)
    return places
