"""The stage: measures ranked by what they change, and the state of the requirements."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from shteg.estimates import Label, StageResult, Table, Value, column, quote, table_row
from shteg.evidence.case import Case
from shteg.evidence.records.dates import DateInterval
from shteg.intervals import LEVEL
from shteg.recommendations.ranking import Ranking, rank_effects
from shteg.recommendations.requirements import STATUSES, count_statuses, measure_progress
from shteg.recommendations.targets import check_target, list_targets


def rank_measures(case: Case, pathways: StageResult, *, target: tuple[str, int] | None = None) -> StageResult:
    """Rank the measures of a case by their effect on a declared target, and sum up the requirements.

    Parameters
    ----------
    case : Case
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
    made, values = [_status_table(case), _progress_table(case)], _requirement_values(case)
    if case.recommendations.measures:  # there may be none where all of them rest on what was not there yet
        targets = list_targets(case)
        primary = check_target(case, *target) if target else targets[0]
        if primary not in targets:
            targets.append(primary)
        ids = tuple(measure.id for measure in case.recommendations.measures)
        rankings = {one: rank_effects(pathways, one, ids) for one in targets}
        made = [_ranking_table(case, rankings.values()), *made]
        values = [*_measure_values(case, pathways, rankings[primary]), *values]
    return StageResult(stage="recommendations", tables={table.name: table for table in made}, values=tuple(values))


@table_row
class RankedMeasure:
    """The rank of a measure by what it changes in the probability of a step by the end of a year."""

    step: str = column("Step or programme on the way (id).", key=True)
    year: int = column("By the end of this calendar year.", "year", key=True)
    measure: str = column("Measure (id).", key=True)
    effect: float = column("Change of the probability of the step: mean over draws.", "share")
    rank: float = column("Rank of the mean effect, 1 = largest; equal effects share ranks.")
    rank_low: float = column("Lower end of the 90 % interval of the rank over draws.")
    rank_high: float = column("Upper end of the 90 % interval of the rank over draws.")
    first_place: float = column("Place behind all measures that surely change more: 90 % of paired differences.")
    last_place: float = column("Place before all measures that surely change less; another than the first is a tie.")
    first_share: float = column("Share of draws in which the effect is the largest.", "share")
    measure_label: Label = column("How much the data say about what the measure does.")


def _rows(case: Case, one: Ranking) -> list[RankedMeasure]:
    """Lay a ranking out, in the order of its measures."""
    labels = {measure.id: measure.label for measure in case.recommendations.measures}
    return [
        RankedMeasure(
            step=one.target.step, year=one.target.year, measure=name, effect=float(one.effect[i]),
            rank=float(one.rank[i]), rank_low=float(one.low[i]), rank_high=float(one.high[i]),
            first_place=float(one.first_place[i]), last_place=float(one.last_place[i]),
            first_share=float(one.first_share[i]), measure_label=labels[name],
        )
        for i, name in enumerate(one.measures)
    ]  # fmt: skip


def _ranking_table(case: Case, rankings: Iterable[Ranking]) -> Table:
    rows = [row for one in rankings for row in sorted(_rows(case, one), key=lambda row: row.rank)]
    return Table.of("ranking", "Measures by what they change", RankedMeasure, rows)


def _measure_values(case: Case, pathways: StageResult, ranking: Ranking) -> list[Value]:
    """How many measures there are, and the rank of each with the label and sources of its effect."""
    effects = {
        tuple(value.label_args[of] for of in ("measure", "step", "year")): value
        for value in pathways.values
        if value.label_key == "value.pathways.effect"
    }
    measures = case.recommendations.measures

    def effect(row: RankedMeasure) -> Value:
        return effects[f"measure:{row.measure}", f"step:{row.step}", str(row.year)]

    count = Value(
        id="measures.count", number=float(len(measures)), unit="count", decimals=0, label="computed",
        label_key="value.recommendations.count", method="recommendations#ranking",
        source_ids=tuple(sorted({measure.source for measure in measures})),
    )  # fmt: skip
    args = {"measure": "measure:{measure}", "step": "step:{step}", "year": "{year}"}
    values = [count]
    for row in _rows(case, ranking):
        told = partial(
            quote, [row], label=effect(row).label, label_args=args, sources=effect(row).source_ids,
            method="recommendations#ranking", verified=effect(row).verified,
        )  # fmt: skip
        values += told(
            id="measure.rank.{measure}", number="first_place", unit="count", decimals=0,
            label_key="value.recommendations.rank", low="first_place", high="last_place", level=LEVEL,
        )  # fmt: skip
        values += told(id="measure.first.{measure}", number="first_share", label_key="value.recommendations.first")
    return values


@table_row
class StatusCount:
    """How many requirements of an area have a status."""

    area: str = column("Area of reform (id).", key=True)
    status: str = column("Status of the requirement as its source has it.", key=True)
    count: int = column("Number of requirements.", "count")


def _status_table(case: Case) -> Table:
    rows = [
        StatusCount(area=area, status=status, count=number)
        for area, counts in count_statuses(case).items()
        for status, number in counts.items()
    ]
    return Table.of("requirement_status", "Requirements by status", StatusCount, rows)


@table_row
class RequirementProgress:
    """A requirement, and how far its indicator has come."""

    requirement: str = column("Requirement (id).", key=True)
    area: str = column("Area of reform (id).")
    status: str = column("Status of the requirement as its source has it.")
    baseline: float | None = column("Value of the indicator at the start.")
    target_value: float | None = column("Value of the indicator that is wanted.")
    latest: float | None = column("Last reading of the indicator.", default=None)
    latest_on: DateInterval | None = column("When the last reading was taken.", "date", written=str, default=None)
    latest_source: str | None = column("Where the last reading comes from (id of the source).", default=None)
    progress: float | None = column("Part of the way from baseline to target.", "share")
    source: str = column("Where it comes from (id of the source).")


def _progress_table(case: Case) -> Table:
    rows = []
    for one in measure_progress(case):
        wanted, read = one.requirement, one.latest
        rows.append(
            RequirementProgress(
                requirement=wanted.id, area=wanted.area, status=wanted.status, baseline=wanted.baseline,
                target_value=wanted.target, latest=read.value if read else None,
                latest_on=read.happened_on if read else None, latest_source=read.source if read else None,
                progress=one.share, source=wanted.source,
            )
        )  # fmt: skip
    return Table.of("requirement_progress", "Requirements, one by one", RequirementProgress, rows)


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
