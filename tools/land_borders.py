"""Make the rows `neighbour` of a case's dyads.csv from the land borders of Natural Earth (public domain).

Run by hand, once, when members or candidates change; the result is committed:

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    python tools/land_borders.py package/countries-50m.json cases/kosovo-nato

world-atlas 2.0.2 (ISC licence, M. Bostock; read on 30 November 2026) repackages Natural Earth 1:50m as TopoJSON, in
which two neighbours share the arcs of their border. A candidate is whoever has a row in ladder.csv or comparisons.csv,
a member whoever stands in members.csv or comparison_members.csv. A border is as old as the younger of the two states
(countries.csv), and no older than `FLOOR`. All other rows of dyads.csv stay as they are.
"""

import csv
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

try:
    from tools.make_geometry import BY_NAME, alpha3_by_number
except ModuleNotFoundError:  # run as a script: its own folder is on the path
    from make_geometry import BY_NAME, alpha3_by_number

FLOOR = "1987"
"""The year with which the tables of objections begin; a border of older states is at least as old."""
SOURCE, GRADE, RELATION = "natural-earth-50m", "B2", "neighbour"
COLUMNS = ("candidate", "member", "relation", "since", "until", "known_on", "note", "source", "grade")
Row = dict[str, str]


def arcs_of(geometry: Mapping[str, Any]) -> Iterator[int]:
    """Give the arcs of a country's outline, both directions as one."""

    def walk(arcs: Any) -> Iterator[int]:
        if isinstance(arcs, int):
            yield arcs if arcs >= 0 else ~arcs
        else:
            for part in arcs:
                yield from walk(part)

    yield from walk(geometry.get("arcs", ()))


def land_borders(topology: Mapping[str, Any]) -> frozenset[tuple[str, str]]:
    """Give the pairs of states that share an arc, ISO 3166-1 alpha-3, in both orders."""
    codes = alpha3_by_number()
    holders: dict[int, set[str]] = {}
    for geometry in topology["objects"]["countries"]["geometries"]:
        code = codes.get(str(geometry.get("id", ""))) or BY_NAME.get(geometry["properties"]["name"])
        for arc in arcs_of(geometry) if code else ():
            holders.setdefault(arc, set()).add(str(code))
    return frozenset((one, other) for some in holders.values() for one in some for other in some if one != other)


def _rows(path: Path) -> list[Row]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def neighbours(folder: Path, borders: frozenset[tuple[str, str]]) -> list[Row]:
    """Give the rows `neighbour` of a case: candidates, members, and since when both are states."""
    candidates = {row["country"] for name in ("ladder.csv", "comparisons.csv") for row in _rows(folder / name)}
    members = {row["member"] for name in ("members.csv", "comparison_members.csv") for row in _rows(folder / name)}
    began = {row["country"]: row["independent_on"] for row in _rows(folder / "countries.csv")}
    return [
        {
            **dict.fromkeys(COLUMNS, ""), "candidate": one, "member": other, "relation": RELATION,
            "since": max(began.get(one) or FLOOR, began.get(other) or FLOOR), "source": SOURCE, "grade": GRADE,
        }
        for one in sorted(candidates)
        for other in sorted(members)
        if (one, other) in borders
    ]  # fmt: skip


def main(atlas: Path, folder: Path) -> None:
    """Write dyads.csv anew: its other rows, then the neighbours."""
    kept = [row for row in _rows(folder / "dyads.csv") if row["relation"] != RELATION]
    made = neighbours(folder, land_borders(json.loads(atlas.read_text(encoding="utf-8"))))
    with (folder / "dyads.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows([*kept, *made])


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
