"""Days on which states declared their independence, from the World Factbook of the CIA.

    python -m tools.imports.independence cases/kosovo-nato FACTBOOK

`README.md` beside this file says where the folder comes from. Only rows of countries.csv that have a day are made anew.
One convention: the day of the declaration. Where the entry names several days, `DECLARED` says which words mark it; an
earlier statehood does not count.
"""

import json
import re
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

from tools.imports.rows import Row, read_rows, replace_rows

SOURCE, GRADE = "cia-factbook-2026", "A2"
FILES = {
    "ARM": "central-asia/am", "AZE": "central-asia/aj", "BIH": "europe/bk", "BLR": "europe/bo", "CZE": "europe/ez",
    "EST": "europe/en", "GEO": "central-asia/gg", "HRV": "europe/hr", "KAZ": "central-asia/kz",
    "KGZ": "central-asia/kg", "LTU": "europe/lh", "LVA": "europe/lg", "MDA": "europe/md", "MKD": "europe/mk",
    "MNE": "europe/mj",
    "SRB": "europe/ri", "SVK": "europe/lo", "SVN": "europe/si", "TJK": "central-asia/ti", "TKM": "central-asia/tx",
    "UKR": "europe/up", "UZB": "central-asia/uz", "XKX": "europe/kv",
}  # fmt: skip
"""Files of the folder, which go by the codes of FIPS 10-4."""
DECLARED = {
    "AZE": r"30 August 1991 \(declared",
    "BIH": r"independence declared on 3 March 1992",
    "EST": r"20 August 1991 \(declared",
    "LTU": r"11 March 1990 \(declared",
    "LVA": r"4 May 1990 \(declared",
}
"""Words of an entry with several days that mark the one of the declaration."""
DAY = re.compile(r"\d{1,2} [A-Z][a-z]+ \d{4}")


def declared_on(country: str, entry: Mapping[str, str]) -> str:
    """Give the day of the declaration, as ISO 8601; an entry that no longer says it is an error."""
    text = unescape(re.sub(r"<[^>]+>", "", " ".join(entry.values()))).replace("\xa0", " ")
    words = re.search(DECLARED[country], text) if country in DECLARED else re.match(DAY, text)
    if words is None:
        raise ValueError(f"{country}: the entry does not say when independence was declared: {text[:120]}")
    day = DAY.search(words.group())
    assert day is not None  # every pattern holds a day
    return datetime.strptime(day.group(), "%d %B %Y").replace(tzinfo=UTC).date().isoformat()


def main(arguments: Sequence[str]) -> None:
    """Write the days into countries.csv of a case."""
    case, factbook = (Path(one) for one in arguments)
    table = case / "countries.csv"
    made: list[Row] = []
    for row in read_rows(table):
        if row["independent_on"] and row["country"] in FILES:
            text = (factbook / f"{FILES[row['country']]}.json").read_text(encoding="utf-8")
            entry = json.loads(text)["Government"]["Independence"]
            day = declared_on(row["country"], entry)
            made.append({"country": row["country"], "independent_on": day, "source": SOURCE, "grade": GRADE})
    print(replace_rows(table, made, key=("country",), goes=lambda row: False))


if __name__ == "__main__":
    main(sys.argv[1:])
