"""The stage: measures ranked by what they change, and the state of the requirements."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from shteg.estimates import Column, StageResult, Table, Value
from shteg.evidence.case import Case
from shteg.recommendations.ranking import LEVEL, Ranking, rank_effects
from shteg.recommendations.requirements import STATUSES, count_statuses, measure_progress
from shteg.recommendations.targets import check_target, list_targets


def rank_measures(case: Case, pathways: StageResult, *, target: tuple[str, int] | None = None) -> StageResult:
    """Rank the measures of a case by their effect on a declared target, and sum up the requirements.

    Parameters
    ----------
    case : Case
        As of its day; one whose measures all lie ahead of it yields the requirements only.
    pathways : StageResult
        Of `simulate_pathways` on the same case: its draws `effect` are ranked draw by draw.
    target : (step, year), optional
        What the values rank for; the first step that needs every member, by the last report year, if left out. The
        table `ranking` holds that step and the last rung at every report year besides.

    Returns
    -------
    StageResult
        Tables `ranking`, `requirement_status` and `requirement_progress`; values `measures.count`,
        `measure.rank.<measure>`, `measure.first.<measure>`, `requirements.count` and `requirements.<status>`.

    Raises
    ------
    UsageError
        The target is not reported.
    ModelError
        `pathways` holds no effects for it.
    """
    if not case.recommendations.measures:  # all of them rest on what was not there yet
        tables = (_status_table(case), _progress_table(case))
        values = tuple(_requirement_values(case))
        return StageResult(stage="recommendations", tables={table.name: table for table in tables}, values=values)
    targets = list_targets(case)
    primary = check_target(case, *target) if target else targets[0]
    if primary not in targets:
        targets.append(primary)
    ids = tuple(measure.id for measure in case.recommendations.measures)
    rankings = {one: rank_effects(pathways, one, ids) for one in targets}
    found = [*_rank_values(case, pathways, rankings[primary]), *_requirement_values(case)]
    made = (_ranking_table(case, list(rankings.values())), _status_table(case), _progress_table(case))
    return StageResult(stage="recommendations", tables={table.name: table for table in made}, values=tuple(found))


def _rank_values(case: Case, pathways: StageResult, ranking: Ranking) -> list[Value]:
    effects = {value.id: value for value in pathways.values if value.id.startswith("effect.")}
    target, measures = ranking.target, case.recommendations.measures
    found = [
        Value(
            id="measures.count",
            number=float(len(measures)),
            unit="count",
            decimals=0,
            label="computed",
            label_key="value.recommendations.count",
            source_ids=tuple(sorted({measure.source for measure in measures})),
            method="recommendations#ranking",
        )
    ]
    for i, name in enumerate(ranking.measures):
        effect = effects[f"effect.{name}.{target.step}.{target.year}"]
        args = {"measure": f"measure:{name}", "step": f"step:{target.step}", "year": str(target.year)}
        rank, first = float(ranking.rank[i]), float(ranking.first_share[i])
        found.append(
            Value(
                id=f"measure.rank.{name}",
                number=rank,
                unit="count",
                decimals=0 if rank.is_integer() else 1,
                label=effect.label,
                label_key="value.recommendations.rank",
                label_args=args,
                source_ids=effect.source_ids,
                method="recommendations#ranking",
                low=float(ranking.low[i]),
                high=float(ranking.high[i]),
                level=LEVEL,
                verified=effect.verified,
            )
        )
        found.append(
            Value(
                id=f"measure.first.{name}",
                number=first,
                unit="share",
                decimals=0,
                label=effect.label,
                label_key="value.recommendations.first",
                label_args=args,
                source_ids=effect.source_ids,
                method="recommendations#ranking",
                verified=effect.verified,
            )
        )
    return found


def _requirement_values(case: Case) -> list[Value]:
    if not case.requirements:
        return []
    sources = tuple(sorted({one.source for one in case.requirements}))
    verified = all(one.verified for one in case.requirements)
    counts = {status: sum(one.status == status for one in case.requirements) for status in STATUSES}
    return [
        Value(
            id=f"requirements.{name}",
            number=float(number),
            unit="count",
            decimals=0,
            label="computed",
            label_key=f"value.recommendations.requirements_{name}",
            source_ids=sources,
            method="recommendations#requirements",
            verified=verified,
        )
        for name, number in [("count", len(case.requirements)), *counts.items()]
    ]


def _ranking_table(case: Case, rankings: list[Ranking]) -> Table:
    labels = {measure.id: measure.label for measure in case.recommendations.measures}
    rows = []
    for one in rankings:
        for i in sorted(range(len(one.measures)), key=lambda i: (one.rank[i], i)):
            numbers = [float(x[i]) for x in (one.effect, one.rank, one.low, one.high, one.first_share)]
            rows.append((one.target.step, one.target.year, one.measures[i], *numbers, labels[one.measures[i]]))
    columns = (
        Column(name="step", description="Step or programme on the way (id)."),
        Column(name="year", description="By the end of this calendar year.", unit="year"),
        Column(name="measure", description="Measure (id)."),
        Column(name="effect", description="Change of the probability of the step: mean over draws.", unit="share"),
        Column(name="rank", description="Rank of the mean effect, 1 = largest; equal effects share ranks."),
        Column(name="rank_low", description="Lower end of the 90 % interval of the rank over draws."),
        Column(name="rank_high", description="Upper end of the 90 % interval of the rank over draws."),
        Column(name="first_share", description="Share of draws in which the effect is the largest.", unit="share"),
        Column(name="measure_label", description="How much the data say about what the measure does."),
    )
    kinds = [pl.String, pl.Int64, pl.String, *[pl.Float64] * 5, pl.String]
    return _table("ranking", "Measures by what they change", columns, kinds, ("step", "year", "measure"), rows)


def _status_table(case: Case) -> Table:
    rows = [
        (area, status, number) for area, counts in count_statuses(case).items() for status, number in counts.items()
    ]
    columns = (
        Column(name="area", description="Area of reform (id)."),
        Column(name="status", description="Status of the requirement as its source has it."),
        Column(name="count", description="Number of requirements.", unit="count"),
    )
    kinds = [pl.String, pl.String, pl.Int64]
    return _table("requirement_status", "Requirements by status", columns, kinds, ("area", "status"), rows)


def _progress_table(case: Case) -> Table:
    rows = []
    for one in measure_progress(case):
        wanted, latest = one.requirement, one.latest
        read_on = str(latest.happened_on) if latest else None
        reading = (latest.value, read_on, latest.source) if latest else (None, None, None)
        rows.append(
            (wanted.id, wanted.area, wanted.status, wanted.baseline, wanted.target, *reading, one.share, wanted.source)
        )
    columns = (
        Column(name="requirement", description="Requirement (id)."),
        Column(name="area", description="Area of reform (id)."),
        Column(name="status", description="Status of the requirement as its source has it."),
        Column(name="baseline", description="Value of the indicator at the start."),
        Column(name="target_value", description="Value of the indicator that is wanted."),
        Column(name="latest", description="Last reading of the indicator."),
        Column(name="latest_on", description="When the last reading was taken.", unit="date"),
        Column(name="latest_source", description="Where the last reading comes from (id of the source)."),
        Column(name="progress", description="Part of the way from baseline to target.", unit="share"),
        Column(name="source", description="Where it comes from (id of the source)."),
    )
    kinds = [*[pl.String] * 3, *[pl.Float64] * 3, pl.String, pl.String, pl.Float64, pl.String]
    return _table("requirement_progress", "Requirements, one by one", columns, kinds, ("requirement",), rows)


def _table(
    name: str,
    title: str,
    columns: tuple[Column, ...],
    kinds: list[type[pl.DataType]],
    key: tuple[str, ...],
    rows: Sequence[tuple[object, ...]],
) -> Table:
    schema = {column.name: kind for column, kind in zip(columns, kinds, strict=True)}
    return Table(
        name=name, title=title, frame=pl.DataFrame(rows, schema=schema, orient="row"), columns=columns, key=key
    )
