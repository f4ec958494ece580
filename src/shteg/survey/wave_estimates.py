"""Estimates of a wave: every option of every item, for all and for each domain, as far as bases allow."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from shteg.evidence.case import Wave
from shteg.evidence.records_surveys import WaveItem
from shteg.survey.designs.design import Design
from shteg.survey.disclosure import Suppression, suppress_cells
from shteg.survey.inference.domains import ALL
from shteg.survey.inference.estimation import estimate_proportions
from shteg.survey.missing_codes import blank_codes, declared_missing

POOL = "+"
"""Joins the codes of an item's favourable options in the row that adds them up."""

OTHER = "\x00other"

HIDDEN = ("estimate", "std_error", "ci_low", "ci_high", "df", "n", "n_effective", "deff")


def estimate_wave(wave: Wave, design: Design, *, minimum_base: int, level: float = 0.95) -> pl.DataFrame:
    """Estimate the share of each option, and of the favourable options together, in all and in each domain.

    Parameters
    ----------
    wave : Wave
    design : Design
        From `read_wave(wave)`.
    minimum_base : int
        Cells with fewer answers are suppressed, and as many others as keep them from being recovered.
    level : float in (0, 1)
        Coverage.

    Returns
    -------
    polars.DataFrame
        Columns wave, item, option, favourable, domain_variable, domain, estimate … deff, flag, suppressed ("",
        "primary" or "complementary"); what is suppressed is null. An item with several favourable options has one more
        row for all of them ("fully+rather"); `favourable` marks the row to quote.

    Raises
    ------
    DesignError
        The data do not fit questionnaire or design.
    """
    items = {name: item for name, item in wave.questionnaire.items.items() if not item.multiple}
    substantive = {name: [o for o in item.options if o not in item.missing] for name, item in items.items()}
    missing = {name: item.missing for name, item in items.items()}
    data = blank_codes(design.data, declared_missing(wave.questionnaire.items))  # grouping variables can be items
    design = replace(design, data=data)
    by = list(wave.design.domains)
    options = estimate_proportions(design, list(items), by=by, options=substantive, missing=missing, level=level)
    frames = [options.frame]
    pooled = {name: item for name, item in items.items() if len(item.favourable) > 1}
    if pooled:
        codes = {name: POOL.join(item.favourable) for name, item in pooled.items()}
        joined = _join_favourable(design, pooled)
        pairs = {name: [code, OTHER] for name, code in codes.items()}
        frames.append(
            estimate_proportions(joined, list(pooled), by=by, options=pairs, level=level).frame.filter(
                pl.col("option") != OTHER
            )
        )
    quoted = pl.Series("quoted", [POOL.join(item.favourable) for item in items.values()], dtype=pl.String)
    names = pl.DataFrame({"item": list(items), "place": range(len(items)), "quoted": quoted})
    shares = pl.concat(frames).join(names, on="item", how="left", maintain_order="left")
    shares = shares.sort("place", maintain_order=True).drop("place")
    shares = shares.with_columns((pl.col("option") == pl.col("quoted")).alias("favourable")).drop("quoted")
    shares = shares.select("item", "option", "favourable", pl.exclude("item", "option", "favourable"))
    return _hide(shares, minimum_base).select(pl.lit(wave.id).alias("wave"), pl.all())


def _join_favourable(design: Design, items: dict[str, WaveItem]) -> Design:
    """The same design with each item's favourable options, its other options, and blanks."""
    columns = []
    for name, item in items.items():
        answer = pl.col(name).cast(pl.String).str.strip_chars()
        valid = [option for option in item.options if option not in item.missing]
        columns.append(
            pl.when(answer.is_in(list(item.favourable)))
            .then(pl.lit(POOL.join(item.favourable)))
            .when(answer.is_in(valid))
            .then(pl.lit(OTHER))
            .otherwise(None)
            .alias(name)
        )
    return replace(design, data=design.data.with_columns(columns))


def _decide(bases: list[int], total: int, minimum: int, *, whole: bool) -> tuple[Suppression, ...]:
    if total < minimum:
        return tuple("primary" for _ in bases)
    return ("",) if whole else suppress_cells(bases, total, minimum)


def _hide(shares: pl.DataFrame, minimum: int) -> pl.DataFrame:
    """Blank the cells that may not be shown; all options of an item share one base, so they go together."""
    bases = shares.group_by("item", "domain_variable", "domain", maintain_order=True).agg(pl.col("n").first())
    marks: dict[tuple[str, str, str], str] = {}
    for item in bases["item"].unique(maintain_order=True):
        of_item = bases.filter(pl.col("item") == item)
        total = int(of_item.filter(pl.col("domain_variable") == ALL)["n"].item())
        for variable in of_item["domain_variable"].unique(maintain_order=True):
            cells = of_item.filter(pl.col("domain_variable") == variable)
            decided = _decide(cells["n"].to_list(), total, minimum, whole=variable == ALL)
            for domain, mark in zip(cells["domain"], decided, strict=True):
                marks[(item, variable, domain)] = mark
    keys = shares.select("item", "domain_variable", "domain").rows()
    suppressed = pl.Series("suppressed", [marks[(str(a), str(b), str(c))] for a, b, c in keys], dtype=pl.String)
    hidden = pl.col("suppressed") != ""
    return shares.with_columns(suppressed).with_columns(
        *(pl.when(hidden).then(None).otherwise(pl.col(name)).alias(name) for name in HIDDEN),
        pl.when(hidden).then(pl.lit("")).otherwise(pl.col("flag")).alias("flag"),
    )
