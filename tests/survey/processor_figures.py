"""Figures of the survey engine as JSON, for `test_processors.py`: another kind of processor gives the same ones.

python -m tests.survey.processor_figures
"""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from shteg.survey import (
    Design,
    as_replicates,
    estimate_correlations,
    estimate_means,
    estimate_proportions,
    estimate_quantiles,
    estimate_totals,
    linear_regression,
    logistic_regression,
    multinomial_regression,
    rake,
    rank_test,
    rao_scott_test,
)

REFERENCE = json.loads((Path(__file__).parents[1] / "reference" / "survey_estimators.json").read_text())


def figures() -> dict[str, list[Any]]:
    """Rows of every kind of result, edges included: quotas, everybody, nobody, a share of one."""
    data = pl.DataFrame(REFERENCE["data"]).with_columns(
        quota=pl.Series(np.arange(160) % 2).cast(pl.String), all=pl.lit("yes"), same=pl.lit(0.3)
    )
    d = Design.from_frame(data, psu="a", stratum="h", weight="w")
    j = as_replicates(d, "JKn")
    quota = Design.from_frame(
        pl.DataFrame(
            {"p": np.repeat(np.arange(20), 10), "w": np.repeat(1 + np.arange(20) / 7, 10), "s": ["m", "f"] * 100}
        ),
        psu="p",
        weight="w",
    )
    options = {"q": ["yes", "no", "never"], "all": ["yes", "no"]}
    frames = {
        "shares": estimate_proportions(d, ["q", "all", "k"], by=["g", "wave"], options=options).to_frame(),
        "means": estimate_means(d, ["y", "z", "same"], by=["g"]).to_frame(),
        "totals": estimate_totals(d, "k", by=["g"]).to_frame(),
        "quota": estimate_proportions(quota, "s").to_frame(),
        "replicates": estimate_proportions(j, ["q", "all"], by=["g"], options=options).to_frame(),
        "fit": estimate_means(d, ["y", "same"], by=["wave"], together=True).to_frame(),
        "raked": estimate_means(rake(d, {"g": {"veri": 300, "jug": 200}}), "y").to_frame(),
        "linear": linear_regression(d, "y", ["g", "z"]).to_frame(),
        "logistic": logistic_regression(d, "q", ["z", "g"], success="yes").to_frame(),
        "correlations": estimate_correlations(d, ["y", "k", "same"], by=["g"], use="pairwise").to_frame(),
        "replicated correlations": estimate_correlations(j, ["y", "k"]).to_frame(),
        "margins": logistic_regression(d, "q", ["z", "g"], success="yes").margins("g").to_frame(),
        "effects": multinomial_regression(d, "g", ["z", "q"]).effects().to_frame(),
        **{
            f"ciprop {m}": estimate_proportions(j, "q").to_frame(interval=m).filter(pl.col("option") == "yes")
            for m in ("logit", "beta", "likelihood")
        },
        **{
            f"quantiles {rule} {interval}": estimate_quantiles(
                d, ["k", "y"], [0.1, 0.5, 0.9], rule=rule, interval=interval
            ).to_frame()
            for rule in ("math", "school", "hf4", "hf7", "shahvaish")
            for interval in ("mean", "beta")
        },
    }
    rows = {name: [list(row) for row in frame.rows()] for name, frame in frames.items()}
    tests = [rank_test(d, "k", "g", score="median"), rank_test(d, "y", "wave"), rao_scott_test(d, "q", "g")]
    return rows | {"tests": [[one.statistic, *one.df, one.p_value] for one in tests]}


if __name__ == "__main__":
    json.dump(figures(), sys.stdout)
