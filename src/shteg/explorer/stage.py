"""The stage: the package of the page of switches, and what its worlds say before anything is switched."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from shteg.estimates import StageResult, Table, Value, column, table_row
from shteg.evidence.case import Case
from shteg.explorer.package import Package, make_package, to_json
from shteg.explorer.setting import Setting, answer
from shteg.pathways.engine.build_model import build_model
from shteg.pathways.model.arrays import Floats

STEP, YEAR = "Step or programme on the way (id).", "By the end of this calendar year."
METHOD = "explorer#worlds"


@table_row
class PackageRow:
    """A part of the package: of the model, as JSON, or a column of draws in sixteen bits a number, base 64."""

    part: str = column("Part of the model, or the names of columns of draws with the same numbers.", key=True)
    low: float | None = column("Smallest number of a column of draws.")
    high: float | None = column("Largest number of a column of draws.")
    content: str = column("JSON of a part of the model; places of draws between smallest and largest, base 64.")


@table_row
class BaseRow:
    """In how many worlds of the page a step is reached by the end of a year while nothing is switched."""

    step: str = column(STEP, key=True)
    year: int = column(YEAR, "year", key=True)
    reached: int = column("Worlds in which the step is reached.", "count")
    walked: int = column("Worlds walked.", "count")
    probability: float = column("Share of worlds in which the step is reached.", "share")
    mc_error: float = column("Standard error that comes from walking so few worlds of so few draws.", "share")


def pack_explorer(case: Case, stance: StageResult, accession: StageResult, consent: StageResult) -> StageResult:
    """Pack what the page of switches works with.

    Parameters
    ----------
    case : Case
    stance, accession, consent : StageResult
        Whose draws the simulation takes.

    Returns
    -------
    StageResult
        Stage "explorer": tables `package` and `base`; values `explorer.draws`, `explorer.worlds`, `explorer.error`.

    Raises
    ------
    ModelError
        The case and the draws contradict each other.

    References
    ----------
    docs/methods/explorer.md.
    """
    model = build_model(case, stance, accession, (), consent=consent, effects=False)
    package = make_package(model)
    paths = answer(package.model, [Setting()], package.draws, package.worlds)[:, :, 0]
    base = list(_base_rows(package, paths))
    sources = tuple(sorted({case.pathways.consent.intercept.source}))
    return StageResult(
        stage="explorer",
        tables={
            "package": Table.of("package", "What the explorer works with", PackageRow, _package_rows(package)),
            "base": Table.of("base", "What the explorer says before anything is switched", BaseRow, base),
        },
        values=_values(package, base, sources),
    )


def _package_rows(package: Package) -> Iterator[PackageRow]:
    for name, part in package.parts.items():
        yield PackageRow(part=name, low=None, high=None, content=to_json(part))
    for one in package.columns:
        yield PackageRow(part=" ".join(one.names), low=one.low, high=one.high, content=one.text)


def _base_rows(package: Package, paths: Floats) -> Iterator[BaseRow]:
    st, walked = package.model.structure, package.worlds * len(package.draws)
    for k, step in enumerate(package.model.steps):
        for year, end in zip(package.model.years, st.year_times, strict=True):
            by_draw = (paths[:, :, k] <= end).mean(axis=1)
            reached = int((paths[:, :, k] <= end).sum())
            yield BaseRow(
                step=step.id,
                year=year,
                reached=reached,
                walked=walked,
                probability=reached / walked,
                mc_error=sampling_error(by_draw),
            )


def sampling_error(by_draw: Floats) -> float:
    """Give the standard error of the mean of independent draws, each with a share of its worlds; 0 for one draw."""
    return float(np.std(by_draw, ddof=1) / np.sqrt(len(by_draw))) if len(by_draw) > 1 else 0.0


def _values(package: Package, base: list[BaseRow], sources: tuple[str, ...]) -> tuple[Value, ...]:
    counts = {"draws": len(package.draws), "worlds": package.worlds * len(package.draws)}
    found = [
        Value(
            id=f"explorer.{name}", number=float(number), unit="count", decimals=0, label="computed",
            label_key=f"value.explorer.{name}", source_ids=sources, method=METHOD,
        )
        for name, number in counts.items()
    ]  # fmt: skip
    error = max(row.mc_error for row in base)
    found.append(
        Value(
            id="explorer.error", number=error, unit="points", decimals=1, label="computed",
            label_key="value.explorer.error", source_ids=sources, method=METHOD,
        )
    )  # fmt: skip
    return tuple(found)
