"""Shares of small domains: the direct estimate beside that of a multilevel model post-stratified to the population."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import special

from shteg.arrays import Floats, Ints
from shteg.errors import DesignError, UsageError
from shteg.hints import counted
from shteg.randomness import named_generator
from shteg.shown import Shown, plot_intervals
from shteg.survey.code_texts import Code, Missing, code_list, level_order, read_missing, require_column, sort_codes
from shteg.survey.designs.design import Design
from shteg.survey.inference.estimation import estimate_proportions
from shteg.survey.requests import check_level, frame_of, is_choice, is_number, list_of_names
from shteg.survey.small_area.posterior import SD_SCALE, Posterior, draw_effects, fit_groups
from shteg.survey.small_area.sample import (
    FAVOURABLE,
    SampleCells,
    effect_matrix,
    gather_cells,
    mark_favourable,
    read_texts,
    without_missing,
)

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
class SmallDomains(Shown):
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

    @property
    def title(self) -> str:
        """What they are, in words."""
        return "Shares of small domains, direct and by the model"

    def to_frame(self) -> pl.DataFrame:
        """One row a domain: `frame`."""
        return self.frame

    def plot(self, *, language: str = "en") -> Any:
        """Draw the estimates of the model with their intervals.

        Parameters
        ----------
        language : "en" | "sq"
            Of the words on the chart.

        Returns
        -------
        altair.Chart
        """
        names = pl.concat_str("domain_variable", pl.lit("="), "domain").alias("name")
        return plot_intervals(self.frame.with_columns(names), share=True, language=language)


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
    population = _read_population(frame_of(cells, "cells"), count, groups, covariates, sample)
    posterior = fit_groups(sample.binomials(), sd_scale)
    generator = named_generator(seed, "survey", "small domains", item)
    effects, sds = draw_effects(posterior, draws, generator)
    at = list(groups).index(by)
    shares = _post_stratify_draws(population, at, effects, sds, [len(one) for one in sample.levels], generator)
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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Population:
    """Cells of the population: `count` (cells,) persons; `place` (cells, variables) in `levels`, which begin with
    those of the sample; `side` (cells, covariates) 0 or 1."""

    count: Floats
    levels: tuple[tuple[str, ...], ...]
    place: Ints
    side: Ints

    def total(self, variable: int) -> Floats:
        """Persons (groups,) in each group of a variable."""
        return np.asarray(np.bincount(self.place[:, variable], self.count, len(self.levels[variable])), float)


def _read_population(
    cells: pl.DataFrame, count: str, groups: Sequence[str], covariates: Sequence[str], sample: SampleCells
) -> Population:
    """Check the population cells against the sample and number their groups.

    Refused are counts that are no numbers or all 0, cells without a group or level, groups of the sample that are in no
    cell, and levels of a covariate that the sample has not.
    """
    for column in (*groups, *covariates, count):
        require_column(cells, column)
    counts = _read_counts(cells, count)
    texts = {column: read_texts(cells, column) for column in (*groups, *covariates)}
    for column, text in texts.items():
        if (text == "").any():
            _refuse("the cell has no value", "give one, or drop the row", column, int(np.argmax(text == "")))
    levels, places = [], []
    for column, known in zip(groups, sample.levels, strict=True):
        found = sort_codes({str(one) for one in texts[column]})
        absent = [name for name in known if name not in found]
        if absent:
            raise DesignError(
                f"no population cell has the group {absent[0]!r} of the sample ({counted(len(absent), 'such group')})",
                "add its cells, with a count of 0 if nobody lives there, or give both the same names",
                f"cells, column {column!r}",
            )
        levels.append((*known, *(name for name in found if name not in known)))
        places.append(_number(texts[column], levels[-1]))
    sides = []
    for column, pair in zip(covariates, sample.sides, strict=True):
        strange = ~np.isin(texts[column], pair)
        if strange.any():
            at = int(np.argmax(strange))
            _refuse(f"{texts[column][at]!r} is not in the sample", "the levels are " + ", ".join(pair), column, at)
        sides.append(_number(texts[column], pair))
    empty = np.zeros((len(counts), 0), np.int64)
    return Population(
        count=counts,
        levels=tuple(levels),
        place=np.stack(places, axis=1),
        side=np.stack(sides, axis=1) if sides else empty,
    )


def _number(texts: NDArray[np.str_], levels: Sequence[str]) -> Ints:
    place = {name: i for i, name in enumerate(levels)}
    return np.array([place[str(one)] for one in texts], np.int64)


def _read_counts(cells: pl.DataFrame, column: str) -> Floats:
    counts = cells[column].cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy().astype(np.float64)
    for wrong, what in ((~np.isfinite(counts), "is no finite number"), (counts < 0, "is negative")):
        if wrong.any():
            at = int(np.argmax(wrong))
            _refuse(f"the count {cells[column][at]!r} {what}", "give a number of persons, 0 or more", column, at)
    if not counts.any():
        raise DesignError(
            "the population cells hold nobody", "give the numbers of persons", f"cells, column {column!r}"
        )
    return counts


def _refuse(problem: str, hint: str, column: str, at: int) -> None:
    raise DesignError(problem, hint, f"cells, column {column!r}, row {at + 1}")


def _post_stratify_draws(
    population: Population,
    variable: int,
    effects: Floats,
    sds: Floats,
    known: Sequence[int],
    generator: np.random.Generator,
) -> Floats:
    """Share of each group of a variable, Σ N p/Σ N over its cells, (draws, groups); NaN without a population.

    `effects` (draws, k) are intercept, covariates, groups of the sample. Groups that are not in the sample get an
    effect N(0, sd²) with `sds` (draws, variables); `known` counts the groups of each variable in the sample.
    """
    sizes = [len(levels) for levels in population.levels]
    first = 1 + population.side.shape[1]
    columns = [effects[:, :first]]
    for v, (size, old) in enumerate(zip(sizes, known, strict=True)):
        columns += [
            effects[:, first : first + old],
            sds[:, v, None] * generator.standard_normal((len(sds), size - old)),
        ]
        first += old
    complete = np.concatenate(columns, axis=1)
    matrix = effect_matrix(population.place, population.side, sizes)
    total = population.total(variable)
    result = np.full((len(effects), sizes[variable]), np.nan)
    for group in np.flatnonzero(total > 0):
        rows = (population.place[:, variable] == group) & (population.count > 0)
        result[:, group] = special.expit(complete @ matrix[rows].T) @ population.count[rows] / total[group]
    return result
