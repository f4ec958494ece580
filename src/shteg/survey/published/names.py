"""Names of survey results: ids made of printed names, and figures that were measured together."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

from shteg.evidence.case import Case
from shteg.evidence.records.surveys import PublishedFigure

ALL = "all"
"""Subgroup variable and subgroup of a figure about the whole sample."""


def slug(text: str) -> str:
    """Give a name in the form that ids have: lower case, ASCII, dashes.

    >>> slug("Trust (trust + fully trust)")
    'trust-trust-fully-trust'
    """
    plain = (
        unicodedata.normalize("NFKD", re.sub("['’]", "", text.replace("_", "-")))
        .encode("ascii", "ignore")
        .decode()
        .lower()
    )
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "x"


def value_id(text: str) -> str:
    """Give an id that a value may have: each dotted part of `text`, with what ids may not hold replaced by dashes."""
    parts = (re.sub(r"[^A-Za-z0-9_-]+", "-", part).strip("-_") or "x" for part in text.split("."))
    first, *rest = parts
    return ".".join((first.lower(), *rest))


def lexicon_args(case: Case, **names: str) -> dict[str, str]:
    """Make lexicon ids of the names that the case translates ("answer:yes"); the others stay as they are printed."""
    args = {}
    for placeholder, name in names.items():
        kind = placeholder.removeprefix("other_")
        known = {"question": case.questions, "scheme": case.schemes}.get(kind) or case.labels.get(kind, {})
        args[placeholder] = f"{kind}:{name}" if name in known else name
    return args


def unique(name: str, taken: set[str]) -> str:
    """Give `name`, or `name-2`, `name-3` … if it is taken, and take it."""
    tries = [name]
    while tries[-1] in taken:
        tries.append(f"{name}-{len(tries) + 1}")
    taken.add(tries[-1])
    return tries[-1]


def population_stem(population: str | None) -> str:
    """Whom a figure is about, without the age limit that follows the first comma: "Ruritania, 18+" → "Ruritania"."""
    return (population or "").partition(",")[0].strip()


def main_population(figures: Iterable[PublishedFigure]) -> str:
    """The population that most figures are about; figures that name none are about it too."""
    counts = Counter(stem for figure in figures if (stem := population_stem(figure.population)))
    return min(counts, key=lambda stem: (-counts[stem], stem)) if counts else ""


def year_of(figure: PublishedFigure) -> int:
    """Year of the fieldwork: that of its middle day."""
    return figure.happened_on.middle.year


def is_whole_sample(figure: PublishedFigure) -> bool:
    """True for a figure about everyone asked."""
    return figure.subgroup_variable == ALL
