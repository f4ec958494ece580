"""The order of the rows of a table: as the answers were offered, or the largest first."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

import polars as pl

from shteg.survey.one_pass.domains import ALL
from shteg.survey.tables.exposed import TOTAL_ROW
from shteg.survey.tables.plan import Options, TableItem
from shteg.survey.tables.protect import Part

LAST_CODES = re.compile(r"(other|dk|dkna|dont_know|don_t_know|refused|na|no_answer|none_of_these)", re.ASCII)
"""Codes of answers that stay at the end, as questionnaires write them."""

LAST_WORDS = (
    *("other", "others", "don't know", "do not know", "no opinion", "no answer", "refused", "none of these"),
    *("tjeter", "te tjera", "nuk e di", "nuk kam mendim", "pa pergjigje", "refuzoi", "asnjera nga keto"),
    *("drugo", "ostalo", "ne znam", "ne zna", "bez odgovora", "odbija", "nista od navedenog"),
    *("sonstige", "sonstiges", "andere", "anderes", "weiss nicht", "keine angabe", "nichts davon"),
)
"""How labels of such answers begin, in the languages of the data that we have seen, without accents."""


def row_order(part: Part, shown: pl.DataFrame, options: Options) -> dict[tuple[str, str], int]:
    """Give the place of each row, by its kind and option.

    Parameters
    ----------
    part : Part
        The item in the wave that decides the order.
    shown : polars.DataFrame
        Its cells, hidden numbers null: what is hidden gives no place away.
    options : Options

    Returns
    -------
    dict
        (kind, option) → place. The total row is first; options, largest first if sorted by size, then hidden ones and
        those that stay last, in the order of the questionnaire; boxes, nets and the mean as they stood.
    """
    names = list(part.table.names)
    if options.sort == "size":
        sizes = _sizes(part, shown)
        own = [key for key in names if key[0] == "option"]

        def rank(key: tuple[str, str]) -> tuple[bool, bool, float]:
            size = sizes.get(key)
            return stays_last(part.item, key[1]), size is None, -(size or 0.0)

        names = [*sorted(own, key=rank), *(key for key in names if key[0] != "option")]
    return {("all", ""): 0, **{key: i for i, key in enumerate(names, 1)}}


def _sizes(part: Part, shown: pl.DataFrame) -> Mapping[tuple[str, str], float]:
    """Shares of everyone who are shown; of row percentages, which have none, the weighted bases."""
    by_row = part.table.percent == "row"
    found: dict[tuple[str, str], float] = {}
    for record in shown.iter_rows(named=True):
        number = record["n_weighted" if by_row else "estimate"]
        if record["row"] == TOTAL_ROW or number is None or (record["domain_variable"] != ALL and not by_row):
            continue
        found.setdefault(part.table.names[record["row"]], float(number))
    return found


def stays_last(item: TableItem, code: str) -> bool:
    """True of an answer that is no answer among others: other, don't know, refused."""
    if item.last:
        return code in item.last
    labels = (item.options or {}).get(code, {}).values()
    texts = [_plain(label) for label in labels]
    words = any(
        text == one or text.startswith((f"{one} ", f"{one},", f"{one}:")) for text in texts for one in LAST_WORDS
    )
    return words or LAST_CODES.fullmatch(code.lower()) is not None


def _plain(text: str) -> str:
    """Small letters without accents, brackets and typographic apostrophes."""
    letters = unicodedata.normalize("NFKD", text.casefold().replace("ß", "ss").replace("’", "'"))
    kept = "".join(one for one in letters if not unicodedata.combining(one))
    return re.sub(r"[\s()/.]+", " ", kept).strip()
