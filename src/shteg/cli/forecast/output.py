"""The forecast as a table with sentences, or as JSON with every number's label and sources."""

import json
from collections.abc import Mapping
from typing import Any

from shteg.cli.forecast.options import Asked
from shteg.edition.lexicon import Lexicon, build_lexicon
from shteg.estimates import StageResult, Value
from shteg.evidence import Case


def as_json_text(case: Case, pathways: StageResult, asked: Asked, told: Mapping[str, Any]) -> str:
    """Write everything as JSON, with what is told of the day besides.

    Parameters
    ----------
    case : Case
        As of its day.
    pathways : StageResult
        Of the simulation.
    asked : Asked
        Measures, scenario and settings that the forecast was asked for.
    told : mapping of str
        Further keys of the JSON object: what the day passes over and leaves out.

    Returns
    -------
    str
        A JSON object, probabilities as shares in [0, 1].
    """
    return json.dumps(_plain(case, pathways, asked) | dict(told), ensure_ascii=False, indent=1)


def _plain(case: Case, pathways: StageResult, asked: Asked) -> dict[str, Any]:
    from shteg.pathways import describe_assumptions, forecast_rows

    values = {value.id: value for value in pathways.values}
    return {
        "case": case.header.id,
        "as_of": case.header.as_of.isoformat(),
        "measures": sorted(asked.measures),
        "scenario": asked.scenario_name,
        "set": dict(sorted(asked.settings.items())),
        "draws": values["simulation.draws"].number,
        "level": 0.9,
        "steps": [
            {
                "step": row.step,
                "label": row.label,
                "median_year": row.median_year,
                "by_year": {
                    str(year): {"probability": p, "low": low, "high": high}
                    for year, (p, low, high) in row.by_year.items()
                },
            }
            for row in forecast_rows(pathways)
        ],
        "assumptions": [
            {"label": note.label, "key": note.key, "names": list(note.names), **note.args}
            for note in describe_assumptions(pathways)
        ],
        "values": [_value(value) for value in pathways.values],
        "tables": {name: table.frame.to_dicts() for name, table in pathways.tables.items()},
    }


def _value(value: Value) -> dict[str, Any]:
    """Give a number with what it rests on."""
    found: dict[str, Any] = {"id": value.id, "number": value.number, "unit": value.unit, "label": value.label}
    if value.low is not None:
        found |= {"low": value.low, "high": value.high, "level": value.level}
    return found | {"sources": list(value.source_ids), "verified": value.verified, "method": value.method}


def print_forecast(case: Case, pathways: StageResult, asked: Asked, language: str) -> None:
    """Print the table, what was asked for, the sentences, and what all of it rests on.

    Parameters
    ----------
    case : Case
        As of its day.
    pathways : StageResult
        Of the simulation.
    asked : Asked
        Measures, scenario and settings that the forecast was asked for.
    language : str
        Code of a language of the case, such as `en`.
    """
    from rich.console import Console
    from rich.table import Table

    from shteg.evidence.steps_taken import steps_taken
    from shteg.pathways import describe_assumptions, forecast_rows, parameter_titles
    from shteg.report.language.messages import message

    lexicon: Lexicon = {**build_lexicon(case), **parameter_titles(case)}
    taken = steps_taken(case)
    rows = [row for row in forecast_rows(pathways) if row.step not in taken]
    console = Console()
    table = Table(
        title=message(language, "cli.forecast.title", {"case": case.header.title[language]}), title_justify="left"
    )
    table.add_column(message(language, "cli.forecast.step"))
    for year in sorted(set(case.pathways.report_years)):
        table.add_column(str(year), justify="right")
    table.add_column(message(language, "cli.forecast.label"))
    for row in rows:
        cells = [
            f"{_percent(p, language)}\n[dim]{_percent(low, language)}–{_percent(high, language)}[/dim]"
            for p, low, high in row.by_year.values()
        ]
        table.add_row(lexicon[f"step:{row.step}"][language], *cells, message(language, f"label.{row.label}"))
    console.print(table)
    console.print(message(language, "cli.forecast.reading"))
    if taken:
        named = "; ".join(lexicon[f"step:{step}"][language] for step in taken)
        console.print(message(language, "cli.forecast.taken", {"steps": named}))
    for line in _asked_for(asked, lexicon, language):
        console.print(line, markup=False)
    for line in _sentences(pathways, lexicon, language):
        console.print(line, markup=False)
    for note in describe_assumptions(pathways):
        named = "; ".join(dict.fromkeys(lexicon[name][language] for name in note.names))
        console.print(message(language, note.key, {**note.args, **({"names": named} if note.names else {})}))


def _asked_for(asked: Asked, lexicon: Lexicon, language: str) -> list[str]:
    from shteg.report.language.messages import message

    lines = []
    if asked.scenario:
        lines.append(message(language, "cli.forecast.scenario", {"scenario": asked.scenario.title[language]}))
    if asked.measures:
        named = ", ".join(lexicon[f"measure:{name}"][language] for name in sorted(asked.measures))
        lines.append(message(language, "cli.forecast.measures", {"measures": named}))
    if asked.settings:
        pairs = ", ".join(f"{name} = {number:g}" for name, number in sorted(asked.settings.items()))
        lines.append(message(language, "cli.forecast.settings", {"settings": pairs}))
    return lines


def _sentences(pathways: StageResult, lexicon: Lexicon, language: str) -> list[str]:
    """Write what the answers come to, under a line that names the step; nothing where there are none."""
    if "explanations" not in pathways.tables:
        return []
    from shteg.report import render_explanations
    from shteg.report.language.messages import message

    rows = pathways.tables["explanations"].frame.to_dicts()
    values = {value.id: value for value in pathways.values}
    told = [f"· {one}" for one in render_explanations(rows, language, lexicon, values)]
    step = next((json.loads(row["fills"])["step"][0] for row in rows if "step" in json.loads(row["fills"])), None)
    heading = [message(language, "sentence.pathways.heading", {"step": lexicon[step][language]}) + ":"] if step else []
    return [*heading, *told]


def _percent(share: float, language: str) -> str:
    """Write a probability; one that rounds to 0 or 100 % is given as a bound, since the model never says never."""
    from shteg.report import format_share

    return format_share(share, language, decimals=0, modelled=True, short=True)
