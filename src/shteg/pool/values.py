"""The values of the pool that a text may quote: the forecast, each part beside it, weights, how the parts differ."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from shteg.arrays import Floats, Ints
from shteg.estimates import LABELS, Label, Value, quote
from shteg.evaluation.models import BASE_RATE, FULL, PATHWAYS, REFERENCE_CLASS
from shteg.intervals import HIGH, LEVEL, LOW
from shteg.pool.agreement import Difference, PartForecast
from shteg.pool.forecast import Pool

NAMES = {BASE_RATE: "base-rate", REFERENCE_CLASS: "reference-class", FULL: "ladder", PATHWAYS: "pathways"}
"""How ids and messages name the parts."""
TINY = 5e-13


def share_decimals(number: float) -> int:
    """Decimals of the percentage: one below ten per cent, none above."""
    return 1 if round(abs(number), 12) < 0.095 else 0


def weakest(labels: Sequence[Label]) -> Label:
    """Give the label that says least: a chain is as strong as its weakest link."""
    return max(labels, key=LABELS.index)


def behind(pool: Pool, k: int) -> tuple[Label, tuple[str, ...]]:
    """Give the weakest label and all sources of the parts that a step's forecast is mixed from."""
    names = [pool.parts[at].name for at in pool.spoken(k)]
    sources = {source for name in names for source in pool.sources[name]}
    return weakest([pool.labels[name] for name in names]), tuple(sorted(sources))


def bounds(pool: Pool, k: int, y: int) -> tuple[float, float]:
    """Give the 90 % interval of the mixture, which always holds its mean.

    Parameters
    ----------
    pool : Pool
    k, y : int
        Places of the step and the year.

    Returns
    -------
    low, high : float
    """
    low, high = np.quantile(pool.mixed.draws[:, k, y], (LOW, HIGH))
    mean = float(pool.mixed.mean[k, y])
    return min(float(low), mean), max(float(high), mean)


def forecast_values(pool: Pool, years: Sequence[int], verified: bool) -> list[Value]:
    """Give the pool's probability of each step by each report year, and its median year.

    Parameters
    ----------
    pool : Pool
    years : sequence of int
        Report years.
    verified : bool
        Whether all that it rests on has a source that was read.

    Returns
    -------
    list of Value
    """
    found: list[Value] = []
    for k, step in enumerate(pool.steps):
        label, sources = behind(pool, k)
        rows = []
        for year in years:
            low, high = bounds(pool, k, pool.years.index(year))
            mean = float(pool.mixed.mean[k, pool.years.index(year)])
            rows.append({"step": step.id, "year": year, "mean": mean, "low": low, "high": high})
        found += quote(
            rows, id="forecast.{step}.{year}", number="mean", unit="share",
            decimals=lambda row: share_decimals(row["mean"]), label=label, label_key="value.pool.forecast",
            label_args={"step": "step:{step}", "year": "{year}"}, sources=sources, method="pool#mixture", low="low",
            high="high", level=LEVEL, verified=verified, tiny=TINY,
        )  # fmt: skip
        found.append(_median_year(pool, k, label, sources, verified))
    return found


def _median_year(pool: Pool, k: int, label: Label, sources: tuple[str, ...], verified: bool) -> Value:
    last = pool.years[-1]

    calendar = np.append(np.array(pool.years), last + 1)

    def first(curves: Floats) -> Ints:
        over = curves >= 0.5
        return np.asarray(calendar[np.where(over.any(axis=-1), over.argmax(axis=-1), len(pool.years))])

    middle, drawn = int(first(pool.mixed.mean[k])), first(pool.mixed.draws[:, k])
    low, high = (int(edge) for edge in np.quantile(drawn, (LOW, HIGH), method="inverted_cdf"))
    inside = middle <= last
    closed = inside and high <= last
    return Value(
        id=f"forecast.median-year.{pool.steps[k].id}",
        number=float(middle) if inside else f"> {last}",
        unit="year" if inside else "text",
        decimals=0,
        label=label,
        label_key="value.pool.median_year",
        label_args={"step": f"step:{pool.steps[k].id}"},
        source_ids=sources,
        method="pool#mixture",
        low=float(min(low, middle)) if closed else None,
        high=float(max(high, middle)) if closed else None,
        level=LEVEL if closed else None,
        verified=verified,
        details={"low": str(low) if low <= last else f"> {last}", "high": str(high) if high <= last else f"> {last}"},
    )


def part_values(pool: Pool, rows: Sequence[PartForecast], verified: bool) -> list[Value]:
    """Give what each part says but the pathways, which quote their own.

    Parameters
    ----------
    pool : Pool
    rows : sequence of PartForecast
    verified : bool
        Whether all that it rests on has a source that was read.

    Returns
    -------
    list of Value
    """
    found: list[Value] = []
    for row in rows:
        if row.model == PATHWAYS:
            continue
        found += quote(
            [row], id=f"forecast.{NAMES[row.model]}.{{step}}.{{year}}", number="probability",
            decimals=share_decimals(row.probability), label=pool.labels[row.model],
            label_key=f"value.pool.part.{NAMES[row.model]}", label_args={"step": "step:{step}", "year": "{year}"},
            sources=pool.sources[row.model], method="pool#parts", low="low", high="high", level=LEVEL,
            verified=verified, tiny=TINY,
        )  # fmt: skip
    return found


def weight_values(pool: Pool, verified: bool) -> list[Value]:
    """Give the weights of the parts, by part and step not yet taken."""
    found: list[Value] = []
    for k, step in enumerate(pool.steps):
        sources = behind(pool, k)[1]
        rows = [
            {"name": NAMES[pool.parts[at].name], "step": step.id, "weight": float(pool.mixed.weights[k, at])}
            for at in (pool.spoken(k) if step.id not in pool.taken else ())
        ]
        found += quote(
            rows, id="pool.weight.{name}.{step}", number="weight", unit="share", decimals=0, label="computed",
            label_key="value.pool.weight.{name}", label_args={"step": "step:{step}"}, sources=sources,
            method="pool#weights", verified=verified,
        )  # fmt: skip
    return found


def difference_values(pool: Pool, rows: Sequence[Difference], verified: bool) -> list[Value]:
    """Give the share of the pool's spread that lies between its parts.

    Parameters
    ----------
    pool : Pool
    rows : sequence of Difference
    verified : bool
        Whether all that it rests on has a source that was read.

    Returns
    -------
    list of Value
        Nothing for a step that one part alone foretells.
    """
    place = {step.id: k for k, step in enumerate(pool.steps)}
    found: list[Value] = []
    for row in rows:
        if row.spread == "alone":
            continue
        found += quote(
            [row], id="pool.between.{step}.{year}", number="between", unit="share", decimals=0, label="computed",
            label_key="value.pool.between", label_args={"step": "step:{step}", "year": "{year}"},
            sources=behind(pool, place[row.step])[1], method="pool#difference", verified=verified,
        )  # fmt: skip
    return found
