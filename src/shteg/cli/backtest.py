"""`shteg backtest`: how good the forecasts would have been, origin by origin, kept so that it can be interrupted."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from shteg.cli.options import build_options, case_argument, json_option, language_option, require_language
from shteg.cli.progress import progress_bars
from shteg.edition import Options
from shteg.errors import UsageError
from shteg.evidence import Case, find_case, read_case
from shteg.keeping import keep, recall

if TYPE_CHECKING:
    from shteg.estimates import StageResult, Value
    from shteg.evaluation.backtest import OriginPlan


@click.command("backtest")
@case_argument
@click.option("--origins", default="2000-2023", show_default=True, help="Years, as `2000-2023` or `2005,2010`.")
@click.option("--horizons", default="1,3,5,10", show_default=True, help="Years ahead, separated by commas.")
@click.option(
    "--without", default="", metavar="COUNTRIES", help="Country codes to leave out of fits and scores, as `FIN,SWE`."
)
@language_option
@build_options
@json_option
def command(
    case: str,
    origins: str,
    horizons: str,
    without: str,
    language: str | None,
    options: Options,
    as_json: bool,
) -> None:
    """Forecast the ladder of CASE on the first day of each year as it was then known, and score what came of it.

    Finished years are kept: the same command goes on where it was stopped.
    """
    whole = read_case(find_case(case))
    evidence = options.filter(whole)
    spoken = require_language(evidence, language)
    from shteg.evaluation.backtest import plan_origins, run_backtest
    from shteg.evaluation.questions import without_countries
    from shteg.evaluation.stage import held_out_forecasts, summarise

    years, ahead = _years(origins, "--origins"), _years(horizons, "--horizons")
    left_out = tuple(sorted({code.strip().upper() for code in without.split(",") if code.strip()}))
    chosen = without_countries(evidence, left_out)
    plan = plan_origins(chosen, years, ahead)
    _require_origins(plan, chosen)
    for line in _passed_over(plan, chosen, ahead):
        click.echo(line, err=True)
    keeper = _keeper(chosen, options.cache, {**options.named(whole), "without": ",".join(left_out)}, ahead)
    with progress_bars(quiet=as_json) as tell:
        forecasts = run_backtest(
            chosen,
            origins=years,
            horizons=ahead,
            keeper=keeper,
            threads=options.threads,
            progress=lambda done, total: tell("backtest", done, total),
        )
        held = held_out_forecasts(
            chosen, threads=options.threads, progress=lambda done, total: tell("held out", done, total)
        )
        scored = summarise(chosen, forecasts, held)
    result = scored.result
    if not scored.steps.origin:
        raise UsageError(
            "no forecast can be scored: at these origins no country was at risk of a step with an outcome on record",
            "choose other years",
            "--origins",
        )
    if as_json:
        head = {
            "case": chosen.header.id,
            "as_of": chosen.header.as_of.isoformat(),
            "origins": [one.origin for one in forecasts],
            "horizons": list(ahead),
            "passed_over": {"unknown": list(plan.unknown), "no_follow_up": list(plan.without_follow_up)},
            "without": list(left_out),
            "level": 0.9,
        }
        click.echo(json.dumps(head | _plain(result), ensure_ascii=False, indent=1))
    else:
        _print(chosen, result, ahead, spoken)


def _require_origins(plan: OriginPlan, case: Case) -> None:
    """Refuse years none of which can be an origin: nothing known yet, or nothing known of what came."""
    if plan.horizons:
        return
    day = case.header.as_of
    if plan.unknown:
        raise UsageError(
            f"nothing is known on {plan.unknown[0]}-01-01: no country had been at risk of a step",
            "choose later origins",
            "--origins",
        )
    raise UsageError(
        f"no origin leaves room for a horizon before the as-of day, {day}",
        "choose earlier years, or shorter horizons with `--horizons`",
        "--origins",
    )


def _passed_over(plan: OriginPlan, case: Case, horizons: Sequence[int]) -> list[str]:
    """Say which origins and horizons are passed over, and why."""
    day = case.header.as_of
    lines = []
    if plan.unknown:
        lines.append(f"Passed over, since nothing was known yet: {_spans(plan.unknown)}.")
    if plan.without_follow_up:
        lines.append(f"Passed over, since no horizon ends by {day}: {_spans(plan.without_follow_up)}.")
    asked = {horizon for some in plan.horizons.values() for horizon in some}
    if unasked := [horizon for horizon in horizons if horizon not in asked]:
        lines.append(f"Horizons that end after {day} from every origin: {_spans(unasked)}.")
    return lines


def _spans(years: Sequence[int]) -> str:
    """Write years as spans: 1990–1993, 1995."""
    parts: list[list[int]] = []
    for year in years:
        if parts and year == parts[-1][-1] + 1:
            parts[-1] = [parts[-1][0], year]
        else:
            parts.append([year, year])
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in parts)


def _years(text: str, option: str) -> tuple[int, ...]:
    found: set[int] = set()
    for part in text.split(","):
        span = re.fullmatch(r"\s*(\d+)\s*(?:[-–]\s*(\d+)\s*)?", part)
        if span is None or max(map(len, span.groups(default=""))) > 4 or int(span[2] or span[1]) < int(span[1]):
            raise UsageError(f"{part!r} is not a year or a span of years", "write 2000-2023 or 1,3,5", option)
        found |= set(range(int(span[1]), int(span[2] or span[1]) + 1))
    return tuple(sorted(found))


@dataclass(frozen=True, slots=True)
class FolderKeeper:
    """Keeps each origin as one file with its checksum; a file that is not as it was written is made anew."""

    folder: Path

    def load(self, origin: int) -> dict[str, Any] | None:
        """Give what was kept, or None."""
        raw = recall(self.folder / f"{origin}.json")
        plain = None if raw is None else json.loads(raw)
        return plain if isinstance(plain, dict) and plain.get("origin") == origin else None

    def store(self, origin: int, plain: dict[str, Any]) -> None:
        """Keep an origin; a crash while writing leaves nothing half."""
        keep(self.folder / f"{origin}.json", json.dumps(plain, allow_nan=False).encode())


def _keeper(case: Case, cache: Path | None, options: Mapping[str, str], horizons: Sequence[int]) -> FolderKeeper | None:
    """Give the folder for this evidence, this code and these options; None where nothing is kept."""
    if cache is None:
        return None
    from shteg.edition.cache import content_hash
    from shteg.edition.stages import code_hash, library_versions

    parts = [code_hash("evaluation"), ",".join(map(str, horizons))]
    parts += [f"{name}={sha}" for name, sha in sorted(case.files.items()) if not name.startswith("text/")]
    parts += [f"{name}={setting}" for name, setting in sorted({**library_versions(), **options}.items())]
    return FolderKeeper(cache / "backtest" / content_hash(parts)[:32])


def _plain(result: StageResult) -> dict[str, Any]:
    values = {value.id: value for value in result.values}
    names = (*("models", "pool_weights", "skill", "reliability", "observed_expected", "without_countries", "backtest"),)
    return {
        "verdict": values["skill.pool.verdict"].number if "skill.pool.verdict" in values else "not_identified",
        **{name: result.tables[name].frame.to_dicts() for name in names if name in result.tables},
    }


def _print(case: Case, result: StageResult, horizons: Sequence[int], language: str) -> None:
    from rich.console import Console
    from rich.table import Table

    from shteg.evaluation.models import BASE_RATE, MODELS, RUNG_MODELS
    from shteg.report.language.locale import format_number, plural
    from shteg.report.language.messages import message

    values = {value.id: value for value in result.values}

    def cell(name: str) -> str:
        value = values.get(name)
        if value is None or value.low is None or value.high is None or isinstance(value.number, str):
            return "–"
        low, high = (format_number(one, language, 2) for one in (value.low, value.high))
        return f"{format_number(value.number, language, 2)}\n[dim]{low} … {high}[/dim]"

    console = Console()
    for subject in ("ladder", "rungs"):
        title = message(language, f"cli.backtest.{subject}", {"case": case.header.title[language]})
        table = Table(title=title, title_justify="left")
        table.add_column(message(language, "cli.backtest.model"))
        for horizon in horizons:
            years = f"unit.years.{plural(Decimal(horizon), language)}"
            table.add_column(message(language, years, {"number": str(horizon)}), justify="right")
        table.add_column(message(language, "cli.backtest.all"), justify="right")
        for model in (one for one in MODELS if one != BASE_RATE and (subject == "ladder" or one in RUNG_MODELS)):
            name = f"skill.{subject}.{model.replace('_', '-')}"
            cells = [cell(f"{name}.{last}") for last in (*horizons, "all")]
            table.add_row(message(language, f"evaluation.model.{model}"), *cells)
        console.print(table)
    console.print(message(language, "cli.backtest.reading"))
    counts = {
        name: str(int(float(values[f"skill.ladder.{name}"].number))) for name in ("forecasts", "events", "countries")
    }
    console.print(message(language, "cli.backtest.counts", counts))
    console.print(_verdict(values, language))


def _verdict(values: Mapping[str, Value], language: str) -> str:
    """Say by rule how the pool compares with the base rate."""
    from shteg.report.language.messages import message
    from shteg.report.language.values import format_value

    verdict = values["skill.pool.verdict"].number
    names = {"better": "skill.pool.seeds-better", "worse": "skill.pool.seeds-worse", "seeds": "skill.pool.seeds"}
    told = {name: format_value(values[key], language) for name, key in names.items()}
    if skill := values.get("skill.ladder.pool.all"):
        told["skill"] = format_value(skill, language, style="range")
    return message(language, f"sentence.evaluation.pool.{verdict}", told)
