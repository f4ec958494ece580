"""Estimates of a wave: every option of every item, for all and for each domain, as far as bases allow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from shteg.evidence.case import Wave
from shteg.evidence.records.surveys import WaveItem
from shteg.survey.inference.estimation import estimate_proportions
from shteg.survey.inference.linear import AnyDesign
from shteg.survey.one_pass.domains import read_parts
from shteg.survey.readers.missing_codes import blank_codes, declared_missing
from shteg.survey.tables.audit import close_gaps
from shteg.survey.tables.exposed import expose
from shteg.survey.tables.plan import TableItem
from shteg.survey.tables.quality import domains_to_hide
from shteg.survey.tables.rows import read_rows, with_data

POOL = "+"
"""Joins the codes of an item's favourable options in the row that adds them up."""

OTHER = "\x00other"

Column = tuple[str, str, str]
"""Item, grouping variable, domain."""

HIDDEN = ("estimate", "std_error", "ci_low", "ci_high", "df", "n", "n_effective", "deff")


def estimate_wave(wave: Wave, design: AnyDesign, *, minimum_base: int, level: float = 0.95) -> pl.DataFrame:
    """Estimate the share of each option, and of the favourable options together, in all and in each domain.

    Parameters
    ----------
    wave : Wave
    design : Design or ReplicateDesign
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
    options = estimate_proportions(design, list(items), by=by, options=substantive, missing=missing)
    frames = [options.to_frame(level)]
    pooled = {name: item for name, item in items.items() if len(item.favourable) > 1}
    if pooled:
        codes = {name: POOL.join(item.favourable) for name, item in pooled.items()}
        joined = _join_favourable(design, pooled)
        pairs = {name: [code, OTHER] for name, code in codes.items()}
        frames.append(
            estimate_proportions(joined, list(pooled), by=by, options=pairs)
            .to_frame(level)
            .filter(pl.col("option") != OTHER)
        )
    quoted = pl.Series("quoted", [POOL.join(item.favourable) for item in items.values()], dtype=pl.String)
    names = pl.DataFrame({"item": list(items), "place": range(len(items)), "quoted": quoted})
    shares = pl.concat(frames).join(names, on="item", how="left", maintain_order="left")
    shares = shares.sort("place", maintain_order=True).drop("place")
    shares = shares.with_columns((pl.col("option") == pl.col("quoted")).alias("favourable")).drop("quoted")
    shares = shares.select("item", "option", "favourable", pl.exclude("item", "option", "favourable"))
    return _hide(shares, _hidden_columns(wave, design, items, minimum_base)).select(
        pl.lit(wave.id).alias("wave"), pl.all()
    )


def _join_favourable(design: AnyDesign, items: dict[str, WaveItem]) -> AnyDesign:
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
    return with_data(design, design.data.with_columns(columns))


def _hidden_columns(wave: Wave, design: AnyDesign, items: Mapping[str, WaveItem], fewest: int) -> dict[Column, str]:
    """Give the domains of each item that are not shown, all tables of the wave taken together."""
    domains = read_parts(design.data, list(wave.design.domains))
    tables = []
    for name, item in items.items():
        asked = TableItem(column=name, title={}, options={code: {} for code in item.options}, missing=item.missing)
        table = expose(design, read_rows(design, asked), domains, "column")
        reasons, _ = domains_to_hide(table, fewest)
        table.hidden.update({cell: reasons[cell[1:]] for cell in table.cells if cell[1:] in reasons})
        tables.append(table)
    close_gaps(tables, fewest, "complementary")
    return {
        (table.item.column, *cell[1:]): "primary" if reason == "n" else "complementary"
        for table in tables
        for cell, reason in table.hidden.items()
    }


def _hide(shares: pl.DataFrame, marks: Mapping[Column, str]) -> pl.DataFrame:
    """Blank the cells that may not be shown; all options of an item share one base, so they go together."""
    keys = shares.select("item", "domain_variable", "domain").rows()
    texts = [marks.get((str(a), str(b), str(c)), "") for a, b, c in keys]
    suppressed = pl.Series("suppressed", texts, dtype=pl.String)
    hidden = pl.col("suppressed") != ""
    return shares.with_columns(suppressed).with_columns(
        *(pl.when(hidden).then(None).otherwise(pl.col(name)).alias(name) for name in HIDDEN),
        pl.when(hidden).then(pl.lit("")).otherwise(pl.col("flag")).alias("flag"),
    )
