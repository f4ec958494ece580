"""Skill: how much of a baseline's loss a model takes away, with an interval over countries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike

from shteg.estimates import column, table_row
from shteg.evaluation.bootstrap import interval, resample_countries, sums_by_country
from shteg.evaluation.models import MODEL
from shteg.evaluation.questions import AHEAD, PART

SURE = 1e-9
"""A skill is above or below 0 only by more than this: that of a model with itself is 0 up to rounding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Skill:
    """`skill` = 1 - loss / loss of the baseline: 1 is perfect, 0 no better; `low`, `high` cover 90 % over countries.

    `loss`, `baseline_loss` are (weighed) means per forecast (nats for the log score); `countries` counts those scored.
    """

    loss: float
    baseline_loss: float
    skill: float
    low: float
    high: float
    forecasts: int
    countries: int


SKILL = "Part of the baseline's loss that the model takes away: 1 is perfect, 0 no better."


@table_row
class Removal:
    """The skill without some countries."""

    without: tuple[str, ...] = column("Countries left out of the scoring.", key=True, written=", ".join)
    count: int = column("How many are left out.", "count")
    skill: float = column(SKILL, "share")


@table_row
class Ratio:
    """Events observed and expected, and their ratio with its 90 % interval over countries."""

    part: str = column(PART, key=True, default="all")
    horizon: int = column(AHEAD, "years", key=True, default=0)
    model: str = column(MODEL, key=True, default="")
    observed: float = column("Forecast events that happened, counted once per forecast.", "count")
    expected: float = column("Sum of the probabilities given.", "count")
    ratio: float = column("Observed over expected: above 1, too few were foretold.", "ratio")
    low: float = column("Lower end of the 90 % interval.")
    high: float = column("Upper end of the 90 % interval.")


def score_skill(
    loss: ArrayLike,
    baseline: ArrayLike,
    country: Sequence[str],
    seed: int,
    *names: str,
    importance: ArrayLike | None = None,
) -> Skill | None:
    """Compare the losses of a model with those of a baseline on the same forecasts.

    Parameters
    ----------
    loss, baseline : (n,) float, >= 0
        Smaller is better; the log score enters with its sign turned.
    country : sequence of str, (n,)
        Resampled as a whole.
    seed : int
        Of the bootstrap.
    *names : str
        Of the bootstrap. All models compared on the same forecasts with the same names share their samples.
    importance : (n,) float, optional
        How much each forecast counts; all alike if left out.

    Returns
    -------
    Skill or None
        None without forecasts, or where the baseline has no loss to take away.
    """
    own, other = np.asarray(loss, dtype=float), np.asarray(baseline, dtype=float)
    if not own.size or other.sum() <= 0.0:
        return None
    omega = np.ones(own.size) if importance is None else np.asarray(importance, dtype=float)
    own, other, total = omega * own, omega * other, float(omega.sum())
    resample = resample_countries(country, seed, *names)
    sums = resample.sums(country, np.stack([own, other], axis=1))
    with np.errstate(divide="ignore", invalid="ignore"):
        low, high = interval(1.0 - sums[:, 0] / sums[:, 1])
    return Skill(
        loss=float(own.sum()) / total,
        baseline_loss=float(other.sum()) / total,
        skill=float(1.0 - own.sum() / other.sum()),
        low=low,
        high=high,
        forecasts=own.size,
        countries=len(resample.countries),
    )


def removals(loss: ArrayLike, baseline: ArrayLike, country: Sequence[str], *, together: int) -> tuple[Removal, ...]:
    """Give the skill without each set of so many countries: left out of the scoring, not of the fits.

    Parameters
    ----------
    loss, baseline : (n,) float, >= 0
        Smaller is better.
    country : sequence of str, (n,)
        Whose forecast it is.
    together : int
        How many countries are left out at once.

    Returns
    -------
    tuple of Removal
        From the lowest to the highest skill.
    """
    countries = tuple(sorted(set(country)))
    sums = sums_by_country(countries, country, np.stack([np.asarray(loss), np.asarray(baseline)], axis=1))
    total = sums.sum(axis=0)
    found = []
    for places in combinations(range(len(countries)), together):
        left = total - sums[list(places)].sum(axis=0)
        if left[1] > 0.0:
            without, skill = tuple(countries[at] for at in places), float(1.0 - left[0] / left[1])
            found.append(Removal(without=without, count=together, skill=skill))
    return tuple(sorted(found, key=lambda one: (round(one.skill, 12), one.without)))


def observed_expected(
    probability: ArrayLike,
    happened: ArrayLike,
    country: Sequence[str],
    seed: int,
    *names: str,
    importance: ArrayLike | None = None,
) -> Ratio | None:
    """Compare the events that happened with those that were expected: 1 is right, above 1 means foretold too few.

    Parameters
    ----------
    probability : (n,) float in [0, 1]
    happened : (n,) bool
    country : sequence of str, (n,)
        Resampled as a whole.
    seed : int
        Of the bootstrap.
    *names : str
        Of the bootstrap, as in `score_skill`.
    importance : (n,) float, optional
        How much each forecast counts; all alike if left out.

    Returns
    -------
    Ratio or None
        None where nothing was expected.
    """
    p, y = np.asarray(probability, dtype=float), np.asarray(happened, dtype=float)
    if importance is not None:
        p, y = p * np.asarray(importance, dtype=float), y * np.asarray(importance, dtype=float)
    if not p.size or p.sum() <= 0.0:
        return None
    sums = resample_countries(country, seed, *names).sums(country, np.stack([y, p], axis=1))
    with np.errstate(divide="ignore", invalid="ignore"):
        low, high = interval(sums[:, 0] / sums[:, 1])
    return Ratio(observed=float(y.sum()), expected=float(p.sum()), ratio=float(y.sum() / p.sum()), low=low, high=high)


def fast_lane(first_sought: Mapping[str, float], reached_last: Mapping[str, float], years: float) -> tuple[str, ...]:
    """Name the countries that took the last step within so many years of first seeking it, sorted.

    Parameters
    ----------
    first_sought, reached_last : mapping
        Country → year (fractions of a year count).
    years : float

    Returns
    -------
    tuple of str
    """
    return tuple(sorted(code for code, end in reached_last.items()
                        if code in first_sought and end - first_sought[code] < years))  # fmt: skip
