"""The stage: from the trial on the past and the simulation to the one forecast of each step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from shteg.estimates import Draws, Label, StageResult, Table, Value, column, table_row
from shteg.evaluation.models import PATHWAYS
from shteg.evidence.case import Case
from shteg.pathways.forecast.agreement import check_agreement
from shteg.pool.agreement import STEP, YEAR, Difference, PartForecast, difference_rows, part_rows
from shteg.pool.forecast import SEPARATOR, Pool, build_pool
from shteg.pool.values import behind, bounds, difference_values, forecast_values, part_values, weakest, weight_values


@table_row
class PoolForecast:
    """The probability that a step is reached by the end of a year, by the pool."""

    step: str = column(STEP, key=True)
    year: int = column(YEAR, "year", key=True)
    probability: float = column("Probability that the step is reached: the parts weighed.", "share")
    low: float = column("Lower end of the 90 % interval of the mixture.", "share")
    high: float = column("Upper end of the 90 % interval of the mixture.", "share")
    parts: int = column("Parts that it is mixed from.", "count")
    label: Label = column("How much the data say: the weakest part decides.")


def pool_forecasts(case: Case, evaluation: StageResult, pathways: StageResult) -> StageResult:
    """Mix the forecasts of every step.

    Parameters
    ----------
    case : Case
    evaluation : StageResult
        With the weights learnt, the draws of the parts that it computes, and its bins of probability.
    pathways : StageResult
        With draws `forecast`, (draw, "step|year").

    Returns
    -------
    StageResult
        Stage "pool": tables `forecast` (every year), `parts` and `differences` (report years); values
        `forecast.<step>.<year>`, `forecast.median-year.<step>`, `forecast.<part>.<step>.<year>`,
        `pool.weight.<part>.<step>`, `pool.between.<step>.<year>`; draws `forecast`, (draw, "step|year").

    Raises
    ------
    ModelError
        A part gives no forecast of a year that the simulation has.

    References
    ----------
    docs/methods/pool.md.
    """
    pool = build_pool(case, evaluation, pathways)
    require_agreement(pool)
    own = _simulated_alone(pool, pathways)
    years = [year for year in case.pathways.report_years if year in pool.years]
    parts = part_rows(pool, evaluation, years)
    differences = difference_rows(pool, parts)
    verified = all(value.verified for value in pathways.values if value.id.startswith("forecast."))
    tables = (
        Table.of("forecast", "The forecast of each step", PoolForecast, _rows(pool, own)),
        Table.of("parts", "What each part says", PartForecast, parts),
        Table.of("differences", "How far the parts lie apart", Difference, differences),
    )
    return StageResult(
        stage="pool",
        tables={table.name: table for table in tables},
        values=(
            *(_as_simulated(value, own, pathways) for value in forecast_values(pool, years, verified)),
            *part_values(pool, parts, verified),
            *weight_values(pool, verified),
            *difference_values(pool, differences, verified),
        ),
        draws={"forecast": _draws(pool, years)},
    )


def require_agreement(pool: Pool) -> None:
    """Check that the pool's probabilities rise over the years and nest over the steps: in every build.

    Raises
    ------
    ModelError
        They do not.
    """
    cells = {
        (step.id, year): float(pool.mixed.mean[k, y])
        for k, step in enumerate(pool.steps)
        for y, year in enumerate(pool.years)
    }
    resting = {step.id: step.prerequisites for step in pool.steps if step.id not in pool.taken}
    check_agreement(cells, resting, {}, "pool.forecast")


def _simulated_alone(pool: Pool, pathways: StageResult) -> dict[tuple[str, int], dict[str, Any]]:
    """Give the rows of the simulated path, by step and year, of the steps whose forecast rests on it alone."""
    alone = {
        step.id for k, step in enumerate(pool.steps) if [pool.parts[at].name for at in pool.spoken(k)] == [PATHWAYS]
    }
    rows = pathways.tables["incidence"].frame.iter_rows(named=True) if "incidence" in pathways.tables else ()
    return {(row["step"], row["year"]): row for row in rows if row["step"] in alone}


def _as_simulated(value: Value, own: Mapping[tuple[str, int], Mapping[str, Any]], pathways: StageResult) -> Value:
    """Give a value of the forecast: that of the simulated path, to the last digit, where it rests on this alone."""
    kind, _, rest = value.id.partition(".")
    step = value.label_args.get("step", "").removeprefix("step:")
    if not any(step == name for name, _ in own):
        return value
    found = {one.id: one for one in pathways.values}.get(f"{kind}.pathways.{rest}")
    return replace(found, id=value.id, label_key=value.label_key) if found else value


def _rows(pool: Pool, own: Mapping[tuple[str, int], Mapping[str, Any]]) -> Iterator[PoolForecast]:
    for k, step in enumerate(pool.steps):
        for y, year in enumerate(pool.years):
            low, high = bounds(pool, k, y)
            cells: dict[str, Any] = {"probability": float(pool.mixed.mean[k, y]), "low": low, "high": high}
            cells["label"] = behind(pool, k)[0]
            row = own.get((step.id, year), {})
            cells |= {name: row[name] for name in cells if name in row}
            yield PoolForecast(step=step.id, year=year, parts=len(pool.spoken(k)), **cells)


def _draws(pool: Pool, years: list[int]) -> Draws:
    """Hand on the draws at report years."""
    columns = [(k, pool.years.index(year)) for k in range(len(pool.steps)) for year in years]
    labels, sources = zip(*(behind(pool, k) for k in range(len(pool.steps))), strict=True)
    return Draws(
        values=pool.mixed.draws[:, [k for k, _ in columns], [y for _, y in columns]],
        units=tuple(SEPARATOR.join((pool.steps[k].id, str(pool.years[y]))) for k, y in columns),
        measure="share",
        label=weakest(labels),
        source_ids=tuple(sorted({one for some in sources for one in some})),
    )
