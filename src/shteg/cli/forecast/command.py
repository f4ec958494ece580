"""`shteg forecast`: the path in the terminal, with intervals and what is assumed."""

import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import click

from shteg.chunks import Executor
from shteg.cli.forecast.options import Asked, chosen_measures, chosen_scenario, read_settings
from shteg.cli.forecast.output import as_json_text, print_forecast
from shteg.cli.options import build_options, case_argument, check_output, json_option, language_option, make_options
from shteg.cli.past_day import past_day_json, past_day_lines
from shteg.cli.progress import progress_bars
from shteg.edition import Options, run_stages
from shteg.edition.cache import StageCache
from shteg.edition.stages import Progress
from shteg.errors import UsageError
from shteg.estimates import StageResult
from shteg.evidence import Case, find_case, read_case

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
    language: str,
    as_of: datetime | None,
    verified_only: bool,
    threads: int | None,
    cache: Path | None,
    no_cache: bool,
    as_json: bool,
) -> None:
    """Print the probability of each step of CASE by year, with 90 % intervals and what it rests on.

    Without options the answers come with it: who must move, what each measure adds, what the forecast rests on. An
    interrupt (Ctrl-C) prints what the draws done so far say.
    """
    options = make_options(as_of, verified_only, threads, cache, no_cache)
    whole = read_case(find_case(case))
    evidence = options.filter(whole)
    if language not in evidence.header.languages:
        raise UsageError(
            f"the case has no language {language!r}",
            "choose one of " + ", ".join(evidence.header.languages),
            "--language",
        )
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
        results = run_stages(
            evidence,
            StageCache(options.cache),
            until="accession" if asked.special else "pathways",
            threads=threads,
            progress=tell,
            keep_interrupted=True,
        ).by_stage
        if asked.special:
            results = {**results, **_stances(evidence, options, whole, threads, tell)}
            results["pathways"] = _simulate(evidence, results, asked, threads, tell)
        if paths:
            _write_paths(evidence, results, asked, paths, worlds, threads, tell)
    pathways = results["pathways"]
    if as_json:
        click.echo(as_json_text(evidence, pathways, asked, past_day_json(whole, options.as_of)))
    else:
        print_forecast(evidence, pathways, asked, language)
        for line in past_day_lines(whole, options.as_of, language):
            click.echo(line)
    done = next(value.number for value in pathways.values if value.id == "simulation.draws")
    if pathways.interrupted:
        from shteg.report.language.messages import message

        told = {"done": f"{done:.0f}", "all": str(evidence.pathways.draws)}
        click.echo(message(language, "cli.forecast.interrupted", told), err=True)
        sys.exit(INTERRUPTED)


def _stances(
    evidence: Case, options: Options, whole: Case, threads: int | None, tell: Progress
) -> Mapping[str, StageResult]:
    return run_stages(
        evidence,
        StageCache(options.cache),
        until="stance",
        threads=threads,
        progress=tell,
    ).by_stage


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
    from shteg.spark import SparkExecutor

    with SparkExecutor(f"local[{threads or '*'}]") as spark:
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
        measures=asked.measures,
        scenario=asked.scenario,
        settings=asked.settings,
        worlds=worlds,
        threads=threads,
        progress=lambda done, total: tell("paths", done, total),
    )
