"""What may stand large and alone on the front page, and which figures are probabilities."""

from __future__ import annotations

from shteg.estimates import Value

OTHER_POPULATIONS = ("value.survey.published.elsewhere", "value.survey.score.elsewhere")
"""Messages of figures about people whom the case calls another population (`other_populations` of questions.toml)."""
PROBABILITIES = ("value.pool.forecast", "value.pathways.", "value.stance.support", "value.stance.next")
"""Beginnings of the messages of values that say how likely something is; other shares are parts of a whole."""
SHARES_OF_FUTURES = ("value.pathways.assumed_share", "value.pathways.stop_", "value.pathways.blocker_")


def no_lead(value: Value) -> str:
    """Say why a value must not lead; empty if it may.

    A reader takes a figure that stands alone for the answer: the bounds of what is possible have no middle that means
    anything, and the opinion of another population is not the opinion of this one.
    """
    if value.level is not None and value.level >= 1:
        return "only bounds of it are known, and their middle means nothing"
    if value.label_key in OTHER_POPULATIONS:
        return "it is a figure of another population"
    return ""


def is_probability(value: Value) -> bool:
    """Tell whether a share says how likely something is, so that it may be told as a frequency."""
    key = value.label_key
    return value.unit == "share" and key.startswith(PROBABILITIES) and not key.startswith(SHARES_OF_FUTURES)
