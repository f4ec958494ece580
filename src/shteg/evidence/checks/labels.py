"""Checks of labels: each short word of a table that readers see has a name in every language of the case."""

from collections.abc import Iterator

from shteg.countries import is_country
from shteg.errors import Problem
from shteg.evidence.files.draft import Draft
from shteg.evidence.files.explain_invalid import suggest

LABELLED = (
    ("surveys/published.csv", "subgroup", "subgroup"),
    ("surveys/published.csv", "subgroup_variable", "variable"),
    ("surveys/published.csv", "answer", "answer"),
    ("surveys/published.csv", "series", "series"),
    ("surveys/population.csv", "category", "subgroup"),
    ("surveys/population.csv", "variable", "variable"),
    ("chronicle.csv", "kind", "kind"),
    ("partnerships.csv", "kind", "kind"),
    ("acts.csv", "value", "value"),
    ("ladder.csv", "event", "event"),
    ("ratifications.csv", "stage", "stage"),
    ("requirements.csv", "status", "status"),
    ("programmes.csv", "decision_rule", "rule"),
    ("partnerships.csv", "partner", "partner"),
)
"""File, column, and the kind of label its words need; numbers and countries need none."""


def check_labels(draft: Draft) -> Iterator[Problem]:
    """Find words that labels.toml does not name; each word is reported where it first stands."""
    if draft.keys_of("labels.toml", "labels") is None:
        return  # the file could not be parsed, or has no [labels]: reported elsewhere
    for file, column, kind in LABELLED:
        table = draft.tables.get(file)
        if table is None or column not in table.header:
            continue
        found = draft.raw("labels.toml", "labels", kind)
        named = frozenset(found) if isinstance(found, dict) else frozenset()
        seen: set[str] = set()
        for row in table.rows:
            word = row.cells.get(column, "").strip()
            if not word or word in seen or word in named or _needs_none(word, kind):
                continue
            seen.add(word)
            hint = suggest(word, sorted(named), f'add `"{word}" = {{ en = "…", sq = "…" }}` under [labels.{kind}]')
            yield draft.at_cell(table, row, column, f"`{word}` has no name in labels.toml", hint)


def _needs_none(word: str, kind: str) -> bool:
    return word.replace(".", "", 1).replace("-", "", 1).isdigit() or (kind == "partner" and is_country(word))
