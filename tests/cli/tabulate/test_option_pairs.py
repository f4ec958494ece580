"""Every pair of options of `shteg tabulate`, in every format: it runs, and figures stay what they are without them."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pytest

from shteg.errors import UsageError
from tests.cli.tabulate.test_compared import form
from tests.cli.tabulate.test_compared import waves as waves
from tests.cli.tabulate.test_tabulate import _own_log as _own_log
from tests.cli.tabulate.test_tabulate import run

OPTIONS: dict[str, tuple[tuple[str, ...], ...]] = {
    "percent": ((), ("--percent", "row"), ("--percent", "total")),
    "by": (("--by", "sex"), (), ("--by", "sex,stratum")),
    "changes": ((), ("--changes", "previous"), ("--changes", "both"), ("--changes", "previous", "--same-psus")),
    "rest": ((), ("--rest",)),
    "letters": ((), ("--letters", "holm")),
    "p values": ((), ("--p-values",)),
    "sort": ((), ("--sort", "size")),
    "boxes": ((), ("--boxes", "2")),
    "nets": ((), ("--net", "police:Low=1,2")),
    "grid": ((), ("--grid", "Trust=police,courts")),
    "bases": ((), ("--bases", "n,effective")),
    "means": ((), ("--means", "media")),
    "weights": ((), ("--weight", "second")),
    "format": (("csv",), ("xlsx",), ("html",), ("docx",), ("parquet",)),
}
NAMES = tuple(OPTIONS)
KEYS = ("source", "item", "row_kind", "option", "domain_variable", "domain")
FIGURES = ("estimate", "std_error", "ci_low", "ci_high", "n")


def pairs() -> list[dict[str, int]]:
    """Give choices in which every two values of two options stand together at least once."""
    left = {
        ((a, i), (b, j))
        for a, b in itertools.combinations(NAMES, 2)
        for i in range(len(OPTIONS[a]))
        for j in range(len(OPTIONS[b]))
    }
    rows: list[dict[str, int]] = []
    while left:
        (a, i), (b, j) = min(left)
        row = {a: i, b: j}
        for name in NAMES:
            if name not in row:
                gain = [
                    sum(tuple(sorted(((name, k), one), key=lambda p: NAMES.index(p[0]))) in left for one in row.items())
                    for k in range(len(OPTIONS[name]))
                ]
                row[name] = gain.index(max(gain))
        done = [(name, row[name]) for name in NAMES]
        left -= set(itertools.combinations(done, 2))
        rows.append(row)
    return rows


def refused(row: dict[str, int]) -> str:
    """What is said of options that do not go together; blank where they do."""
    of_rows = OPTIONS["percent"][row["percent"]][1:] == ("row",)
    if of_rows and not OPTIONS["by"][row["by"]]:
        return "row percentages need columns"
    return "a grid shows shares of those who answered" if of_rows and row["grid"] else ""


def words_of(row: dict[str, int]) -> list[str]:
    return [word for name in NAMES if name != "format" for word in OPTIONS[name][row[name]]]


def figures(*words: str) -> dict[tuple[str, ...], dict[str, Any]]:
    told = json.loads(run(*words, "--json").output)
    rows = told if isinstance(told, list) else told["cells"]
    return {tuple(str(row[key]) for key in KEYS): row for row in rows}


def test_every_two_values_stand_together() -> None:
    rows = pairs()
    seen = {pair for row in rows for pair in itertools.combinations([(name, row[name]) for name in NAMES], 2)}
    sizes = [len(OPTIONS[name]) for name in NAMES]
    assert len(seen) == sum(a * b for a, b in itertools.combinations(sizes, 2))


@pytest.mark.parametrize("number", range(len(pairs())))
def test_options_go_together(number: int, waves: tuple[Path, ...], tmp_path: Path) -> None:
    row = pairs()[number]
    files = [str(path) for path in waves]
    base = [*files, "--items", "police,courts", *form(waves), "--minimum-base", "1"]
    words = words_of(row)
    if problem := refused(row):
        with pytest.raises(UsageError, match=problem):
            run(*base, *words, "--json")
        return
    kind = OPTIONS["format"][row["format"]][0]
    run(*base, *words, "--language", "sq", "--out", str(tmp_path / f"t.{kind}"))
    assert any(path.suffix == f".{kind}" and path.stat().st_size for path in tmp_path.glob(f"t*.{kind}"))
    found = figures(*base, *words)
    plain = [word for name in ("percent", "by", "weights", "means") for word in OPTIONS[name][row[name]]]
    known = figures(*base, *plain)
    assert known.keys() <= found.keys()
    if row["means"]:  # a mean is that of its column, whatever the shares are of
        assert any(key[1] == "media" and key[2] == "mean" for key in found)
    for key, cell in known.items():
        assert {name: found[key][name] for name in FIGURES} == {name: cell[name] for name in FIGURES}, key
    for key, cell in found.items():
        if cell["ci_low"] is not None:
            assert cell["ci_low"] <= cell["estimate"] <= cell["ci_high"], key
    if "row" not in words:  # of rows, columns add up, not answers
        _nets_are_sums(found)
    _changes_are_differences(found)


SUMS = {
    ("combined", "Low"): {"1": 1, "2": 1},
    ("combined", "agree"): {"4": 1, "5": 1},
    ("top", ""): {"4": 1, "5": 1},
    ("bottom", ""): {"1": 1, "2": 1},
    ("net", ""): {"4": 1, "5": 1, "1": -1, "2": -1},
}
"""Rows that are sums of answers."""


def _nets_are_sums(found: dict[tuple[str, ...], dict[str, Any]], wanted: bool = False) -> None:
    seen = set()
    for key, cell in found.items():
        parts = SUMS.get(key[2:4])
        if parts and cell["estimate"] is not None:
            seen.add(key[2:4])
            one = [sign * found[(*key[:2], "option", code, *key[4:])]["estimate"] for code, sign in parts.items()]
            assert cell["estimate"] == pytest.approx(sum(one), abs=1e-12), key
    assert not wanted or seen == SUMS.keys()


def test_nets_and_boxes_are_sums_of_answers(waves: tuple[Path, ...]) -> None:
    words = ("--boxes", "2", "--net", "police:Low=1,2")
    _nets_are_sums(figures(str(waves[0]), "--items", "police,courts", *form(waves), *words), wanted=True)


def _changes_are_differences(found: dict[tuple[str, ...], dict[str, Any]]) -> None:
    for key, cell in found.items():
        for name in ("previous", "first"):
            change, source = cell.get(f"{name}_change"), cell.get(f"{name}_source")
            if change is not None:
                old = found[(str(source), *key[1:])]["estimate"]
                assert change == pytest.approx(cell["estimate"] - old, abs=1e-12), key
