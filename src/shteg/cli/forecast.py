"""`shteg forecast`: the path in the terminal, with intervals and what is assumed."""

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from shteg.cli.options import build_options, case_argument, json_option, language_option, make_options
from shteg.cli.progress import progress_bars
from shteg.edition import run_stages
from shteg.edition.cache import StageCache
from shteg.edition.lexicon import Lexicon, build_lexicon
from shteg.errors import UsageError
from shteg.estimates import StageResult
from shteg.evidence import Case, find_case, read_case


@click.command("forecast")
@case_argument
@click.option(
    "--with", "with_measures", multiple=True, metavar="MEASURE", help="Switch a measure on (repeatable); `all`."
)
@click.option(
    "--without", "without_measures", multiple=True, metavar="MEASURE", help="With `--with all`: leave one out."
)
@language_option
@build_options
@json_option
def command(
    case: str,
    with_measures: Sequence[str],
    without_measures: Sequence[str],
    language: str,
    as_of: datetime | None,
    verified_only: bool,
    threads: int | None,
    cache: Path | None,
    no_cache: bool,
    as_json: bool,
) -> None:
    """Print the probability of each step of CASE by year, with 90 % intervals and what it rests on."""
    options = make_options(as_of, verified_only, threads, cache, no_cache)
    whole = read_case(find_case(case))
    evidence = options.filter(whole)
    if language not in evidence.header.languages:
        raise UsageError(
            f"the case has no language {language!r}",
            "choose one of " + ", ".join(evidence.header.languages),
            "--language",
        )
    measures = _chosen(evidence, with_measures, without_measures)
    with progress_bars(quiet=as_json) as tell:
        results = run_stages(
            evidence,
            StageCache(options.cache),
            options=options.named(whole),
            until="pathways",
            threads=threads,
            progress=tell,
        )
        pathways = results["pathways"]
        if measures:
            from shteg.pathways import simulate_pathways

            tell("with measures", 0, 1)
            pathways = simulate_pathways(
                evidence, results["stance"], results["accession"], measures=measures, threads=threads
            )
            tell("with measures", 1, 1)
    if as_json:
        click.echo(json.dumps(_plain(evidence, pathways, measures), ensure_ascii=False, indent=1))
    else:
        _print(evidence, pathways, measures, language)


def _chosen(case: Case, switched_on: Sequence[str], switched_off: Sequence[str]) -> frozenset[str]:
    known = [measure.id for measure in case.recommendations.measures]
    for name in (*switched_on, *switched_off):
        if name not in (*known, "all"):
            from difflib import get_close_matches

            near = get_close_matches(name, known, 1)
            hint = f"did you mean {near[0]}? " if near else ""
            raise UsageError(f"there is no measure {name!r}", f"{hint}the measures are: {', '.join(known)}", "--with")
    chosen = set(known) if "all" in switched_on else set(switched_on)
    if switched_off and not chosen:
        raise UsageError("--without takes measures out of those switched on", "add `--with all`", "--without")
    return frozenset(chosen - set(switched_off))


def _plain(case: Case, pathways: StageResult, measures: frozenset[str]) -> dict[str, Any]:
    from shteg.pathways import describe_assumptions, forecast_rows

    return {
        "case": case.header.id,
        "as_of": case.header.as_of.isoformat(),
        "measures": sorted(measures),
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
    }


def _print(case: Case, pathways: StageResult, measures: frozenset[str], language: str) -> None:
    from rich.console import Console
    from rich.table import Table

    from shteg.pathways import describe_assumptions, forecast_rows, parameter_titles
    from shteg.report.messages import message

    lexicon: Lexicon = {**build_lexicon(case), **parameter_titles(case)}
    rows = forecast_rows(pathways)
    console = Console()
    table = Table(
        title=message(language, "cli.forecast.title", {"case": case.header.title[language]}), title_justify="left"
    )
    table.add_column(message(language, "cli.forecast.step"))
    for year in rows[0].by_year:
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
    if measures:
        named = ", ".join(lexicon[f"measure:{name}"][language] for name in sorted(measures))
        console.print(message(language, "cli.forecast.measures", {"measures": named}))
    for note in describe_assumptions(pathways):
        named = "; ".join(dict.fromkeys(lexicon[name][language] for name in note.names))
        console.print(message(language, note.key, {**note.args, **({"names": named} if note.names else {})}))


def _percent(share: float, language: str) -> str:
    """Write a probability; one that rounds to 0 or 100 % is given as a bound, since the model never says never."""
    from shteg.report.locale import format_percent

    if share < 0.005:
        return f"<{format_percent(0.01, language)}"
    if share > 0.995:
        return f">{format_percent(0.99, language)}"
    return format_percent(share, language)
