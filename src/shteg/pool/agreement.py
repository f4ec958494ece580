"""How the parts differ, and whether the one that a forecast rests on alone has held where it was tried."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

from shteg.estimates import StageResult, column, table_row
from shteg.evaluation.compared import failed
from shteg.evaluation.reliability import Bin
from shteg.intervals import HIGH, LOW
from shteg.pool.forecast import Pool
from shteg.pool.mixture import between_share

Tried = Literal["held", "failed", "untried"]
"""What became of forecasts of a part in the same bin of probability: they came true as often as given, they did not, or
there were none."""
Spread = Literal["alone", "agree", "between", "within"]
"""Why the pool's interval is as wide as it is: one part alone, parts that agree (the interval of each holds the mean of
every other), parts that differ by more than each is unsure of, or parts each of which is unsure."""
STEP, YEAR = "Step or programme on the way (id).", "By the end of this calendar year."


@table_row
class PartForecast:
    """What one part says of a step by the end of a report year, beside the pool."""

    step: str = column(STEP, key=True)
    year: int = column(YEAR, "year", key=True)
    model: str = column("Part of the pool.", key=True)
    weight: float = column("Share of the pool's draws that come from the part.", "share")
    probability: float = column("Probability by this part: mean over its draws.", "share")
    low: float = column("Lower end of the 90 % interval of its draws.", "share")
    high: float = column("Upper end of the 90 % interval of its draws.", "share")
    tried: Tried = column("What became of its past forecasts in the same bin of probability: held, failed or untried.")


@table_row
class Difference:
    """How far the parts lie apart for a step by the end of a report year, and what the pool's spread is made of."""

    step: str = column(STEP, key=True)
    year: int = column(YEAR, "year", key=True)
    lowest: str = column("Part with the lowest probability.")
    highest: str = column("Part with the highest probability.")
    lowest_share: float = column("Its probability.", "share")
    highest_share: float = column("Its probability.", "share")
    between: float = column("Share of the pool's variance that lies between its parts.", "share")
    spread: Spread = column("alone, agree, between or within.")
    tried: Tried = column("Of the part that stands alone: what became of its past forecasts; held where several stand.")


def tried(evaluation: StageResult, model: str, probability: float) -> Tried:
    """Tell what became of a part's past forecasts in the bin that a probability falls into.

    Parameters
    ----------
    evaluation : StageResult
        With its table `reliability`, where anything was scored.
    model : str
        The part.
    probability : float
        In [0, 1].

    Returns
    -------
    "held", "failed" or "untried"
    """
    if "reliability" not in evaluation.tables:
        return "untried"
    for row in evaluation.tables["reliability"].frame.iter_rows(named=True):
        last = row["to_share"] >= 1.0
        inside = row["from_share"] <= round(probability, 12) and (last or round(probability, 12) < row["to_share"])
        if row["subject"] == "steps" and row["model"] == model and inside:
            return "failed" if failed(_bin(row)) else "held"
    return "untried"


def _bin(row: dict[str, Any]) -> Bin:
    return Bin(**row)


def part_rows(pool: Pool, evaluation: StageResult, years: Sequence[int]) -> list[PartForecast]:
    """Give what every part says, by step not yet taken, report year and part.

    Parameters
    ----------
    pool : Pool
    evaluation : StageResult
        For how past forecasts fared.
    years : sequence of int
        Report years among those of the pool.

    Returns
    -------
    list of PartForecast
    """
    found = []
    for k, step in enumerate(pool.steps):
        for year in years if step.id not in pool.taken else ():
            y = pool.years.index(year)
            for at in pool.spoken(k):
                drawn = pool.parts[at].curves[:, k, y]
                low, high = np.quantile(drawn, (LOW, HIGH))
                mean = float(drawn.mean())
                found.append(
                    PartForecast(
                        step=step.id,
                        year=year,
                        model=pool.parts[at].name,
                        weight=float(pool.mixed.weights[k, at]),
                        probability=mean,
                        low=min(float(low), mean),
                        high=max(float(high), mean),
                        tried=tried(evaluation, pool.parts[at].name, mean),
                    )
                )
    return found


def difference_rows(pool: Pool, parts: Sequence[PartForecast]) -> list[Difference]:
    """Tell for each step and report year how far its parts lie apart.

    Parameters
    ----------
    pool : Pool
    parts : sequence of PartForecast
        Of the pool.

    Returns
    -------
    list of Difference
    """
    found = []
    place = {step.id: k for k, step in enumerate(pool.steps)}
    for step, year in dict.fromkeys((one.step, one.year) for one in parts):
        own = [one for one in parts if (one.step, one.year) == (step, year)]
        order = sorted(own, key=lambda one: (round(one.probability, 12), one.model))
        between = between_share(pool.parts, pool.mixed.weights, place[step], pool.years.index(year))
        found.append(
            Difference(
                step=step,
                year=year,
                lowest=order[0].model,
                highest=order[-1].model,
                lowest_share=order[0].probability,
                highest_share=order[-1].probability,
                between=between,
                spread=judge_spread(own, between),
                tried=own[0].tried if len(own) == 1 else "held",
            )
        )
    return found


def judge_spread(parts: Sequence[PartForecast], between: float) -> Spread:
    """Say what the spread of a pool is made of.

    Parameters
    ----------
    parts : sequence of PartForecast
        Those mixed, of one step and year.
    between : float
        Share of the variance between them.

    Returns
    -------
    "alone", "agree", "between" or "within"
    """
    if len(parts) == 1:
        return "alone"
    if all(one.low <= other.probability <= one.high for one in parts for other in parts):
        return "agree"
    return "between" if between > 0.5 else "within"
