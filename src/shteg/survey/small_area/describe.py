"""The columns of a result: direct and model estimates of each domain, group sds, fixed effects."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from shteg.arrays import Floats
from shteg.survey.designs.design import Design
from shteg.survey.inference.estimation import estimate_proportions
from shteg.survey.small_area.population import Population
from shteg.survey.small_area.posterior import Posterior
from shteg.survey.small_area.sample import FAVOURABLE, SampleCells

FEWEST_GROUPS = 3
"""With fewer groups the sd of a grouping variable is not identified: what is shown is its prior."""

NOT_IDENTIFIED = "not identified by these data"
NO_RESPONDENTS = "no respondents: predicted from the other groups"
NOBODY = "nobody in the population: no model estimate"


COLUMNS = (
    *("domain_variable", "domain", "n", "n_effective", "population"),
    *("direct", "direct_std_error", "direct_low", "direct_high", "direct_flag"),
    *("estimate", "std_error", "ci_low", "ci_high", "shrinkage", "learnt", "flag"),
)


def direct_estimates(marked: Design, by: str, level: float, domains: Sequence[str]) -> pl.DataFrame:
    """Design-based estimates of the domains, in their order; null for those without respondents.

    Parameters
    ----------
    marked : Design
        With the column `FAVOURABLE`.
    by : str
    level : float in (0, 1)
    domains : sequence of str

    Returns
    -------
    polars.DataFrame
        One row a domain.
    """
    table = estimate_proportions(marked, FAVOURABLE, by=[by], options={FAVOURABLE: ["0", "1"]}).to_frame(level)
    known = table.filter((pl.col("option") == "1") & (pl.col("domain_variable") == by)).select(
        "domain",
        "n",
        direct="estimate",
        direct_std_error="std_error",
        direct_low="ci_low",
        direct_high="ci_high",
        direct_flag="flag",
    )
    wanted = pl.DataFrame({"domain_variable": [by] * len(domains), "domain": list(domains)})
    return wanted.join(known, on="domain", how="left", maintain_order="left").with_columns(
        pl.col("n").fill_null(0), pl.col("direct_flag").fill_null("empty")
    )


def describe_domains(
    sample: SampleCells,
    population: Population,
    posterior: Posterior,
    shares: Floats,
    at: int,
    level: float,
    flag: str,
) -> pl.DataFrame:
    """Lay out the model estimates, effective counts, shrinkage and flags of the domains.

    Parameters
    ----------
    sample : SampleCells
    population : Population
    posterior : Posterior
    shares : (draws, domains) float
    at : int
        Place of the variable that makes the domains.
    level : float in (0, 1)
    flag : str
        Of all domains; "" for none.

    Returns
    -------
    polars.DataFrame
        One row a domain.
    """
    known, size = len(sample.levels[at]), len(population.levels[at])
    persons = population.total(at)
    shrinkage = np.concatenate([posterior.shrinkage(at), np.ones(size - known)])
    low, high = np.quantile(shares, [(1 - level) / 2, (1 + level) / 2], axis=0)
    flags = [
        "; ".join(
            part
            for part in (
                flag,
                NO_RESPONDENTS if group >= known else "",
                NOBODY if persons[group] == 0 else "",
            )
            if part
        )
        for group in range(size)
    ]
    return pl.DataFrame(
        {
            "n_effective": np.concatenate([sample.effective(at), np.zeros(size - known)]),
            "population": persons,
            "estimate": shares.mean(axis=0),
            "std_error": shares.std(axis=0, ddof=1),
            "ci_low": low,
            "ci_high": high,
            "shrinkage": shrinkage,
            "learnt": 1 - shrinkage,
            "flag": flags,
        }
    ).with_columns(pl.col("estimate", "std_error", "ci_low", "ci_high").fill_nan(None))


def describe_sds(groups: Sequence[str], sample: SampleCells, posterior: Posterior, level: float) -> pl.DataFrame:
    """Lay out the posterior of each group sd; with fewer than three groups it is the prior, and flagged.

    Parameters
    ----------
    groups : sequence of str
    sample : SampleCells
    posterior : Posterior
    level : float in (0, 1)

    Returns
    -------
    polars.DataFrame
        One row a grouping variable.
    """
    tails = {"median": 0.5, "ci_low": (1 - level) / 2, "ci_high": (1 + level) / 2}
    return pl.DataFrame(
        {
            "variable": list(groups),
            "groups": [len(one) for one in sample.levels],
            "mean": [float(posterior.weight @ posterior.sds[:, v]) for v in range(len(groups))],
            **{name: [posterior.sd_quantile(v, p) for v in range(len(groups))] for name, p in tails.items()},
            "flag": [NOT_IDENTIFIED if len(one) < FEWEST_GROUPS else "" for one in sample.levels],
        }
    )


def describe_fixed(covariates: Sequence[str], sample: SampleCells, posterior: Posterior) -> pl.DataFrame:
    """Lay out intercept and covariates.

    Parameters
    ----------
    covariates : sequence of str
    sample : SampleCells
    posterior : Posterior

    Returns
    -------
    polars.DataFrame
    """
    rows = 1 + len(covariates)
    names = [f"{name}: {two} − {one}" for name, (one, two) in zip(covariates, sample.sides, strict=True)]
    return pl.DataFrame({"name": ["intercept", *names], "mean": posterior.mean[:rows], "std": posterior.std[:rows]})
