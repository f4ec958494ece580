"""Quotable values of ratification: the last on record, and how long members may take in a round to come."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from shteg.accession.curves.values import HIGH, LEVEL, LOW, bounded
from shteg.accession.ratification.law import RatificationPosterior
from shteg.accession.ratification.times import RatificationTime
from shteg.estimates import Label, Value
from shteg.evidence.case import Case

Floats = NDArray[np.float64]


def ratification_values(
    case: Case,
    times: Sequence[RatificationTime],
    posterior: RatificationPosterior,
    days: Floats,
) -> list[Value]:
    """The last ratification of each candidate, and how long members take in a round to come."""
    values: list[Value] = []
    valid = [one for one in times if one.status in ("used", "same_act")]
    for candidate in dict.fromkeys(one.candidate for one in valid):
        own = [one for one in valid if one.candidate == candidate]
        last = max(one.days for one in own)
        slowest = sorted(one.member for one in own if one.days == last)
        args = {"country": f"country:{candidate}"}
        latest = [one for one in own if one.member in slowest]
        common = _trust(latest)
        known = Value(
            id=f"ratification.{candidate}.last-days", number=last, unit="days", decimals=0, label="computed",
            label_key="value.accession.last-days", label_args=args, method="ratification#law",
            source_ids=common[0], verified=common[1],
            details={"members": ", ".join(slowest), "members_on_record": len(own)},
        )  # fmt: skip
        values.append(bounded(known, max(one.low for one in own), max(one.high for one in own)))
        if len(slowest) == 1:
            values.append(
                Value(
                    id=f"ratification.last.{candidate}", number=f"member:{slowest[0]}", unit="text", decimals=0,
                    label="observed", label_key="value.accession.last-member", label_args=args,
                    method="ratification#law", source_ids=common[0], verified=common[1],
                )
            )  # fmt: skip
    return values + _forecast_values(case, [one for one in times if one.status == "used"], posterior, days)


def _forecast_values(
    case: Case, used: Sequence[RatificationTime], posterior: RatificationPosterior, days: Floats
) -> list[Value]:
    sources, verified = _trust(used) if used else (tuple(sorted({m.source for m in case.members})), True)

    def value(identifier: str, key: str, sample: Floats, label: Label, args: dict[str, str]) -> Value:
        number, low, high = (float(x) for x in np.quantile(sample, [0.5, LOW, HIGH]))
        return Value(
            id=identifier, number=number, unit="days", decimals=0, label=label, label_key=key, label_args=args,
            source_ids=sources, verified=verified, method="ratification#law", low=low, high=high, level=LEVEL,
        )  # fmt: skip

    known = {one.member for one in used}
    values = [
        value(
            f"ratification.next.{member}", "value.accession.next-days", days[:, place],
            "estimated" if member in known else "borrowed" if used else "assumed", {"member": f"member:{member}"},
        )
        for place, member in enumerate(posterior.members)
    ]  # fmt: skip
    if posterior.members:
        whole: Label = "estimated" if used else "assumed"
        values.append(value("ratification.next.all", "value.accession.next-all", days.max(axis=1), whole, {}))
    return values


def _trust(times: Sequence[RatificationTime]) -> tuple[tuple[str, ...], bool]:
    return tuple(sorted({one.source for one in times})), all(one.grade[1] != "6" for one in times)
