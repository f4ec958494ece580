"""Cells of a table: estimates of every row in every domain, with the base each rests on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from shteg.arrays import Bools
from shteg.errors import DesignError
from shteg.survey.inference.estimation import estimate_means, estimate_proportions
from shteg.survey.inference.linear import AnyDesign
from shteg.survey.one_pass.domains import ALL, By, Parts, read_parts
from shteg.survey.readers.missing_codes import blank_codes
from shteg.survey.tables.exposed import TOTAL_ROW
from shteg.survey.tables.plan import MOST_ROWS, Grouping, Options
from shteg.survey.tables.rows import NOT_SHARES, ItemRows, Row, with_data, with_values

NUMBERS = ("estimate", "std_error", "ci_low", "ci_high", "df", "n", "n_effective", "deff", "n_weighted")
_ROW, _GROUP, _CROSS = "\x00row", "\x00group", "\x00cross"
_CHOSEN, _LEFT = "1", "\x00left"


class Banner:
    """Grouping variables of a sample: its `design` with their missing codes blank, and the `domains` of them all.

    Raises
    ------
    DesignError
        A variable is not in the data, or has too many codes for the columns of a table.
    """

    def __init__(self, design: AnyDesign, groupings: Sequence[Grouping]) -> None:
        data = design.data
        for grouping in groupings:
            data = blank_codes(data, {name: grouping.missing.get(name, ()) for name in grouping.variables})
        self.groupings, self.design = groupings, with_data(design, data)
        self.by: list[By] = [one.variables if len(one.variables) > 1 else one.variables[0] for one in groupings]
        self.domains = read_parts(self.design.data, self.by)
        for grouping in groupings:
            count = len(self.names_of(grouping))
            if count > MOST_ROWS:
                hint = f"a banner holds at most {MOST_ROWS} columns for one variable: group its codes"
                raise DesignError(f"{count} different codes are too many", hint, f"column {grouping.name!r}")

    def names_of(self, grouping: Grouping) -> tuple[str, ...]:
        """Names of the domains of a grouping."""
        pairs = zip(self.domains.variables, self.domains.names, strict=True)
        return tuple(name for variable, name in pairs if variable == grouping.name)


def estimate_cells(banner: Banner, rows: ItemRows, options: Options) -> pl.DataFrame:
    """Estimate all cells of an item.

    Parameters
    ----------
    banner : Banner
    rows : ItemRows
        The rows of the item, and who gave which answer.
    options : Options
        What a share is a share of, and the coverage of the intervals.

    Returns
    -------
    polars.DataFrame
        Columns row (number of the row, -1 for the total row), domain_variable, domain, the numbers of `NUMBERS` (n,
        n_weighted, n_effective of the base of the figure), flag, and n_domain: respondents of the domain who answered
        the item, which rules on disclosure ask for whatever the base.
    """
    make = {"column": _column_cells, "row": _row_cells, "total": _total_cells}[options.percent_of(rows.item)]
    sizes = _bases(banner, rows.answered).select("domain_variable", "domain", pl.col("count").alias("n_domain"))
    cells = make(banner, rows, options.level).join(
        sizes, on=["domain_variable", "domain"], how="left", maintain_order="left"
    )
    return cells.select("row", "domain_variable", "domain", *NUMBERS, "flag", "n_domain")


def _bases(banner: Banner, included: Bools) -> pl.DataFrame:
    """Weighted and unweighted number of the rows `included` in each domain; rows of weight 0 do not count."""
    design, domains = banner.design, banner.domains
    alive = included & (design.weight > 0)
    weight, count = np.zeros(len(domains) + 1), np.zeros(len(domains) + 1, np.int64)
    for column in range(domains.codes.shape[1]):
        codes = domains.codes[alive, column]
        weight += np.bincount(codes, design.weight[alive], len(domains) + 1)
        count += np.bincount(codes, minlength=len(domains) + 1)
    return pl.DataFrame(
        {
            "domain_variable": list(domains.variables),
            "domain": list(domains.names),
            "n_weighted": weight[:-1],
            "count": count[:-1],
        }
    )


def _column_cells(banner: Banner, rows: ItemRows, level: float) -> pl.DataFrame:
    design, item = banner.design, rows.item
    numbered = list(enumerate(rows.rows))
    frames = []
    if item.form == "single":  # all options in one pass
        options = [(i, row.option) for i, row in numbered if row.kind == "option"]
        place = {option: i for i, option in options}
        result = estimate_proportions(
            design,
            item.column,
            by=banner.by,
            options={item.column: [option for _, option in options]},
            missing={item.column: item.missing},
        )
        frames.append(
            result.to_frame(level).with_columns(
                pl.col("option").replace_strict(place, return_dtype=pl.Int64).alias("row")
            )
        )
        numbered = [(i, row) for i, row in numbered if row.kind != "option"]
    shares = {f"{_ROW}{i}": row for i, row in numbered if row.kind not in NOT_SHARES}
    means = {f"{_ROW}{i}": row for i, row in numbered if row.kind in NOT_SHARES}
    derived = _with_rows(design, {**shares, **means})
    if shares:
        codes = dict.fromkeys(shares, (_CHOSEN, "0"))
        result = estimate_proportions(derived, list(shares), by=banner.by, options=codes)
        frames.append(_numbered(result.to_frame(level).filter(pl.col("option") == _CHOSEN)))
    if means:
        frames.append(_numbered(estimate_means(derived, list(means), by=banner.by).to_frame(level)))
    cells = pl.concat([frame.drop("item", "option") for frame in frames], how="diagonal").sort(
        "row", maintain_order=True
    )
    bases = _bases(banner, rows.answered)
    return cells.join(bases, on=["domain_variable", "domain"], how="left", maintain_order="left")


def _numbered(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.col("item").str.strip_prefix(_ROW).cast(pl.Int64).alias("row"))


def _with_rows(design: AnyDesign, rows: dict[str, Row]) -> AnyDesign:
    """Add each row's values as a column: 0 and 1 as whole numbers, null where not answered."""
    series = []
    for name, row in rows.items():
        values = pl.Series(name, row.values).fill_nan(None)
        series.append(values if row.kind in NOT_SHARES else values.cast(pl.Int8))
    return with_values(design, {one.name: one for one in series})


def _domain_names(domains: Parts, grouping: Grouping, column: int, included: Bools) -> pl.Series:
    """Name of each row's domain under a grouping variable; null where it has none or is not `included`."""
    names = pl.Series([*domains.names, None], dtype=pl.String)
    places = pl.Series(domains.codes[:, column].astype(np.int64))
    texts = names.gather(places)
    return pl.select(pl.when(pl.Series(included)).then(texts).otherwise(None)).to_series().alias(grouping.name)


def _row_cells(banner: Banner, rows: ItemRows, level: float) -> pl.DataFrame:
    """Shares of the domains among those who gave each answer; the total row has everyone who answered."""
    design, domains, groupings = banner.design, banner.domains, banner.groupings
    shares = {f"{_ROW}{i}": row for i, row in enumerate(rows.rows) if row.kind not in NOT_SHARES}
    columns = {f"{_GROUP}{g}": _domain_names(domains, one, g + 1, rows.answered) for g, one in enumerate(groupings)}
    derived = with_values(_with_rows(design, shares), dict(columns))
    options = {f"{_GROUP}{g}": banner.names_of(one) for g, one in enumerate(groupings)}
    frame = estimate_proportions(derived, list(columns), by=list(shares), options=options).to_frame(level)
    frame = frame.filter((pl.col("domain_variable") == ALL) | (pl.col("domain") == _CHOSEN))
    place = {f"{_GROUP}{g}": one.name for g, one in enumerate(groupings)}
    number = {ALL: TOTAL_ROW, **{name: int(name.removeprefix(_ROW)) for name in shares}}
    frame = frame.select(
        pl.col("domain_variable").replace_strict(number, return_dtype=pl.Int64).alias("row"),
        pl.col("item").replace_strict(place, return_dtype=pl.String).alias("domain_variable"),
        pl.col("option").alias("domain"),
        pl.exclude("item", "option", "domain_variable", "domain"),
    )
    weights = []
    for g, grouping in enumerate(groupings):
        grouped = rows.answered & (domains.codes[:, g + 1] < len(domains))
        weights.append((TOTAL_ROW, grouping.name, float(design.weight[grouped].sum())))
        for name, row in shares.items():
            weights.append((number[name], grouping.name, float(design.weight[grouped & (row.values == 1)].sum())))
    return _join_weights(frame, weights).sort("row", maintain_order=True)


def _total_cells(banner: Banner, rows: ItemRows, level: float) -> pl.DataFrame:
    """Shares of answer and domain together among all who answered and have a domain."""
    design, domains, groupings = banner.design, banner.domains, banner.groupings
    shares = {i: row for i, row in enumerate(rows.rows) if row.kind not in NOT_SHARES}
    columns: dict[str, pl.Series] = {}
    options: dict[str, tuple[str, ...]] = {}
    weights = []
    for g, grouping in enumerate(groupings):
        grouped = rows.answered & (domains.codes[:, g + 1] < len(domains))
        names = _domain_names(domains, grouping, g + 1, rows.answered)
        for i, row in shares.items():
            chosen = pl.Series(row.values == 1)
            crossed = pl.select(pl.when(chosen | names.is_null()).then(names).otherwise(pl.lit(_LEFT))).to_series()
            columns[f"{_CROSS}{g}.{i}"] = crossed
            options[f"{_CROSS}{g}.{i}"] = (*banner.names_of(grouping), _LEFT)
            weights.append((i, grouping.name, float(design.weight[grouped].sum())))
    whole = {f"{_ROW}{i}": row for i, row in shares.items()}
    derived = with_values(_with_rows(design, whole), dict(columns))
    frames = []
    if columns:
        frame = estimate_proportions(derived, list(columns), options=options).to_frame(level)
        number = {name: int(name.partition(".")[2]) for name in columns}
        place = {name: groupings[int(name.removeprefix(_CROSS).partition(".")[0])].name for name in columns}
        frames.append(
            frame.filter(pl.col("option") != _LEFT).select(
                pl.col("item").replace_strict(number, return_dtype=pl.Int64).alias("row"),
                pl.col("item").replace_strict(place, return_dtype=pl.String).alias("domain_variable"),
                pl.col("option").alias("domain"),
                pl.exclude("item", "option", "domain_variable", "domain"),
            )
        )
    codes = dict.fromkeys(whole, (_CHOSEN, "0"))
    everyone = estimate_proportions(derived, list(whole), options=codes).to_frame(level)
    everyone = _numbered(everyone.filter(pl.col("option") == _CHOSEN)).drop("item", "option")
    frames.append(everyone)
    weights += [(i, ALL, float(design.weight[rows.answered].sum())) for i in shares]
    return _join_weights(pl.concat(frames, how="diagonal"), weights).sort("row", maintain_order=True)


def _join_weights(frame: pl.DataFrame, weights: Sequence[tuple[int, str, float]]) -> pl.DataFrame:
    table = pl.DataFrame(
        weights, schema={"row": pl.Int64, "domain_variable": pl.String, "n_weighted": pl.Float64}, orient="row"
    )
    return frame.join(table, on=["row", "domain_variable"], how="left", maintain_order="left")
