"""Where the reforms stand: statuses by area, and how far each indicator has come from its baseline to its target."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from shteg.evidence.case import Case
from shteg.evidence.records.facts import Reading, Requirement

STATUSES: tuple[str, ...] = get_args(Requirement.model_fields["status"].annotation)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """One requirement: `share` of the way from baseline to target, None where it cannot be computed.

    Below 0 it moved away from the target, above 1 it is beyond it: neither is hidden. `latest` is the last reading;
    a requirement without a reading has none, and its progress stays unknown.
    """

    requirement: Requirement
    latest: Reading | None
    share: float | None


def measure_progress(case: Case) -> list[Progress]:
    """Give the progress of each requirement, in the order of the case.

    The latest reading is the one that happened last; among equals, the one that became known last.
    """
    found = []
    for one in case.requirements:
        readings = [reading for reading in case.readings if reading.requirement == one.id]
        latest = max(readings, key=lambda r: (r.happened_on, r.public_from), default=None)
        share = None
        if latest is not None and one.baseline is not None and one.target is not None and one.target != one.baseline:
            share = (latest.value - one.baseline) / (one.target - one.baseline) + 0.0  # no -0.0
        found.append(Progress(requirement=one, latest=latest, share=share))
    return found


def count_statuses(case: Case) -> dict[str, dict[str, int]]:
    """Count requirements by area and status; every status is listed, an unknown one stays unknown."""
    counts: dict[str, dict[str, int]] = {}
    for one in case.requirements:
        counts.setdefault(one.area, dict.fromkeys(STATUSES, 0))[one.status] += 1
    return counts
