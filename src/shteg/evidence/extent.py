"""How far the evidence of a case runs: the last day that a row which somebody has read tells of."""

from dataclasses import dataclass
from datetime import date

from shteg.evidence.case import Case
from shteg.evidence.records.base import Dated
from shteg.evidence.records.files import TABLES


@dataclass(frozen=True, slots=True)
class Extent:
    """The last day that the evidence tells of, and the sources that do, in order."""

    day: date
    sources: tuple[str, ...]


def evidence_extent(case: Case) -> Extent | None:
    """Give the last day, up to that of the case, that a dated row tells of; None without such a row.

    Rows count that the edition shows and that somebody has read, each with the first day on which the public can have
    known it, so that a month or a year without a day claims no more than its beginning.
    """
    dated = [
        ((row.known_on or row.happened_on).first, row.source)
        for spec in TABLES
        if spec.published
        for row in case.rows(spec.record)
        if isinstance(row, Dated) and row.verified
    ]
    past = [one for one in dated if one[0] <= case.header.as_of]
    if not past:
        return None
    last = max(day for day, _ in past)
    return Extent(last, tuple(sorted({source for day, source in past if day == last})))
