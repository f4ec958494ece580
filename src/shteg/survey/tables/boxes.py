"""Boxes of a scale: its two options at each end and their difference, called after the end that is the top."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from shteg.errors import DesignError
from shteg.survey.tables.plan import TableItem

BOX = 2
"""Options in a box."""
FEWEST_FOR_BOXES = 4

Direction = Literal["falling", "rising", "unknown"]
"""The first options are the top; the last ones are; nothing says which."""


def scale_direction(item: TableItem, labels: Sequence[str]) -> Direction:
    """Say which end of an ordered item is the top: by its scores, else by its favourable options, else unknown.

    Raises
    ------
    DesignError
        The item has too few options for boxes, an option has no score, or the scores neither rise nor fall.
    """
    if len(labels) < FEWEST_FOR_BOXES:
        hint = f"leave out `ordered`: top-two and bottom-two boxes need {FEWEST_FOR_BOXES} options or more"
        raise DesignError(f"the item has {len(labels)} options", hint, f"column {item.column!r}")
    if item.scores:
        steps = np.diff(option_scores(item, labels))
        if (steps < 0).all():
            return "falling"
        if (steps > 0).all():
            return "rising"
        hint = "put the options in the order of their scores, or leave out `ordered`"
        raise DesignError(
            "the item is `ordered`, but its scores neither rise nor fall from option to option",
            hint,
            f"column {item.column!r}",
        )
    first, last = labels[0] in item.favourable, labels[-1] in item.favourable
    if first == last:
        return "unknown"
    return "falling" if first else "rising"


def option_scores(item: TableItem, labels: Sequence[str]) -> list[float]:
    """Give the score of each option.

    Raises
    ------
    DesignError
        An option has none.
    """
    lacking = [label for label in labels if label not in item.scores]
    if lacking:
        hint = "give every option a score, or list it under `missing`"
        raise DesignError(f"the option {lacking[0]!r} has no score", hint, f"column {item.column!r}")
    return [float(item.scores[label]) for label in labels]
