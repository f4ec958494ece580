"""Values of the stage: what a text may quote of consent and of objections."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from shteg.arrays import Floats
from shteg.consent.held_out import HeldOut
from shteg.consent.objections.fit import ObjectionFit
from shteg.consent.tables import ConsentParameter, ObjectionRate, label_of
from shteg.estimates import Label, Value, quote
from shteg.evidence.case import Case
from shteg.intervals import HIGH, LEVEL, LOW, NORMAL_90


@dataclass(frozen=True, slots=True)
class _Count:
    name: str
    number: int


@dataclass(frozen=True, slots=True)
class _Rate:
    """A yearly rate or a time, with its interval and label."""

    name: str
    number: float
    low: float
    high: float
    label: Label


def link_values(
    rows: Iterable[ConsentParameter], items: Sequence[str], sources: Sequence[str], verified: bool
) -> tuple[Value, ...]:
    """Give `consent.intercept`, `.slope`, `.statehood`, and `consent.votes`, the votes that they were learnt from.

    Parameters
    ----------
    rows : iterable of ConsentParameter
    items : sequence of str
        The votes.
    sources : sequence of str
        Their sources, or those of the ranges of the case.
    verified : bool
        Whether all of them were read.

    Returns
    -------
    tuple of Value
    """
    told = partial(quote, sources=lambda row: sources, verified=verified, method="consent#link")
    named = [row for row in rows if row.part == "link" and row.parameter in ("intercept", "slope", "statehood")]
    return (
        *told(
            named, id="consent.{parameter}", number="mean", decimals=1, low="low", high="high", level=LEVEL,
            label="{label}", label_key="value.consent.{parameter}", details=("learnt", "prior_low", "prior_high"),
        ),
        *told(
            [_Count("votes", len(items))], id="consent.votes", number="number", unit="count", label="observed",
            label_key="value.consent.votes",
        ),
    )  # fmt: skip


def objection_values(
    case: Case, fit: ObjectionFit, rates: Sequence[ObjectionRate], refusal: Floats, learnt: float
) -> tuple[Value, ...]:
    """Give the yearly rates and the counts of objections.

    Parameters
    ----------
    case : Case
    fit : ObjectionFit
    rates : sequence of ObjectionRate
        Of the members and the aspirant.
    refusal : (draw,) float
        Log yearly rate at which a refusal for the sake of statehood ends.
    learnt : float
        Share of its prior variance that the data took away.

    Returns
    -------
    tuple of Value
        `consent.refusal-end`, `consent.onset.<member>`, `consent.end.<member>`, `consent.objections`, `.ended`,
        `.candidates`, `.open`.
    """
    rows = [one.row for one in fit.episodes]
    sources = tuple(sorted({row.source for row in rows})) or tuple(sorted({one.source for one in case.members}))
    told = partial(quote, sources=lambda row: sources, verified=all(row.verified for row in rows))
    low, middle, high = np.exp(np.quantile(refusal, (LOW, 0.5, HIGH)))
    ending = _Rate("refusal-end", float(middle), float(low), float(high), label_of(learnt))
    counts = (
        _Count("objections", len(rows)),
        _Count("ended", sum(not one.open for one in fit.episodes)),
        _Count("candidates", len({row.candidate for row in rows})),
        _Count("open", sum(rate.open for rate in rates)),
    )
    by_member = partial(
        told, rates, unit="ratio", level=LEVEL, label_args={"member": "member:{member}"}, method="consent#objections"
    )
    return (
        *told(
            [ending], id="consent.{name}", number="number", unit="ratio", decimals=3, low="low", high="high",
            level=LEVEL, label="{label}", label_key="value.consent.{name}", method="consent#objections",
            details=lambda row: {"learnt": learnt},
        ),
        *by_member(
            id="consent.onset.{member}", number="onset", decimals=3, low="onset_low", high="onset_high",
            label="{onset_label}", label_key="value.consent.onset", details={"learnt": "onset_learnt"},
        ),
        *by_member(
            id="consent.end.{member}", number="end", decimals=2, low="end_low", high="end_high",
            label="{end_label}", label_key="value.consent.end", details={"learnt": "end_learnt"},
        ),
        *told(
            counts, id="consent.{name}", number="number", unit="count", label="observed",
            label_key="value.consent.{name}", method="consent#objections",
        ),
    )  # fmt: skip


def held_out_values(rows: Iterable[HeldOut], sources: Sequence[str]) -> tuple[Value, ...]:
    """Give `consent.held-out.votes`, `.members`, `.candidates`: the mean gain in log score over a constant rate.

    Parameters
    ----------
    rows : iterable of HeldOut
    sources : sequence of str
    """
    last = {row.what: row for row in rows}  # the row of all stands behind its parts
    return quote(
        last.values(), id="consent.held-out.{what}s", number="gain", unit="score", decimals=3, label="computed",
        label_key="value.consent.held-out-{what}s", method="consent#held-out", sources=lambda row: sources,
        low=lambda row: _end(row, -1.0), high=lambda row: _end(row, 1.0),
        level=lambda row: None if row.gain_error is None else LEVEL,
        details=lambda row: {"cases": row.cases, "happened": row.happened},
    )  # fmt: skip


def _end(row: HeldOut, side: float) -> float | None:
    return None if row.gain_error is None else row.gain + side * NORMAL_90 * row.gain_error
