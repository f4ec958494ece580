"""What an edition prints: each value by id as an English page says it, and each table by the hash of its cells.

A printed figure is the same on every processor (docs/decisions/0009), so it is compared exactly. The numbers behind the
figures of the made-up case are compared too, but for their last digits, which may differ on another processor.
"""

import hashlib
import json
import math
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from shteg.estimates import Value
from shteg.report import EditionView, format_cell, format_value, open_edition
from shteg.report.language.cells import form_of
from shteg.report.language.values import Style

FOLDER = Path(__file__).parent
CASES = ("demo", "kosovo-coe", "kosovo-nato")
NUMBERS = FOLDER / "demo_numbers.json"
TOLERANCE = 1e-9
"""Relative, and absolute below 1: sums in another order differ by 4e-14 at most, so that what moves more has moved."""

Numbers = dict[str, list[float | str | None]]
Printed = dict[str, dict[str, str]]
OF_THE_CODE = {"changes.editions": ("edition",)}
"""Columns that are no figures: what an edition is called changes with every line of the program."""
LONG_NUMBER = re.compile(r"-?\d+\.\d{9,}(?:e-?\d+)?")
"""A number inside the words of a table, written out in full: its last digits are no promise."""


def golden_file(case: str) -> Path:
    """Name the file that holds what the edition of a case printed when `make golden` was last run."""
    return FOLDER / f"{case}.json"


def read_golden(case: str) -> Printed:
    """Read what the edition of a case is to print."""
    return dict(json.loads(golden_file(case).read_text(encoding="utf-8")))


def edition_in(folder: Path) -> EditionView:
    """Open an edition, or the one inside a site."""
    return open_edition(folder / "edition" if (folder / "edition").is_dir() else folder)


def printed(edition: EditionView) -> Printed:
    """Give what an edition prints: `values` and `tables`, each by name."""
    tables = {name: printed_table(edition.table(name).drop(OF_THE_CODE.get(name, ()))) for name in edition.table_names}
    return {"values": printed_values(edition.values.values(), edition.lexicon), "tables": tables}


def printed_values(values: Iterable[Value], lexicon: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Print each value by id, with its interval if it has one, and with its label."""
    found = {}
    for one in sorted(values, key=lambda value: value.id):
        style: Style = "number" if one.low is None else "range"
        found[one.id] = f"{format_value(one, 'en', style=style, lexicon=lexicon)} {one.label}"
    return found


def printed_table(frame: pl.DataFrame) -> str:
    """Give the hash of the cells of a table as they are printed."""
    total = hashlib.sha256("\t".join(frame.columns).encode())
    for row in frame.iter_rows(named=True):
        total.update(("\n" + "\t".join(_cell(name, cell) for name, cell in row.items())).encode())
    return f"{frame.height} rows, {total.hexdigest()[:16]}"


def differences(found: Printed, golden: Printed) -> list[str]:
    """List what is printed otherwise, one sentence each."""
    moved = []
    for kind, before in golden.items():
        now = found[kind]
        for name in sorted(before.keys() | now.keys()):
            if before.get(name) != now.get(name):
                moved.append(f"{kind} {name}: {before.get(name, 'not there')} → {now.get(name, 'not there')}")
    return moved


def numbers(edition: EditionView) -> Numbers:
    """Give number and interval of each value, unrounded."""
    return {name: [one.number, one.low, one.high] for name, one in sorted(edition.values.items())}


def moved_numbers(found: Numbers, golden: Numbers) -> list[str]:
    """List the numbers that differ in more than their last digits."""
    return [
        f"{name}: {golden.get(name)} → {found.get(name)}"
        for name in sorted(found.keys() | golden.keys())
        if not all(map(is_close, found.get(name, [math.nan] * 3), golden.get(name, [math.nan] * 3)))
    ]


def is_close(found: float | str | None, golden: float | str | None) -> bool:
    """Tell whether two numbers are the same but for their last digits; words and missing ends are equal or not."""
    if isinstance(found, int | float) and isinstance(golden, int | float):
        return math.isclose(found, golden, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    return found == golden


def _cell(column: str, cell: Any) -> str:
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return LONG_NUMBER.sub(lambda found: f"{float(found[0]):.6g}", str(cell))
    return format_cell(cell, form_of(column, cell), "en")
