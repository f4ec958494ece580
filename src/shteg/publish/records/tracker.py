"""Commitments as pages, feeds and data need them: their rows, names, marks, and what happened to each."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from shteg.publish.printed import Voice
from shteg.report import EditionView
from shteg.report.edition_view import Row

COMMITMENTS, HAPPENINGS, SHARES, COURSE = (
    f"tracker.{name}" for name in ("commitments", "happenings", "shares", "course")
)
NOT_STARTED, REVERSED = "not_started", "reversed"
SIGNS = {"no_evidence": "–", "not_started": "○", "early": "◔", "advanced": "◑", "complete": "●", "reversed": "↺"}
"""A mark beside the word of a status: how much of the circle is full."""
AXES = ("official", "evidence", "assessment")


def is_tracked(edition: EditionView) -> bool:
    """Tell whether an edition follows commitments."""
    return COMMITMENTS in edition.table_names


def gives_verdicts(edition: EditionView) -> bool:
    """Tell whether an edition says how far commitments have come."""
    return SHARES in edition.table_names


def addressees(voice: Voice) -> list[str]:
    """Give the addressees as a reader of the language looks them up."""
    found = {row["addressee"] for row in voice.edition.rows(COMMITMENTS)}
    return sorted(found, key=lambda one: voice.sort_key(voice.named(f"addressee:{one}")))


def addressee_slug(addressee: str) -> str:
    """Name the page of an addressee; its feed and data bear the same name."""
    return f"tracker-{addressee.lower()}"


def commitment_link(voice: Voice, row: Row, words: str = "") -> Markup:
    """Lead to a commitment on the page of its addressee.

    Parameters
    ----------
    voice : Voice
    row : Row
        Of the table of commitments.
    words : str
        What stands there; its title if left out.

    Returns
    -------
    Markup
    """
    place = f"{addressee_slug(row['addressee'])}.html#commitment-{row['commitment']}"
    return Markup('<a href="{}">{}</a>').format(place, words or voice.named(f"commitment:{row['commitment']}"))


def happenings_of(edition: EditionView) -> Mapping[str, list[Row]]:
    """Give what happened, by commitment, in order of time."""

    def divide() -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = {row["commitment"]: [] for row in edition.rows(COMMITMENTS)}
        for row in edition.rows(HAPPENINGS):
            found[row["commitment"]].append(row)
        return found

    return edition.once(("happenings by commitment",), divide)


def stage_name(voice: Voice, row: Row, stage: str) -> str:
    """Name a stage.

    Parameters
    ----------
    voice : Voice
    row : Row
        Of the commitment.
    stage : str
        Its id, in the life cycle of the commitment.

    Returns
    -------
    str
    """
    if stage in (NOT_STARTED, REVERSED):
        return voice.text(f"tracker.stage.{stage}")
    return voice.named(f"life-stage:{row['life_cycle']}.{stage}")


def status_mark(voice: Voice, status: str) -> Markup:
    """Draw a status: a circle that fills, and its word."""
    return Markup('<span class="standing {}"><span class="circle" aria-hidden="true">{}</span> {}</span>').format(
        status.replace("_", "-"), SIGNS[status], voice.text(f"tracker.status.{status}")
    )


def disagreement(voice: Voice, row: Row) -> Markup:
    """Say that the axes do not say the same; empty where they do, or where no verdicts are given."""
    if not row["disagree"]:
        return Markup()
    key = "disagree" if row["axis"] else "claimed"
    return Markup('<span class="tag assumed apart">{}</span>').format(voice.t(f"tracker.{key}"))


def tracked_by(edition: EditionView, kind: str) -> Mapping[str, list[Row]]:
    """Give the commitments that name something of a kind (`measure`, `requirement`, `programme`), by its id."""
    found: dict[str, list[Row]] = {}
    for row in edition.rows(COMMITMENTS):
        if row[kind]:
            found.setdefault(row[kind], []).append(row)
    return found
