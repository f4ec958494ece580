"""Repeated samples from a population whose truth is known: how often do 95 % intervals hold it?"""

from __future__ import annotations

from functools import cache

import numpy as np
import polars as pl

from shteg.chunks import ThreadExecutor
from shteg.survey import Design, estimate_means, estimate_proportions
from shteg.survey.inference.intervals import INTERVAL_METHODS, IntervalMethod, boundary_bound, share_interval

SAMPLES, LEVEL = 2_000, 0.95
STRATA, PSUS, ROWS = 10, 12, 10  # PSUs of a stratum, rows of a PSU: n = 1,200
SHARES = {"half": 0.5, "most": 0.9, "nearly": 0.99}
CORRELATION = 0.05  # of two answers in a PSU
SMALL = 50 / (STRATA * PSUS * ROWS)  # chance to be in the small domain
MEAN, SPREAD = 3.0, 1.0
DOMAINS = {"all": "all", "small": "1"}


def draw_sample(random: np.random.Generator) -> pl.DataFrame:
    """One sample: weights unequal, PSUs alike inside, each row in the small domain by chance."""
    rows = STRATA * PSUS * ROWS
    psu = np.repeat(np.arange(STRATA * PSUS), ROWS)
    size = 1 / CORRELATION - 1
    answers = {
        name: random.random(rows) < random.beta(share * size, (1 - share) * size, STRATA * PSUS)[psu]
        for name, share in SHARES.items()
    }
    effect = random.normal(0, SPREAD * CORRELATION**0.5, STRATA * PSUS)[psu]
    return pl.DataFrame(
        {
            "stratum": psu // PSUS,
            "psu": psu,
            "weight": random.lognormal(0, 0.4, rows),
            "domain": (random.random(rows) < SMALL).astype(np.int8),
            "number": MEAN + effect + random.normal(0, SPREAD * (1 - CORRELATION) ** 0.5, rows),
            **{name: answer.astype(np.int8) for name, answer in answers.items()},
        }
    )


@cache
def coverage() -> dict[tuple[str, str, str], float]:
    """Share of samples whose interval holds the truth, by (what, domain, interval).

    Where all or none said yes, every interval is the one-sided bound that `estimate_proportions` gives.
    """
    random = np.random.default_rng(20261123)
    held: dict[tuple[str, str, str], int] = {}
    for _ in range(SAMPLES):
        design = Design.from_frame(draw_sample(random), stratum="stratum", psu="psu", weight="weight")
        shares = (
            estimate_proportions(
                design,
                list(SHARES),
                by=["domain"],
                options=dict.fromkeys(SHARES, ("0", "1")),
                executor=ThreadExecutor(1),
            )
            .to_frame()
            .filter(pl.col("option") == "1")
        )
        numbers = estimate_means(design, "number", by=["domain"], executor=ThreadExecutor(1)).to_frame()
        for domain, name in DOMAINS.items():
            row = numbers.row(by_predicate=pl.col("domain") == name, named=True)
            key = ("number", domain, "t")
            held[key] = held.get(key, 0) + (row["ci_low"] <= MEAN <= row["ci_high"])
            for item, truth in SHARES.items():
                row = shares.row(by_predicate=(pl.col("domain") == name) & (pl.col("item") == item), named=True)
                for method in INTERVAL_METHODS:
                    low, high = _interval(row, method)
                    key = (item, domain, method)
                    held[key] = held.get(key, 0) + (low <= truth <= high)
    return {key: count / SAMPLES for key, count in held.items()}


def _interval(row: dict[str, float], method: IntervalMethod) -> tuple[float, float]:
    if row["estimate"] in (0, 1):
        bound = float(boundary_bound(row["n_effective"], LEVEL))
        return (0.0, bound) if row["estimate"] == 0 else (1 - bound, 1.0)
    return share_interval(row["estimate"], row["std_error"] ** 2, row["df"], row["n"], method, LEVEL)
