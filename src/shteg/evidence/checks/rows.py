"""Checks of rows: those that stand twice, dates after the day of the case, numbers against each other."""

import datetime
import math
from collections.abc import Iterator

from shteg.errors import Problem
from shteg.evidence.files.csv_tables import CsvTable, Row
from shteg.evidence.files.draft import Draft
from shteg.evidence.records.base import decimals_of
from shteg.evidence.records.dates import DateInterval
from shteg.evidence.records.declarations import Ahead, TakenBack, marked
from shteg.evidence.records.model import Covariate, Variables
from shteg.evidence.records.surveys import PopulationMargin, PublishedFigure

_HINT = "correct the date, or move `as_of` in case.toml"


LARGEST_UNITS = 100.0
"""So far from its centre, in units of the model, no value of a variable lies that was entered rightly."""


def check_duplicates(draft: Draft) -> Iterator[Problem]:
    """Find rows whose key stands in the table already."""
    for table in draft.tables.values():
        key = [name for name in table.spec.key if name in table.header]
        first: dict[tuple[str, ...], Row] = {}
        for row in table.rows:
            identity = tuple(row.cells[name].strip() for name in key)
            seen = first.setdefault(identity, row)
            if seen is row or not key:
                continue
            if table.spec.chained:
                problem = f"{key[0]} `{identity[0]}` stands already in line {seen.line}"
                hint = "take the file back as it was before this line was added: each line is written once"
            elif seen.cells == row.cells:
                problem, hint = f"the row stands already in line {seen.line}", "delete one of the two"
            else:
                named = ", ".join(f"{name} `{value}`" for name, value in zip(key, identity, strict=True))
                problem = f"{named} stands already in line {seen.line}"
                hint = "keep the row with the better source, or correct one of them"
            yield table.at(row, key[0], problem, hint)


def check_dates(draft: Draft) -> Iterator[Problem]:
    """Find dates of tables after the day as of which the case stands."""
    as_of = draft.as_of
    for table in draft.tables.values() if as_of else ():
        assert as_of is not None
        columns = [name for name in table.header if name not in marked(table.spec.record, Ahead)]
        for row in table.rows:
            for column in columns:
                value = getattr(row.record, column, None)
                if isinstance(value, DateInterval) and value.first > as_of:
                    problem = f"`{column}` {value} lies after the day of the case, {as_of}"
                    yield table.at(row, column, problem, _HINT)


def check_days(draft: Draft) -> Iterator[Problem]:
    """Find dates in TOML files that lie after the day of the case.

    What is under way on that day has begun by then, however vaguely its beginning is known.
    """
    as_of = draft.as_of
    for file, found in draft.walk() if as_of else ():
        if found.form not in (DateInterval, datetime.date) or found.mark(Ahead) is not None:
            continue
        when = read_day(found.value)
        assert as_of is not None
        if when is not None and (when.last if found.mark(TakenBack) is not None else when.first) > as_of:
            name = next((part for part in reversed(found.path) if isinstance(part, str)), "")
            problem = f"`{name}` {when} lies after the day of the case, {as_of}"
            yield draft.at_key(file, found.path, problem, _HINT)


def read_day(value: object) -> DateInterval | None:
    """Read a date of a TOML file; None if it is none, which is said where the file is read."""
    try:
        if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
            return DateInterval.of(value)
        return DateInterval.parse(str(value)) if isinstance(value, str | int) else None
    except ValueError:
        return None


def check_counts(draft: Draft) -> Iterator[Problem]:
    """Find counts of people with decimals, outside shares in per cent."""
    table = draft.tables.get("surveys/population.csv")
    if table is not None:
        yield from count_problems(table)


def count_problems(table: CsvTable) -> Iterator[Problem]:
    """Find counts with decimals where the counts of their variable do not add up to 100: people are whole."""
    groups: dict[tuple[str, str], list[tuple[PopulationMargin, Row]]] = {}
    for row in table.rows:
        if isinstance(row.record, PopulationMargin):
            groups.setdefault((row.record.scheme, row.record.variable), []).append((row.record, row))
    for (scheme, variable), rows in groups.items():
        total = sum(one.count for one, _ in rows)
        if abs(total - 100) <= 1:
            continue
        for _, row in rows:
            if "." in row.cells.get("count", ""):
                problem = f"`count` is {row.cells['count'].strip()}, neither whole nor a share in per cent"
                hint = f"write digits only: {variable} in {scheme} adds up to {total:g}, and shares would to 100"
                yield table.at(row, "count", problem, hint)


def check_figures(draft: Draft) -> Iterator[Problem]:
    """Find published figures without a number, no percentages, and with more decimals than were printed."""
    table = draft.tables.get("surveys/published.csv")
    if table is not None:
        yield from figure_problems(table)


def figure_problems(table: CsvTable) -> Iterator[Problem]:
    """Find figures without a number, percentages outside 0 to 100, and numbers finer than `decimals` says."""
    for row in table.rows:
        figure = row.record
        if not isinstance(figure, PublishedFigure):
            continue
        if figure.percent is None and figure.mean_score is None:
            hint = "fill in `percent` or `mean_score`, as printed"
            yield table.at(row, "percent", "the figure has no number", hint)
        if figure.percent is not None and not 0 <= figure.percent <= 100:
            hint = "a percentage lies between 0 and 100"
            yield table.at(row, "percent", f"`percent` is {figure.percent:g}", hint)
        for name, number in (("percent", figure.percent), ("mean_score", figure.mean_score)):
            if number is not None and decimals_of(number) > figure.decimals:
                problem = f"`{name}` {number:g} has more decimals than `decimals` says ({figure.decimals})"
                hint = "write the figure as it was printed, and in `decimals` how many decimals that has"
                yield table.at(row, name, problem, hint)


def check_covariates(draft: Draft) -> Iterator[Problem]:
    """Find values that no model can take: not above 0 under a logarithm, or absurdly far from the centre."""
    table = draft.tables.get("covariates.csv")
    file = draft.tomls.get("variables.toml")
    if table is None or file is None or not isinstance(file.record, Variables):
        return
    for row in table.rows:
        one = row.record
        variable = file.record.variables.get(one.variable) if isinstance(one, Covariate) else None
        if variable is None or not isinstance(one, Covariate):
            continue
        if variable.log and one.value <= 0:
            problem = f"{one.value:g} has no logarithm, and `{one.variable}` is taken as one"
            hint = "give positive values, or set `log = false` in variables.toml"
            yield table.at(row, "value", problem, hint)
            continue
        units = ((math.log(one.value) if variable.log else one.value) - variable.centre) / variable.scale
        if abs(units) > LARGEST_UNITS:
            problem = f"{one.value:g} is {units:,.0f} units of the model away from the centre of `{one.variable}`"
            hint = "correct the value, or `centre` and `scale` in variables.toml"
            yield table.at(row, "value", problem, hint)


CHECKS = (check_duplicates, check_dates, check_days, check_figures, check_counts, check_covariates)
