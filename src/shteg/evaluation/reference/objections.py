"""Objections of members to steps of the case's own ladder: the one place where the evaluation reads them."""

from __future__ import annotations

from dataclasses import dataclass

from shteg.evidence.case import Case


@dataclass(frozen=True, slots=True)
class Objecting:
    """A member openly objects to a step of a country between two days (ordinals); infinity while it still does."""

    country: str
    member: str
    step: str
    start: float
    stop: float


def own_objections(case: Case) -> tuple[Objecting, ...]:
    """Give the objections to steps of the case's own organisation, in the order of their beginning."""
    found = (
        Objecting(
            country=one.candidate,
            member=one.member,
            step=one.step,
            start=float(one.began.middle.toordinal()),
            stop=float("inf") if one.ended is None else float(one.ended.middle.toordinal()),
        )
        for one in case.own_objections
    )
    return tuple(sorted(found, key=lambda one: (one.start, one.country, one.step, one.member)))


def spans_held_up(case: Case, country: str, step: str) -> tuple[tuple[float, float], ...]:
    """Give when at least one member objected to a step of a country: spans that do not overlap, the end left out.

    Parameters
    ----------
    case : Case
    country : str
        ISO 3166-1 alpha-3.
    step : str
        Id of the step.

    Returns
    -------
    tuple of (float, float)
        Ordinals, in order.
    """
    spans: list[tuple[float, float]] = []
    for one in own_objections(case):
        if (one.country, one.step) != (country, step):
            continue
        if spans and one.start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], one.stop))
        else:
            spans.append((one.start, one.stop))
    return tuple(spans)


def open_objections(case: Case, country: str, step: str) -> int:
    """Count the members that object to a step of a country on the as-of day.

    Parameters
    ----------
    case : Case
    country : str
        ISO 3166-1 alpha-3.
    step : str
        Id of the step.

    Returns
    -------
    int
    """
    today = case.header.as_of.toordinal()
    return len(
        {
            one.member
            for one in own_objections(case)
            if (one.country, one.step) == (country, step) and one.start <= today < one.stop
        }
    )
