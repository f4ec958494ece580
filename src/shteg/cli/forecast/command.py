"""`shteg forecast`: the path in the terminal, with intervals and what is assumed."""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from shteg.chunks import Executor
from shteg.cli.forecast.options import Asked, chosen_measures, chosen_scenario, read_settings
from shteg.cli.options import build_options, case_argument, check_output, json_option, language_option, require_language
from shteg.cli.past_day import past_day_json, past_day_lines
from shteg.cli.progress import progress_bars
from shteg.edition import Options, run_stages
from shteg.edition.cache import StageCache
from shteg.edition.lexicon import Lexicon, build_lexicon
from shteg.edition.stages import Progress
from shteg.errors import UsageError
from shteg.estimates import StageResult, Value
from shteg.evidence import Case, find_case, read_case

"""The stages that the simulation rests on."""
INTERRUPTED = 130
"""Exit code of a command that the user interrupted."""


@click.command("forecast")
@case_argument
@click.option(
    "--with", "with_measures", multiple=True, metavar="MEASURE", help="Switch a measure on (repeatable); `all`."
)
@click.option(
    "--without", "without_measures", multiple=True, metavar="MEASURE", help="With `--with all`: leave one out."
)
@click.option("--scenario", metavar="ID|FILE", help="A scenario of the case, or of a TOML file (FILE or FILE:ID).")
@click.option(
    "--set", "settings", multiple=True, metavar="NAME=VALUE", help="Set a parameter in every draw (repeatable)."
)
@click.option(
    "--paths", type=click.Path(dir_okay=False, path_type=Path), help="Write every simulated path to a Parquet file."
)
@click.option("--worlds", type=click.IntRange(1), help="With --paths: futures for each draw.")
@click.option(
    "--executor",
    type=click.Choice(["threads", "spark"]),
    default="threads",
    show_default=True,
    help="Where futures are simulated; results never depend on it.",
)
@language_option
@build_options
@json_option
def command(
    case: str,
    with_measures: Sequence[str],
    without_measures: Sequence[str],
    scenario: str | None,
    settings: Sequence[str],
    paths: Path | None,
    worlds: int | None,
    executor: str,
    language: str | None,
    options: Options,
    as_json: bool,
) -> None:
    """Print the probability of each step of CASE by year, with 90 % intervals and what it rests on.

    Without options the answers come with it: who must move, what each measure adds, what the forecast rests on. An
    interrupt (Ctrl-C) prints what the draws done so far say.
    """
    whole = read_case(find_case(case))
    evidence = options.filter(whole)
    spoken = require_language(evidence, language)
    if worlds and not paths:
        raise UsageError("--worlds says how many paths are written", "add `--paths FILE.parquet`", "--worlds")
    if paths:
        check_output(paths, "--paths")
    name, record = chosen_scenario(evidence, scenario, whole)
    asked = Asked(
        measures=chosen_measures(evidence, with_measures, without_measures, whole),
        scenario_name=name,
        scenario=record,
        settings=read_settings(settings),
        executor=executor,
    )
    with progress_bars(quiet=as_json) as tell:
        ways: dict[str, Any] = {"threads": options.threads, "progress": tell}
        kept, until = StageCache(options.cache), "consent" if asked.special else "pathways"
        results = dict(run_stages(evidence, kept, until=until, keep_interrupted=True, **ways).by_stage)
        if asked.special:
            results["pathways"] = _simulate(evidence, results, asked, options.threads, tell)
        if paths:
            _write_paths(evidence, results, asked, paths, worlds, options.threads, tell)
    pathways = results["pathways"]
    if as_json:
        told = _plain(evidence, pathways, asked) | past_day_json(whole, options.as_of)
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        _print_forecast(evidence, pathways, asked, spoken)
        for line in past_day_lines(whole, options.as_of, spoken):
            click.echo(line)
    done = next(value.number for value in pathways.values if value.id == "simulation.draws")
    if pathways.interrupted:
        from shteg.report.language.messages import message

        told = {"done": f"{done:.0f}", "all": str(evidence.pathways.draws)}
        click.echo(message(spoken, "cli.forecast.interrupted", told), err=True)
        sys.exit(INTERRUPTED)


def _simulate(
    evidence: Case, results: Mapping[str, StageResult], asked: Asked, threads: int | None, tell: Progress
) -> StageResult:
    """Simulate what was asked for; answers come with the plain forecast only."""
    from shteg.pathways import simulate_pathways

    def run(executor: Executor | None) -> StageResult:
        return simulate_pathways(
            evidence,
            results["stance"],
            results["accession"],
            results["consent"],
            measures=asked.measures,
            scenario=asked.scenario,
            settings=asked.settings,
            answers=False,
            threads=threads,
            progress=lambda done, total: tell("futures", done, total),
            executor=executor,
            on_interrupt="keep",
        )

    if asked.executor == "threads":
        return run(None)
    from shteg.spark import REMOTE, SparkExecutor

    with SparkExecutor(None if REMOTE in os.environ else f"local[{threads or '*'}]") as spark:
        return run(spark)


def _write_paths(
    evidence: Case,
    results: Mapping[str, StageResult],
    asked: Asked,
    file: Path,
    worlds: int | None,
    threads: int | None,
    tell: Progress,
) -> None:
    from shteg.pathways import export_paths

    export_paths(
        evidence,
        results["stance"],
        results["accession"],
        file,
        consent=results["consent"],
        measures=asked.measures,
        scenario=asked.scenario,
        settings=asked.settings,
        worlds=worlds,
        threads=threads,
        progress=lambda done, total: tell("paths", done, total),
    )


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


def _print_forecast(case: Case, pathways: StageResult, asked: Asked, language: str) -> None:
    """Print the table, what was asked for, the sentences, and what all of it rests on."""
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
