"""One table of a case read on its own, wherever it lies: the form is that of the case folder."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import cast

from shteg.errors import CaseError, Problem
from shteg.evidence.checks.numbers import count_problems, figure_problems
from shteg.evidence.files.csv_tables import read_csv, validate_rows
from shteg.evidence.files.folder import CaseFolder
from shteg.evidence.files.toml_tables import read_toml
from shteg.evidence.records.declarations import Record
from shteg.evidence.records.files import TABLES
from shteg.evidence.records.model import Scenario, Scenarios
from shteg.evidence.records.surveys import PopulationMargin, PublishedFigure


def read_figures(path: Path) -> tuple[PublishedFigure, ...]:
    """Read published survey figures from a CSV in the form of `surveys/published.csv`.

    Raises
    ------
    CaseError
        The file has problems; all of them are listed with line, column and hint.
    """
    return cast(tuple[PublishedFigure, ...], _read(path, "surveys/published.csv"))


def read_population(path: Path) -> tuple[PopulationMargin, ...]:
    """Read population margins from a CSV in the form of `surveys/population.csv`; raises as `read_figures`."""
    return cast(tuple[PopulationMargin, ...], _read(path, "surveys/population.csv"))


def read_scenarios(path: Path) -> Mapping[str, Scenario]:
    """Read scenarios from a TOML file in the form of `scenarios.toml`; raises as `read_figures`.

    Whether the measures and parameters that it names exist is for the model to say.
    """
    if not path.is_file():
        raise CaseError(
            [Problem(str(path), 0, 0, "there is no such file", "give a TOML in the form of scenarios.toml")]
        )
    folder = CaseFolder(path.resolve().parent)
    file = read_toml(folder, path.name, Scenarios)
    if folder.problems or file is None or not isinstance(file.record, Scenarios):
        raise CaseError(folder.problems)
    return file.record.scenarios


def _read(path: Path, form: str) -> tuple[Record, ...]:
    if not path.is_file():
        raise CaseError([Problem(str(path), 0, 0, "there is no such file", f"give a CSV in the form of {form}")])
    (spec,) = (one for one in TABLES if one.path == form)
    folder = CaseFolder(path.resolve().parent)
    table = read_csv(folder, replace(spec, path=path.name))
    if table is not None:
        validate_rows(folder, table)
        folder.problems.extend([*count_problems(table), *figure_problems(table)])
    if folder.problems or table is None:
        raise CaseError(folder.problems)
    return tuple(row.record for row in table.rows if row.record is not None)
