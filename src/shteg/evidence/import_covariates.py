"""Read series of covariates as their publishers ship them, into rows of covariates.csv."""

from __future__ import annotations

import csv
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from shteg.errors import UsageError

WDI_PREAMBLE = 4
"""Lines before the header in the CSV of one World Bank indicator; the bulk file has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CovariateRow:
    """One row of covariates.csv."""

    country: str
    happened_on: str
    variable: str
    value: float
    source: str
    grade: str


def read_vdem(
    path: Path,
    column: str,
    *,
    variable: str,
    source: str,
    grade: str,
    countries: Collection[str] = (),
    years: range | None = None,
) -> list[CovariateRow]:
    """Read one index of the V-Dem country-year file (`V-Dem-CY-….csv`), such as `v2x_polyarchy`.

    Parameters
    ----------
    path : Path
        The CSV as V-Dem ships it, with `country_text_id` and `year`.
    column : str
        Name of the index.
    variable, source, grade : str
        What the rows of covariates.csv shall say.
    countries : collection of str
        ISO 3166-1 alpha-3 codes to keep; none named keeps all.
    years : range, optional
        Years to keep.

    Returns
    -------
    list of CovariateRow
        Sorted by country and year; empty cells are left out.

    Raises
    ------
    UsageError
        The file lacks one of these columns.
    """
    wanted = ("country_text_id", "year", column)
    scan = pl.scan_csv(path, infer_schema=False)
    _check_columns(path, scan.collect_schema().names(), wanted)
    frame = scan.select(wanted).collect()
    cells = [(str(country), int(year), value) for country, year, value in frame.iter_rows()]
    return _rows(cells, variable, source, grade, countries, years)


def read_wdi(
    path: Path,
    indicator: str,
    *,
    variable: str,
    source: str,
    grade: str,
    countries: Collection[str] = (),
    years: range | None = None,
) -> list[CovariateRow]:
    """Read one indicator of the World Development Indicators, from the CSV of one indicator or the bulk file.

    Parameters
    ----------
    path : Path
        `API_….csv` or `WDICSV.csv`, with `Country Code`, `Indicator Code` and one column per year.
    indicator : str
        Its code, such as `NY.GDP.PCAP.KD`.
    variable, source, grade : str
    countries : collection of str
    years : range, optional
        As in `read_vdem`.

    Returns
    -------
    list of CovariateRow

    Raises
    ------
    UsageError
        The file lacks a column, or does not hold the indicator.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file))
    start = next((at for at, line in enumerate(lines[: WDI_PREAMBLE + 1]) if "Country Code" in line), 0)
    header = lines[start] if lines else []
    _check_columns(path, header, ("Country Code", "Indicator Code"))
    country, code = header.index("Country Code"), header.index("Indicator Code")
    places = [(at, int(name)) for at, name in enumerate(header) if name.strip().isdigit()]
    own = [line for line in lines[start + 1 :] if len(line) > code and line[code] == indicator]
    if not own:
        raise UsageError(f"there is no indicator {indicator}", "see the column `Indicator Code`", str(path))
    cells = [(line[country], year, line[at] if at < len(line) else "") for line in own for at, year in places]
    return _rows(cells, variable, source, grade, countries, years)


def write_covariates(path: Path, rows: Sequence[CovariateRow]) -> None:
    """Write rows as a covariates.csv, or add them to one that is there."""
    new = not path.exists()
    with path.open("a", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        if new:
            writer.writerow(("country", "happened_on", "known_on", "variable", "value", "note", "source", "grade"))
        for row in rows:
            writer.writerow((row.country, row.happened_on, "", row.variable, f"{row.value:.10g}", "", row.source,
                             row.grade))  # fmt: skip


def _check_columns(path: Path, found: Collection[str], wanted: Collection[str]) -> None:
    missing = [name for name in wanted if name not in found]
    if missing:
        raise UsageError(
            f"the file has no column {', '.join(missing)}", "give the file as its publisher ships it", str(path)
        )


def _rows(
    cells: Sequence[tuple[str, int, str | None]],
    variable: str,
    source: str,
    grade: str,
    countries: Collection[str],
    years: range | None,
) -> list[CovariateRow]:
    return [
        CovariateRow(
            country=country, happened_on=str(year), variable=variable, value=float(value), source=source, grade=grade
        )
        for country, year, value in sorted(cells, key=lambda one: one[:2])
        if value and (not countries or country in countries) and (years is None or year in years)
    ]  # fmt: skip
