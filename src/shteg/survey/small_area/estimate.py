"""Shares of small domains: the direct estimate beside that of a multilevel model post-stratified to the population."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from shteg.arrays import Floats
from shteg.errors import UsageError
from shteg.randomness import named_generator
from shteg.survey.code_texts import Code, Missing, code_list, level_order, read_missing, require_column
from shteg.survey.designs.design import Design
from shteg.survey.inference.estimation import estimate_proportions
from shteg.survey.requests import check_level, frame_of, is_choice, is_number, list_of_names
from shteg.survey.small_area.population import Population, post_stratify_draws, read_population
from shteg.survey.small_area.posterior import SD_SCALE, Posterior, draw_effects, fit_groups
from shteg.survey.small_area.sample import FAVOURABLE, SampleCells, gather_cells, mark_favourable, without_missing

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


MOST_VARIABLES = 3


def _direct_estimates(marked: Design, by: str, level: float, domains: Sequence[str]) -> pl.DataFrame:
    """Design-based estimates of the domains of a marked design, in their order; null for those without respondents."""
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


def _describe_domains(
    sample: SampleCells,
    population: Population,
    posterior: Posterior,
    shares: Floats,
    at: int,
    level: float,
    flag: str,
) -> pl.DataFrame:
    """Lay out model estimates, effective counts, shrinkage and flags, one row a domain of the variable at a place."""
    known, size = len(sample.levels[at]), len(population.levels[at])
    persons = population.total(at)
    shrinkage = np.concatenate([posterior.shrinkage(at), np.ones(size - known)])
    low, high = np.quantile(shares, [(1 - level) / 2, (1 + level) / 2], axis=0)
    told = [(flag, NO_RESPONDENTS if i >= known else "", NOBODY if persons[i] == 0 else "") for i in range(size)]
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
            "flag": ["; ".join(filter(None, parts)) for parts in told],
        }
    ).with_columns(pl.col("estimate", "std_error", "ci_low", "ci_high").fill_nan(None))


def _describe_sds(groups: Sequence[str], sample: SampleCells, posterior: Posterior, level: float) -> pl.DataFrame:
    """Lay out the posterior of each group sd; with fewer than three groups it is the prior, and flagged."""
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


def _describe_fixed(covariates: Sequence[str], sample: SampleCells, posterior: Posterior) -> pl.DataFrame:
    """Lay out intercept and covariates."""
    rows = 1 + len(covariates)
    names = [f"{name}: {two} − {one}" for name, (one, two) in zip(covariates, sample.sides, strict=True)]
    return pl.DataFrame({"name": ["intercept", *names], "mean": posterior.mean[:rows], "std": posterior.std[:rows]})


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SmallDomains:
    """Shares of the groups of one variable, never a model estimate without its direct one.

    Parameters
    ----------
    frame : polars.DataFrame
        One row a domain: domain_variable, domain, n (respondents), n_effective (effective answers in the model),
        population, direct, direct_std_error, direct_low, direct_high, direct_flag (see
        `shteg.survey.inference.estimation.FLAGS`), estimate, std_error, ci_low, ci_high (posterior mean, sd and central
        interval of the model), shrinkage, learnt, flag. Null where not known.
    group_sds : polars.DataFrame
        One row a grouping variable: variable, groups, mean, median, ci_low, ci_high of its sd (logit), flag.
    fixed : polars.DataFrame
        Intercept and covariates (log odds ratio of the second level to the first): name, mean, std.
    draws : (draws, domains) float
        Posterior draws of the shares, in the order of `frame`.
    clustering_effect : float
        What clustering within cells divides the effective counts by.
    left_out : int
        Respondents who answered but lack a group or covariate: not in the model.
    level : float
        Coverage of the intervals.
    """

    frame: pl.DataFrame
    group_sds: pl.DataFrame
    fixed: pl.DataFrame
    draws: Floats
    clustering_effect: float
    left_out: int
    level: float


def estimate_small_domains(
    design: Design,
    item: str,
    favourable: Code | Sequence[Code],
    *,
    groups: Sequence[str],
    cells: pl.DataFrame,
    by: str,
    covariates: Sequence[str] = (),
    count: str = "count",
    missing: Missing | None = None,
    level: float = 0.95,
    seed: int = 0,
    draws: int = 4000,
    sd_scale: float = SD_SCALE,
    clustering_effect: float | None = None,
) -> SmallDomains:
    """Estimate the share of favourable answers in each group of a variable by multilevel regression.

    Parameters
    ----------
    design : Design
    item : str
        Column with answer codes; blank and the codes in `missing` have not answered.
    favourable : code or sequence of codes
        Codes that count as success.
    groups : sequence of str
        One to three grouping variables with normal effects.
    cells : polars.DataFrame
        Population cells: the columns of `groups` and `covariates`, and `count`, persons.
    by : str
        The variable among `groups` whose groups are the domains.
    covariates : sequence of str
        Variables with two levels and a fixed effect.
    count : str
        Column of `cells` with the persons.
    missing : mapping of column to codes, optional
        Codes that are no answer, in the item, the groups and the covariates.
    level : float in (0, 1)
        Coverage of the intervals.
    seed : int
        Of the draws.
    draws : int
        Number of posterior draws.
    sd_scale : float, > 0
        Scale of the half-normal prior of each group sd (logit).
    clustering_effect : float, >= 1, optional
        Default: estimated from the design.

    Returns
    -------
    SmallDomains

    Raises
    ------
    DesignError
        A column is not there; nobody or everybody gave a favourable answer; a group of the sample is in no population
        cell; a count is negative or no number; a covariate has not two levels; a stratum has one PSU under "fail".
    UsageError
        An argument has another form, or the design has replicate weights.

    References
    ----------
    Gelman and Little (1997), Survey Methodology 23(2); Chen, Wakefield and Lumley (2014), Spatial and
    Spatio-temporal Epidemiology 11 (effective counts); Rue, Martino and Chopin (2009), JRSS B 71(2). See
    docs/methods/survey-small-domains.md.
    """
    if not isinstance(design, Design):
        raise UsageError(
            f"the design is a {type(design).__name__}",
            "small domains need strata, PSUs and weights: Design.from_frame(data, …); replicate weights do not do",
            "design",
        )
    groups, covariates = list_of_names(groups, "groups"), list_of_names(covariates, "covariates")
    _check(groups, by, covariates, level, draws, sd_scale, clustering_effect)
    if not isinstance(seed, int | np.integer) or isinstance(seed, bool):
        raise UsageError(f"the seed {seed!r} is no whole number", "give for example 0", "seed")
    lost = read_missing(design.data, missing)
    require_column(design.data, item)
    codes = code_list([favourable] if isinstance(favourable, str | int | float) else favourable, "favourable")
    marked = mark_favourable(without_missing(design, (*groups, *covariates), lost), item, codes, lost.get(item, ()))
    sample = gather_cells(marked, groups, covariates, clustering_effect)
    population = read_population(frame_of(cells, "cells"), count, groups, covariates, sample)
    posterior = fit_groups(sample.binomials(), sd_scale)
    generator = named_generator(seed, "survey", "small domains", item)
    effects, sds = draw_effects(posterior, draws, generator)
    at = list(groups).index(by)
    shares = post_stratify_draws(population, at, effects, sds, [len(one) for one in sample.levels], generator)
    group_sds = _describe_sds(groups, sample, posterior, level)
    flag = NOT_IDENTIFIED if (group_sds["flag"] != "").any() else ""
    model = _describe_domains(sample, population, posterior, shares, at, level, flag)
    names = level_order(design.data[by], population.levels[at])
    order = np.array([population.levels[at].index(name) for name in names], np.int64)
    frame = _direct_estimates(marked, by, level, population.levels[at]).hstack(model)
    return SmallDomains(
        frame=frame.select(COLUMNS)[order],
        group_sds=group_sds,
        fixed=_describe_fixed(covariates, sample, posterior),
        draws=shares[:, order],
        clustering_effect=sample.clustering_effect,
        left_out=sample.left_out,
        level=level,
    )


def _check(
    groups: Sequence[str],
    by: str,
    covariates: Sequence[str],
    level: float,
    draws: int,
    sd_scale: float,
    clustering_effect: float | None,
) -> None:
    if not 1 <= len(groups) <= MOST_VARIABLES:
        raise UsageError("`groups` is a list of one to three variables", "name the grouping variables", "groups")
    if not is_choice(by, groups):
        raise UsageError(f"{by!r} is not among the groups", "a domain needs a group effect of its own", "by")
    if len({*groups, *covariates}) < len(groups) + len(covariates):
        raise UsageError("a variable is named twice", "name each among the groups or the covariates", "groups")
    check_level(level)
    for right, problem, hint, where in (
        (isinstance(draws, int) and draws >= 100, f"{draws!r} draws are too few", "give 100 or more", "draws"),
        (
            is_number(sd_scale) and 0 < sd_scale < np.inf,
            f"the scale {sd_scale!r} is not above 0",
            "give for example 1",
            "sd_scale",
        ),
        (
            clustering_effect is None or (is_number(clustering_effect) and 1 <= clustering_effect < np.inf),
            f"a clustering effect of {clustering_effect} is below 1 or no number",
            "give 1 for none",
            "clustering_effect",
        ),
    ):
        if not right:
            raise UsageError(problem, hint, where)
