"""Compare two publications: every printed figure equal, every value within a tolerance.

usage: python -m tests.processors.same_figures SITE SITE
"""

import csv
import json
import math
import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import zip_longest
from pathlib import Path

from pypdf import PdfReader

TOLERANCE = 1e-9
"""Relative, and absolute below 1: what sums in another order may change (4e-14 was seen at most)."""

NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])")

SPOKEN = ("alt", "aria-label", "title", "content", "href")
SILENT = ("script", "style")


def differences(first: Path, second: Path) -> Iterator[str]:
    """Give what is not the same in two built sites, one sentence each."""
    names = [sorted(path.relative_to(site).as_posix() for path in site.rglob("*")) for site in (first, second)]
    yield from (f"{name}: in one site only" for name in sorted(set(names[0]) ^ set(names[1])))
    for name in names[0]:
        a, b = first / name, second / name
        if not (a.is_file() and b.is_file()):
            continue
        if a.suffix == ".html":
            yield from _first_difference(name, page_text(a), page_text(b))
        elif a.suffix == ".pdf":
            yield from _first_difference(name, paper_text(a), paper_text(b))
        elif a.suffix == ".csv":
            yield from _numbers(name, table_cells(a), table_cells(b))
        elif a.name == "values.json":
            yield from _numbers(name, json_leaves(a), json_leaves(b))
        elif a.name == "manifest.json":
            editions = [json.loads(path.read_text(encoding="utf-8"))["edition"] for path in (a, b)]
            if editions[0] != editions[1]:
                yield f"{name}: the edition is called {editions[0]} and {editions[1]}"


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in SILENT
        self.found += [f"{name}={value}" for name, value in attrs if name in SPOKEN]

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in SILENT

    def handle_data(self, data: str) -> None:
        if not self.silent and data.strip():
            self.found.append(" ".join(data.split()))


def page_text(path: Path) -> list[str]:
    """Give everything a page says, seen or spoken, drawings included."""
    reader = _Reader()
    reader.feed(path.read_text(encoding="utf-8"))
    return reader.found


def paper_text(path: Path) -> list[str]:
    """Give the lines of a PDF."""
    return [line for page in PdfReader(path).pages for line in page.extract_text().splitlines()]


def table_cells(path: Path) -> list[tuple[str, str]]:
    """Give the cells of a CSV file with their places."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [(f"row {i} {k}", str(v)) for i, row in enumerate(csv.DictReader(file), 1) for k, v in row.items()]


def json_leaves(path: Path) -> list[tuple[str, str]]:
    """Give what stands at the ends of a JSON file with the way there."""

    def walk(thing: object, way: str) -> Iterator[tuple[str, str]]:
        pairs = thing.items() if isinstance(thing, dict) else enumerate(thing) if isinstance(thing, list) else None
        if pairs is None:
            yield way, str(thing)
        else:
            for key, part in pairs:
                yield from walk(part, f"{way}/{key}")

    return list(walk(json.loads(path.read_text(encoding="utf-8")), ""))


def _first_difference(name: str, one: list[str], other: list[str]) -> Iterator[str]:
    for a, b in zip_longest(one, other, fillvalue="(nothing)"):
        if a != b:
            yield f"{name}: {a!r} and {b!r}"
            return


def _numbers(name: str, one: list[tuple[str, str]], other: list[tuple[str, str]]) -> Iterator[str]:
    for (place, a), (_, b) in zip_longest(one, other, fillvalue=("a place of one only", "")):
        if a != b and not is_close(a, b):
            yield f"{name}, {place}: {a} and {b}"


def is_close(one: str, other: str) -> bool:
    """Tell whether two cells are the same but for the last digits of the numbers in them."""
    if NUMBER.sub("#", one) != NUMBER.sub("#", other):
        return False
    pairs = zip(NUMBER.findall(one), NUMBER.findall(other), strict=True)
    return all(math.isclose(float(a), float(b), rel_tol=TOLERANCE, abs_tol=TOLERANCE) for a, b in pairs)


def largest_difference(first: Path, second: Path) -> float:
    """Give the largest difference of a value, relative where the value is above 1."""
    largest = 0.0
    for (_, a), (_, b) in zip(
        json_leaves(first / "edition/values.json"), json_leaves(second / "edition/values.json"), strict=True
    ):
        if a != b:
            largest = max(largest, abs(float(a) - float(b)) / max(1.0, abs(float(a))))
    return largest


if __name__ == "__main__":
    found = list(differences(Path(sys.argv[1]), Path(sys.argv[2])))
    print(*found, sep="\n")
    sys.exit(bool(found))
