"""What may stand large and alone on the front page, and which figures are probabilities."""

from __future__ import annotations

from shteg.estimates import Value
from shteg.report.edition_view import EditionView

OTHER_POPULATION = "country"
"""Variable of published figures whose groups are no part of the population of the case, but other countries."""
PROBABILITIES = ("value.pool.forecast", "value.pathways.", "value.stance.support", "value.stance.next")
"""Beginnings of the messages of values that say how likely something is; other shares are parts of a whole."""
SHARES_OF_FUTURES = ("value.pathways.assumed_share", "value.pathways.stop_", "value.pathways.blocker_")


def no_lead(edition: EditionView, value: Value) -> str:
    """Say why a value must not lead; empty if it may.

    A reader takes a figure that stands alone for the answer: the bounds of what is possible have no middle that means
    anything, and the opinion of other countries is not the opinion of this one.
    """
    if value.level is not None and value.level >= 1:
        return "only bounds of it are known, and their middle means nothing"
    if value.id in other_populations(edition):
        return "it is a figure of another population"
    return ""


def other_populations(edition: EditionView) -> frozenset[str]:
    """Give the ids of the published figures that are about people of other countries."""

    def find() -> frozenset[str]:
        rows = edition.rows("survey.published")
        return frozenset(f"survey.{row['figure']}" for row in rows if row["subgroup_variable"] == OTHER_POPULATION)

    return edition.once("figures of other populations", find)


def is_probability(value: Value) -> bool:
    """Tell whether a share says how likely something is, so that it may be told as a frequency."""
    key = value.label_key
    return value.unit == "share" and key.startswith(PROBABILITIES) and not key.startswith(SHARES_OF_FUTURES)
