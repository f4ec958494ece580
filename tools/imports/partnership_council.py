"""Founding partners of the Euro-Atlantic Partnership Council, by the rule of its Basic Document.

    python -m tools.imports.partnership_council cases/kosovo-nato

The document of 30 May 1997 (`README.md` beside this file says where it stands) founds the Council of the members of the
North Atlantic Cooperation Council and the participants of the Partnership for Peace. The latter are those that
ladder.csv has under `pfp` by that day and not under `withdrawal` since; `COOPERATION_COUNCIL` names the members of the
former that were not in the partnership yet. NATO counted 27 participants of the partnership that May, and Croatia as
the 46th member of the Council in 2000, one after Ireland: 16 allies and the 28 partners that this gives.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from tools.imports.rows import Row, read_rows, replace_rows

SOURCE, GRADE = "nato-eapc-basic-1997", "A2"
FOUNDED = "1997-05-30"
COOPERATION_COUNCIL = frozenset({"TJK"})
"""In the Cooperation Council early on, in the partnership since 2002 only (NATO on Central Asia, topics_107957)."""
PARTNERS = 28
NOTE = "Founding partner by the rule of the Basic Document"


def founding_partners(ladder: Sequence[Row]) -> list[str]:
    """Give the states that the rule makes founding partners, in alphabetic order of their codes."""
    joined: set[str] = set()
    for row in sorted(ladder, key=lambda row: row["happened_on"]):
        if row["happened_on"] > FOUNDED:
            continue
        if row["event"] == "pfp":
            joined.add(row["country"])
        elif row["event"] == "withdrawal":
            joined.discard(row["country"])
    return sorted(joined | COOPERATION_COUNCIL)


def main(arguments: Sequence[str]) -> None:
    """Write the rows of founding partners into ladder.csv of a case; a row that another page tells stays."""
    table = Path(arguments[0]) / "ladder.csv"
    rows = read_rows(table)
    partners = founding_partners(rows)
    if len(partners) != PARTNERS:
        raise ValueError(f"{table} has {len(partners)} founding partners, {PARTNERS} were counted; mend its `pfp` rows")
    told = {row["country"] for row in rows if row["event"] == "eapc" and row["source"] not in {SOURCE, "recalled"}}
    made = [
        {"country": country, "event": "eapc", "happened_on": FOUNDED, "note": NOTE, "source": SOURCE, "grade": GRADE}
        for country in partners
        if country not in told
    ]
    key = ("country", "happened_on", "event")
    print(replace_rows(table, made, key=key, goes=lambda row: row["source"] == SOURCE))


if __name__ == "__main__":
    main(sys.argv[1:])
