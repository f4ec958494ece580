"""The values of the forecast that a text may quote, and the draws it hands on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any

import numpy as np

from shteg.arrays import Ints
from shteg.estimates import Draws, Unit, Value, quote
from shteg.intervals import LEVEL
from shteg.pathways.forecast.shares import median_years
from shteg.pathways.forecast.tables import ALL, TINY, Blocker, Forecast, MeasureEffect, Stop, Summary, effect_scenarios
from shteg.pathways.model.model import Model
from shteg.pathways.model.provenance import Basis, weakest

SEPARATOR = "|"
"""Between measure, step and year in the names of the columns of draws, which nobody takes apart."""


def share_decimals(number: float) -> int:
    """Decimals of the percentage: one below ten per cent, none above."""
    return 1 if round(abs(number), 12) < 0.095 else 0


def quote_shares(
    rows: Iterable[Any],
    id: str,
    number: str,
    key: str,
    args: Any,
    method: str,
    *,
    ends: str | None = "",
    unit: Unit = "share",
    details: Any = (),
) -> tuple[Value, ...]:
    """Quote a share of rows that have a `basis`.

    Parameters
    ----------
    rows : iterable
        Of a row type with the fields named here.
    id : str
        Pattern of the ids.
    number : str
        Field of the mean.
    key : str
        Pattern of the message below `value.pathways`.
    args : mapping or callable
        Patterns of what fills the message.
    method : str
        Section of docs/methods/pathways.md.
    ends : str, optional
        What stands before `low` and `high` in the fields of the interval; None for a share without one.
    unit : {"share", "points"}
        Points where it is a difference of shares.
    details : mapping, iterable or callable
        As `quote` takes them.

    Returns
    -------
    tuple of Value
        In the order of the rows.
    """
    bounds: dict[str, Any] = {} if ends is None else {"low": f"{ends}low", "high": f"{ends}high", "level": LEVEL}
    return quote(
        rows, id=id, number=number, unit=unit, decimals=lambda row: share_decimals(getattr(row, number)),
        label="{basis.label}", label_key=f"value.pathways.{key}", label_args=args,
        sources=lambda row: row.basis.source_ids, method=f"pathways#{method}",
        verified=lambda row: row.basis.verified, details=details, tiny=0.0 if ends is None else TINY, **bounds,
    )  # fmt: skip


def quote_years(rows: Iterable[Any], id: str, key: str, args: Mapping[str, str], ends: str = "") -> tuple[Value, ...]:
    """Quote the field `mean_years` of rows that have a `basis`.

    Parameters
    ----------
    rows : iterable
        Of a row type with `mean_years` and the ends of its interval.
    id, key : str
        Patterns of the ids and of the message below `value.pathways`.
    args : mapping
        Patterns of what fills the message.
    ends : str
        What stands before `low` and `high` in the fields of the interval.

    Returns
    -------
    tuple of Value
        In the order of the rows.
    """
    return quote(
        rows, id=id, number="mean_years", decimals=1, label="{basis.label}", label_key=f"value.pathways.{key}",
        label_args=args, sources=lambda row: row.basis.source_ids, method="pathways#restricted-means",
        low=f"{ends}low", high=f"{ends}high", level=LEVEL, verified=lambda row: row.basis.verified,
    )  # fmt: skip


def in_turn(*kinds: Iterable[Value]) -> list[Value]:
    """Put values of several kinds together, one of each for every row."""
    return list(chain.from_iterable(zip(*kinds, strict=True)))


def forecast_values(model: Model, summary: Summary, found: Forecast) -> list[Value]:
    """Give every value of the forecast.

    Parameters
    ----------
    model : Model
    summary : Summary
        For the median years, whose interval is over draws.
    found : Forecast
        The rows.

    Returns
    -------
    list of Value
        Probabilities and the median year by step, blockers, effects, stops, the size of the simulation.
    """
    values: list[Value] = []
    worlds = model.case.pathways.worlds_per_draw
    pooled, per_draw = median_years(summary.cumulative, summary.incidence.draws, worlds, model.years)
    args = {"step": "step:{step}", "year": "{year}"}
    for k, step in enumerate(model.steps):
        rows = [row for row in found.incidence if row.step == step.id and row.year in model.report_years]
        values += quote_shares(rows, "forecast.pathways.{step}.{year}", "probability", "forecast", args, "forecast")
        values.append(_median_year(model, step.id, int(pooled[k]), per_draw[:, k], summary.bases.steps[k]))
    horizon = str(model.years[-1])
    return [
        *values,
        *_blocker_values(found.blockers, horizon),
        *_effect_values(found.effects),
        *_stop_values(found.stops, horizon),
        *_size_values(model),
    ]


def _median_year(model: Model, step: str, pooled: int, per_draw: Ints, basis: Basis) -> Value:
    last = model.years[-1]
    edges = np.quantile(per_draw, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], method="inverted_cdf")
    low, high = int(edges[0]), int(edges[1])
    inside, closed = pooled <= last, pooled <= last and high <= last
    return Value(
        id=f"forecast.pathways.median-year.{step}",
        number=float(pooled) if inside else f"> {last}",
        unit="year" if inside else "text",
        decimals=0,
        label=basis.label,
        label_key="value.pathways.median_year",
        label_args={"step": f"step:{step}"},
        source_ids=basis.source_ids,
        method="pathways#forecast",
        low=float(min(low, pooled)) if closed else None,
        high=float(max(high, pooled)) if closed else None,
        level=LEVEL if closed else None,
        verified=basis.verified,
        details={"low": str(low) if low <= last else f"> {last}", "high": str(high) if high <= last else f"> {last}"},
    )


def _blocker_values(rows: Iterable[Blocker], horizon: str) -> list[Value]:
    """Last to consent, objecting at the horizon, importance: by step and member."""
    args = {"step": "step:{step}", "member": "member:{member}"}
    by = {**args, "year": horizon}
    listed, end = list(rows), "{step}.{member}"
    return in_turn(
        quote_shares(listed, "{last_id}", "last", "blocker_last_{race}", args, "blockers", ends="last_"),
        quote_shares(
            listed, f"blocker.horizon.{end}", "objecting", "blocker_horizon_{race}", by, "blockers", ends="objecting_"
        ),
        quote_shares(
            listed, f"blocker.importance.{end}", "importance", "blocker_importance", by, "blockers",
            ends="importance_", unit="points",
        ),
    )  # fmt: skip


def _effect_values(rows: Iterable[MeasureEffect]) -> list[Value]:
    """What each measure, and all together, change."""
    by = {"step": "step:{step}", "year": "{year}"}
    values: list[Value] = []
    for row in rows:
        key, args = ("effect_all", by) if row.measure == ALL else ("effect", {**by, "measure": "measure:{measure}"})
        values += quote_shares([row], "effect.{measure}.{step}.{year}", "effect", key, args, "effects", unit="points")
    return values


def _stop_values(rows: Iterable[Stop], horizon: str) -> tuple[Value, ...]:
    """Shares of the worlds that do not reach a step, by where and for want of what the way stops."""
    args = {"step": "step:{step}", "at_step": "step:{at_step}", "year": horizon}
    return quote_shares(rows, "{value_id}", "share_of_misses", "stop_{condition}", args, "conditions", ends=None)


def _size_values(model: Model) -> list[Value]:
    """How much was simulated, and how far ahead."""
    pathways = model.case.pathways
    sources = tuple(sorted({one.parameter.source for one in model.named.values()}))
    numbers: tuple[tuple[str, float, Unit], ...] = (
        ("draws", pathways.draws, "count"),
        ("worlds", pathways.draws * pathways.worlds_per_draw, "count"),
        ("horizon", model.years[-1], "year"),
    )
    return [
        Value(
            id=f"simulation.{name}",
            number=float(number),
            unit=unit,
            decimals=0,
            label="computed",
            label_key=f"value.pathways.{name}",
            source_ids=sources,
            method="pathways#simulation",
        )
        for name, number, unit in numbers
    ]


def result_draws(model: Model, summary: Summary, found: Forecast) -> dict[str, Draws]:
    """Hand on cleaned draws: the forecast by the end of every year, effects by report years.

    Parameters
    ----------
    model : Model
    summary : Summary
        Whose draws these are.
    found : Forecast
        Whose rows name the columns.

    Returns
    -------
    dict of str to Draws
        `forecast`: a column for each step and year; `effect`, where there are measures: column i belongs to
        row i of the table `effects`.
    """
    bases = summary.bases.steps
    sources = tuple(sorted({source for basis in bases for source in basis.source_ids}))
    label = weakest(basis.label for basis in bases)
    years = list(enumerate(map(str, model.years)))
    forecast = [(k, y, SEPARATOR.join((step.id, year))) for k, step in enumerate(model.steps) for y, year in years]
    draws = {
        "forecast": Draws(
            values=np.stack([summary.incidence.draws[:, k, y] for k, y, _ in forecast], axis=1),
            units=tuple(unit for _, _, unit in forecast),
            measure="share",
            label=label,
            source_ids=sources,
        )
    }
    if found.effects:
        chosen = summary.effects.draws[:, [s for s, _ in effect_scenarios(model)]]
        names = tuple(SEPARATOR.join((row.measure, row.step, str(row.year))) for row in found.effects)
        draws["effect"] = Draws(
            values=chosen.reshape(len(chosen), -1), units=names, measure="share", label=label, source_ids=sources
        )
    return draws
