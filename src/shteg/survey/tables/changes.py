"""Wave against wave: the change of each figure, its interval, and whether it differs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
from scipy import special

from shteg.arrays import Bools, Floats
from shteg.errors import UsageError
from shteg.survey.inference.adjusting import adjust
from shteg.survey.inference.contrasts import contrast
from shteg.survey.inference.estimates import SAYS_NOTHING, Estimates, estimates_of
from shteg.survey.one_pass.domains import ALL
from shteg.survey.tables.exposed import TOTAL_ROW, Cell
from shteg.survey.tables.plan import Options, Source
from shteg.survey.tables.protect import Part
from shteg.survey.tables.stacked import Figures, Stacked, share_psus, stack_waves

UNFIT = ("empty", "no_variance", "no_df", *SAYS_NOTHING)
"""Flags of a figure whose change has no interval and no mark."""

CHANGE_COLUMNS = ("source", "change", "std_error", "ci_low", "ci_high", "df", "p_value", "p_adjusted", "mark", "flag")
"""Columns of one comparison; in the frame they begin with `previous_` or `first_`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Against:
    """A wave and the one it is compared with: their places among the sources, and how that one is called."""

    name: str
    now: int
    before: int


def comparisons(sources: Sequence[Source], options: Options) -> list[Against]:
    """Say which sources are compared: within each weighting, each wave with the one before it and with the first.

    The first wave is left out where it is the one before.
    """
    found: list[Against] = []
    if options.changes is None:
        return found
    series: dict[str, list[int]] = {}
    for place, source in enumerate(sources):
        series.setdefault(source.weighting, []).append(place)
    for places in series.values():
        for number, now in enumerate(places[1:], 1):
            _refuse_one_sample(sources[places[0]], sources[now])
            if options.changes != "first":
                found.append(Against(name="previous", now=now, before=places[number - 1]))
            if options.changes != "previous" and (number > 1 or options.changes == "first"):
                found.append(Against(name="first", now=now, before=places[0]))
    return found


def _refuse_one_sample(before: Source, now: Source) -> None:
    if now.sample and now.sample == before.sample:
        hint = "give several waves, or give each weight its own `weighting`"
        raise UsageError(f"{before.id} and {now.id} are weights of one sample, no waves", hint, "changes")


class StackedPairs:
    """Pairs of waves with the same primary units, each stacked once."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self.sources = sources
        self._known: dict[tuple[int, int], Stacked] = {}

    def of(self, before: int, now: int) -> Stacked | None:
        """Give the two stacked; None where they are independent."""
        if not share_psus(self.sources[before], self.sources[now]):
            return None
        if (before, now) not in self._known:
            self._known[(before, now)] = stack_waves(self.sources[before], self.sources[now])
        return self._known[(before, now)]


def change_records(
    before: Part, now: Part, shown: tuple[pl.DataFrame, pl.DataFrame], stacked: Stacked | None, options: Options
) -> dict[Cell, dict[str, Any]]:
    """Compare every cell of a wave with the same cell of an earlier one.

    Parameters
    ----------
    before, now : Part
        The same item of both waves.
    shown : pair of polars.DataFrame
        What is shown of them: a cell that is hidden in either has no change.
    stacked : Stacked, optional
        Both waves with the primary units that they share; without it they are independent.
    options : Options

    Returns
    -------
    dict
        Cell of `now` → the fields of `CHANGE_COLUMNS`, marks "up", "down" or blank.

    References
    ----------
    Equal to R `survey::svycontrast` of `svyby(~y, ~wave, stacked, svymean, covmat = TRUE)`, with
    `degf(subset(stacked, domain))`.
    """
    earlier = _by_names(before, shown[0])
    found: dict[Cell, dict[str, Any]] = {}
    families: dict[tuple[int, str], list[tuple[dict[str, Any], dict[str, Any], Cell]]] = {}
    for record in shown[1].iter_rows(named=True):
        cell = (record["row"], record["domain_variable"], record["domain"])
        old = earlier.get(_names_of(now, cell))
        fit = old is not None and not record["suppressed"] and not old["suppressed"]
        if old is not None and fit and None not in (record["estimate"], old["estimate"]):
            families.setdefault(cell[:2], []).append((record, old, cell))
    for family in families.values():
        for (_, _, cell), change in zip(family, _changes(before, now, family, stacked, options), strict=True):
            found[cell] = {"source": before.of.source.id, **change}
    return found


def _names_of(part: Part, cell: Cell) -> tuple[str, str, str, str]:
    kind, option = ("all", "") if cell[0] == TOTAL_ROW else part.table.names[cell[0]]
    return kind, option, cell[1], cell[2]


def _by_names(part: Part, shown: pl.DataFrame) -> dict[tuple[str, str, str, str], dict[str, Any]]:
    return {
        _names_of(part, (record["row"], record["domain_variable"], record["domain"])): record
        for record in shown.iter_rows(named=True)
    }


def _changes(
    before: Part,
    now: Part,
    family: Sequence[tuple[dict[str, Any], dict[str, Any], Cell]],
    stacked: Stacked | None,
    options: Options,
) -> list[dict[str, Any]]:
    """Changes of the cells of one row under one variable, their p values adjusted together."""
    new, old = [pair[0] for pair in family], [pair[1] for pair in family]
    matrix: Floats = np.diag(np.array([_variance(one) for one in (*new, *old)]))
    df = np.array([float((a["df"] or 0) + (b["df"] or 0)) for a, b in zip(new, old, strict=True)])
    if stacked is not None:
        matrix, df = _together(before, now, family, stacked, matrix, options)
    estimates = _estimates((*new, *old), matrix)
    count = len(family)
    weights = {f"{i}": {f"{i}": 1.0, f"{i + count}": -1.0} for i in range(count)}
    made = replace(contrast(estimates, weights), df=df)
    flags = [_flag(pair, flag) for pair, flag in zip(family, made.flag, strict=True)]
    flags = ["no_df" if not flag and one < 1 else flag for flag, one in zip(flags, df, strict=True)]
    low, high = made.interval(options.level)
    tested = [i for i in range(count) if flags[i] not in UNFIT and made.std_error[i] > 0]
    statistic = {i: abs(float(made.estimate[i] / made.std_error[i])) for i in tested}
    p = {i: float(2 * special.stdtr(df[i], -t)) for i, t in statistic.items()}
    adjusted = dict(zip(tested, adjust(list(p.values()), options.adjustment), strict=True))
    found = []
    for i in range(count):
        change, known = float(made.estimate[i]), flags[i] not in UNFIT
        differs = i in adjusted and adjusted[i] < 1 - options.level
        found.append(
            {
                "change": change,
                "std_error": float(made.std_error[i]) if known else None,
                "ci_low": float(low[i]) if known and np.isfinite(low[i]) else None,
                "ci_high": float(high[i]) if known and np.isfinite(high[i]) else None,
                "df": int(df[i]) if known else None,
                "p_value": p.get(i),
                "p_adjusted": adjusted.get(i),
                "mark": "" if not differs else "up" if change > 0 else "down",
                "flag": flags[i],
            }
        )
    return found


def _variance(record: dict[str, Any]) -> float:
    return float("nan") if record["std_error"] is None else float(record["std_error"]) ** 2


def _estimates(records: Sequence[dict[str, Any]], matrix: Floats) -> Estimates:
    return estimates_of(
        {"name": [str(i) for i in range(len(records))]},
        np.array([float(one["estimate"]) for one in records]),
        matrix,
        np.array([float(one["df"] or 0) for one in records]),
        tuple(str(one["flag"]) for one in records),
    )


def _flag(pair: tuple[dict[str, Any], dict[str, Any], Cell], of_contrast: str) -> str:
    """The worst flag of both figures; else that of the contrast, where its standard error is 0."""
    both = (pair[0]["flag"], pair[1]["flag"])
    return next((flag for flag in UNFIT if flag in both and flag != "no_df"), of_contrast)


def _together(
    before: Part,
    now: Part,
    family: Sequence[tuple[dict[str, Any], dict[str, Any], Cell]],
    stacked: Stacked,
    matrix: Floats,
    options: Options,
) -> tuple[Floats, Floats]:
    """Covariance of the figures of both waves (those of `now` first) and degrees of freedom of each change."""
    names = [_names_of(now, cell) for _, _, cell in family]
    old, new = (_figures(part, [_cell_of(part, one) for one in names], options) for part in (before, now))
    whole = stacked.covariance((old, new))
    count = len(family)
    order = np.concatenate([np.arange(count, 2 * count), np.arange(count)])
    both = whole[np.ix_(order, order)]
    unknown = np.isnan(np.diag(matrix))
    both[unknown, :] = both[:, unknown] = np.nan
    df = [float(stacked.df((old.domain[:, i], new.domain[:, i]))) for i in range(count)]
    return both, np.array(df)


def _cell_of(part: Part, names: tuple[str, str, str, str]) -> Cell:
    kind, option, variable, domain = names
    row = TOTAL_ROW if kind == "all" else part.table.names.index((kind, option))
    return row, variable, domain


def _figures(part: Part, cells: Sequence[Cell], options: Options) -> Figures:
    found = [figure_rows(part, cell, options.percent_of(part.item)) for cell in cells]
    values, inside, domain = (np.stack(one, axis=1) for one in zip(*found, strict=True))
    return Figures(values=values, inside=inside, domain=domain)


def figure_rows(part: Part, cell: Cell, percent: str) -> tuple[Floats, Bools, Bools]:
    """Give a figure as a mean: the values (n,), the rows they are the mean of, and those of its domain.

    Parameters
    ----------
    part : Part
    cell : Cell
    percent : "column" | "row" | "total"

    Returns
    -------
    values, inside, domain : (n,)
        In the row order of the design; the domain holds those who did not answer too.
    """
    banner, rows = part.of.banner, part.rows
    domains = banner.domains
    numbers = [i for i, key in enumerate(zip(domains.variables, domains.names, strict=True)) if key == cell[1:]]
    place = [ALL, *(one.name for one in banner.groupings)].index(cell[1])
    member = np.asarray(domains.codes[:, place] == numbers[0])
    grouped = np.asarray(domains.codes[:, place] < len(domains))
    everyone = np.ones(len(member), bool)
    given = rows.answered if cell[0] == TOTAL_ROW else np.nan_to_num(rows.rows[cell[0]].values) == 1
    if percent == "column":
        return np.nan_to_num(rows.rows[cell[0]].values), member & rows.answered, member
    if percent == "row":
        base = np.asarray(given & rows.answered)
        return member.astype(float), base & grouped, everyone if cell[0] == TOTAL_ROW else base
    return (given & member).astype(float), rows.answered & grouped, everyone
