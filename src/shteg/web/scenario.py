"""The process that simulates what an analyst asks for: measures taken, a scenario, parameters set."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from shteg.edition.cache import StageCache
from shteg.edition.lexicon import Lexicon, build_lexicon
from shteg.edition.stages import run_stages
from shteg.errors import ShtegError, UsageError
from shteg.estimates import StageResult
from shteg.evidence import Case, read_case
from shteg.evidence.steps_taken import steps_taken
from shteg.pathways import describe_assumptions, forecast_rows, parameter_titles, simulate_pathways
from shteg.report import format_share
from shteg.report.language.messages import message
from shteg.web.builder import options_of
from shteg.web.child import Requests

MODULE = "shteg.web.scenario"


def main(setting: str) -> None:
    """Simulate at every request, until the server is gone."""
    told = json.loads(setting)
    folder, options = Path(told["case"]), options_of(told)
    tempfile.tempdir = told["work"]  # goes with the studio, also what a killed process leaves there
    requests = Requests()
    for asked in requests:
        number = asked["number"]

        def say(done: int, total: int, number: int = number) -> None:
            requests.say(kind="running", number=number, done=done, total=total)

        try:
            answer = simulate(options.filter(read_case(folder)), StageCache(options.cache), asked, options.threads, say)
            requests.say(kind="done", number=number, **answer)
        except ShtegError as error:
            requests.say(kind="failed", number=number, problem=error.problem, hint=error.hint)
        except Exception as error:  # noqa: BLE001 - a bug must not end the studio, and is shown as one
            requests.say(kind="failed", number=number, problem=f"{type(error).__name__}: {error}", hint="")


def describe_choices(case: Case, language: str) -> dict[str, Any]:
    """Give what a scenario can be made of: measures, scenarios of the case, parameters with their ranges.

    Parameters
    ----------
    case : Case
        As of its day.
    language : str
        One of the case.
    """
    from shteg.pathways.model.parameters import name_parameters

    lexicon = build_lexicon(case)
    return {
        "measures": [
            {"id": one.id, "title": lexicon[f"measure:{one.id}"][language], "area": one.area}
            for one in case.recommendations.measures
        ],
        "areas": [{"id": one.id, "title": one.title[language]} for one in case.recommendations.areas],
        "scenarios": [{"id": name, "title": one.title[language]} for name, one in case.scenarios.items()],
        "parameters": [
            {
                "name": name,
                "title": one.parameter.title[language],
                "value": one.parameter.value,
                "low": one.parameter.low,
                "high": one.parameter.high,
            }
            for name, one in name_parameters(case.pathways).items()
        ],
    }


def simulate(case: Case, cache: StageCache, asked: Mapping[str, Any], threads: int | None, say: Any) -> dict[str, Any]:
    """Simulate what is asked for, and give it beside the plain forecast as rows of words.

    Parameters
    ----------
    case : Case
        As of its day.
    cache : StageCache
        Where results are kept.
    asked : mapping
        `measures` (ids), `scenario` (id or empty), `settings` (name to number), `language`.
    threads : int, optional
        To use.
    say : callable
        Told `(done, total)`.

    Returns
    -------
    dict
        `years`; `rows`, each with its step, label and cells (words and shares, before and now); `sentences`; `asked`.

    Raises
    ------
    UsageError
        There is no such measure or scenario.
    ModelError
        A parameter does not exist or cannot be set so.
    """
    language = next((one for one in case.header.languages if one == asked["language"]), None)
    if language is None:
        raise UsageError(f"the case has no language {asked['language']!r}", "load the studio again")
    known = {one.id for one in case.recommendations.measures}
    measures, name = frozenset(asked["measures"]), asked["scenario"]
    if measures - known:
        raise UsageError(f"there is no measure {sorted(measures - known)[0]!r}", "load the form again")
    if name and name not in case.scenarios:
        raise UsageError(f"there is no scenario {name!r}", "load the form again")
    plain = run_stages(case, cache, until="pathways", threads=threads)
    found = simulate_pathways(
        case,
        plain["stance"],
        plain["accession"],
        plain["consent"],
        measures=measures,
        scenario=case.scenarios[name] if name else None,
        settings={parameter: float(number) for parameter, number in asked["settings"].items()},
        answers=False,
        threads=threads,
        progress=say,
    )
    lexicon: Lexicon = {**build_lexicon(case), **parameter_titles(case)}
    return {
        "years": [str(year) for year in sorted(set(case.pathways.report_years))],
        "rows": _rows(case, plain["pathways"], found, lexicon, language),
        "sentences": _sentences(found, lexicon, language),
        "asked": {"measures": sorted(measures), "scenario": name, "settings": dict(asked["settings"])},
    }


def _rows(case: Case, plain: StageResult, found: StageResult, lexicon: Lexicon, language: str) -> list[dict[str, Any]]:
    taken = steps_taken(case)
    before = {row.step: row for row in forecast_rows(plain)}
    return [
        {
            "step": lexicon[f"step:{row.step}"][language],
            "label": message(language, f"label.{row.label}"),
            "cells": [
                {
                    "before": _percent(before[row.step].by_year[year][0], language),
                    "now": _percent(now, language),
                    "interval": f"{_percent(low, language)}–{_percent(high, language)}",
                    "share": round(now, 6),
                    "share_before": round(before[row.step].by_year[year][0], 6),
                }
                for year, (now, low, high) in row.by_year.items()
            ],
        }
        for row in forecast_rows(found)
        if row.step not in taken
    ]


def _sentences(found: StageResult, lexicon: Lexicon, language: str) -> list[str]:
    told = []
    for note in describe_assumptions(found):
        named = "; ".join(dict.fromkeys(lexicon[name][language] for name in note.names))
        told.append(message(language, note.key, {**note.args, **({"names": named} if note.names else {})}))
    return told


def _percent(share: float, language: str) -> str:
    return format_share(share, language, decimals=0, modelled=True, short=True)
