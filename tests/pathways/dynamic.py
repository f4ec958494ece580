"""The rich made-up case with everything that comes and goes: episodes, withdrawal, lost steps, time already gone by."""

import dataclasses

from shteg.estimates import StageResult
from shteg.evidence.case import Case
from shteg.evidence.records.dates import DateInterval
from tests.pathways.rich import MEASURES, rich_case, rich_stages
from tests.pathways.worlds import (
    MEMBERS,
    area,
    effect,
    episodes,
    measure,
    more_draws,
    parameter,
    shock,
    withdrawal,
)

MORE = (
    measure("calm-members", effect("consent.episodes.onset", "multiply", 0.5, 0.3, 0.9), start_years=1.0),
    measure("talks", effect("consent.episodes.end", "multiply", 1.5), start_years=2.0),
    measure("hold-on", effect("withdrawal.rate", "multiply", 0.5), effect("reversal.first", "multiply", 0.2)),
)


def dynamic_case(
    *,
    draws: int = 10,
    worlds: int = 50,
    lapses: bool = True,
    withdraws: bool = True,
    vetoes: bool = True,
    members: tuple[str, ...] = MEMBERS[:12],
) -> Case:
    case = rich_case(draws=draws, worlds=worlds, members=members)
    dropped = () if withdraws and lapses else ("hold-on",)
    dropped += () if vetoes else ("calm-members", "talks")
    since = DateInterval.parse("2025-06")
    consents = case.pathways.consent.model_copy(update={"episodes": episodes(0.15, -0.6, None) if vetoes else None})
    changes = {
        "consent": consents,
        "areas": (area("law", 1.0, 1.5), area("army", 2.0, 2.5, started_on=since)),
        "shocks": (
            shock("war", 0.3, 1.0, 0.8),
            shock("crisis", 0.4, 1.5, -1.0, origin="aspirant", under_way_since=since),
        ),
        "withdrawal": withdrawal(0.1, 0.6) if withdraws else None,
        "reversals": {"first": parameter(0.1), "second": parameter(0.2), "ratified": parameter(0.3)} if lapses else {},
    }
    measures = (*MEASURES, *(one for one in MORE if one.id not in dropped))
    return dataclasses.replace(
        case,
        pathways=case.pathways.model_copy(update=changes),
        recommendations=case.recommendations.model_copy(update={"measures": measures}),
    )


def dynamic_stages(case: Case) -> tuple[StageResult, StageResult]:
    stance, accession = rich_stages(case)
    levels = {"first|2": -0.4, "first|5": -0.9, "third|1": 0.5}
    here = {one.id for one in case.steps}
    return stance, more_draws(
        accession,
        elapsed={"first": 2.5},
        veto={"onset": -3.0, "end": -0.4},
        duration_effect={unit: level for unit, level in levels.items() if unit.partition("|")[0] in here},
        ratification_hold={"share": 0.1, "share|AAC": 0.4, "log_extra_days": 5.5, "sd": 0.7},
    )
