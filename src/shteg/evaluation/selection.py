"""The case without some countries: left out of every fit and of the scoring."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from shteg.errors import UsageError
from shteg.evidence.case import Case


def without_countries(case: Case, left_out: Collection[str]) -> Case:
    """Give the case as if these countries had never stood on the ladder; as members that decide they stay.

    Raises
    ------
    UsageError
        A country is not on the ladder, or it is the aspirant.
    """
    known = {row.country for row in case.ladder} | {row.country for row in case.seeking}
    known |= {row.country for row in case.countries}
    for country in sorted(set(left_out)):
        if country == case.header.aspirant or country not in known:
            raise UsageError(
                f"{country} cannot be left out",
                "choose among " + ", ".join(sorted(known - {case.header.aspirant})),
                "--without",
            )
    out = set(left_out)
    return replace(
        case,
        ladder=tuple(row for row in case.ladder if row.country not in out),
        seeking=tuple(row for row in case.seeking if row.country not in out),
        countries=tuple(row for row in case.countries if row.country not in out),
        covariates=tuple(row for row in case.covariates if row.country not in out),
        blocks=tuple(row for row in case.blocks if row.country not in out),
        ratifications=tuple(row for row in case.ratifications if row.candidate not in out),
        comparison_events=tuple(row for row in case.comparison_events if row.country not in out),
    )
