"""`shteg coherence`: do published survey figures fit each other and the population?"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from shteg.cli.app import EXIT_FINDING
from shteg.cli.options import json_option, language_option, require_language
from shteg.edition.build import require_not_later
from shteg.errors import UsageError
from shteg.evidence import Case, default_case, find_case, read_case, read_figures, read_population

if TYPE_CHECKING:
    from shteg.edition.lexicon import Lexicon
    from shteg.survey import CoherenceReport, Finding

SHOWN = ("impossible", "only_by_rounding", "different", "doubtful", "implied", "within_error")
"""Outcomes that are printed: what does not fit, what the figures imply, and what sampling error alone could make."""

HEADINGS = {"findings": "", "implied": "implied", "change": "within_error", "others": ""}
"""Parts of the answer in their order, and the outcome that belongs to each."""


@click.command("coherence")
@click.argument("target", default=default_case)
@click.option("--case", "case_name", help="The case whose population and words to use with a CSV file.")
@click.option("--population", type=click.Path(path_type=Path), help="Population margins (CSV) instead of the case's.")
@click.option("--all", "everything", is_flag=True, help="Also what is consistent and what cannot be checked.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Only the figures that were public on that day.")
@language_option
@json_option
def command(
    target: str,
    case_name: str | None,
    population: Path | None,
    everything: bool,
    as_of: datetime | None,
    language: str | None,
    as_json: bool,
) -> int:
    """Check the published figures of TARGET: a case, or a CSV in the form of surveys/published.csv.

    Exit code 1 if figures and a weight scheme do not fit each other.
    """
    from shteg.survey.coherence.examine import examine_coherence
    from shteg.survey.coherence.polls import as_printed

    case = _case_of(target, case_name, population, as_of.date() if as_of else None)
    spoken = require_language(case, language)
    figures = as_printed(case.published, case.corrected)
    report = examine_coherence(figures, case.population, case.schemes, case.designs, case.questions)
    shown = [check for check in report.checks if everything or _is_shown(check)]
    shown.sort(key=lambda check: list(HEADINGS).index(_heading(check)))
    if as_json:
        click.echo(json.dumps([_plain(check) for check in shown], ensure_ascii=False, indent=1))
    else:
        _print(case, report, shown, spoken)
    return EXIT_FINDING if report.findings else 0


def _case_of(target: str, case_name: str | None, population: Path | None, day: date | None) -> Case:
    """Give the case with the figures to check, its own or those of a CSV file, as they were known on a day."""
    path = Path(target)
    is_table = path.is_file() or path.suffix.lower() == ".csv"
    case = read_case(find_case((case_name or default_case()) if is_table else target))
    if is_table:
        figures = read_figures(path)
        waves = {(figure.series, figure.wave) for figure in figures}
        designs = tuple(design for design in case.designs if (design.series, design.wave) in waves)
        case = replace(case, published=figures, designs=designs, corrected=())
    if day is not None:
        case = _known_on(case, day, own=not is_table)
    if population is not None:
        margins = read_population(population)
        known = {name: scheme for name, scheme in case.schemes.items() if any(row.scheme == name for row in margins)}
        missing = sorted({row.scheme for row in margins} - set(known))
        if missing:
            raise UsageError(
                f"the case has no weight scheme {', '.join(missing)}",
                "name it in surveys/schemes.toml",
                str(population),
            )
        case = replace(case, population=margins, schemes=known)
    return case


def _known_on(case: Case, day: date, *, own: bool) -> Case:
    """Give the figures that were public on a day; an own table may hold figures later than the case's day."""
    if own:
        require_not_later(case, day)
    seen = case.as_of(day)
    if case.published and not seen.published:
        first = min(figure.public_from for figure in case.published)
        raise UsageError(
            f"nothing is known on {day}: no figure was public yet", f"give a day from {first} on", "--as-of"
        )
    return seen


def _heading(check: Finding) -> str:
    if check.is_problem:
        return "findings"
    return next((name for name, outcome in HEADINGS.items() if outcome == check.outcome), "others")


def _is_shown(check: Finding) -> bool:
    """Leave out changes that no document tells: each stands in its own."""
    return check.outcome in SHOWN and not (check.outcome == "within_error" and check.reason.startswith("apart"))


def _plain(check: Finding) -> dict[str, Any]:
    return {name: dict(value) if hasattr(value, "items") else value for name, value in asdict(check).items()}


def _print(case: Case, report: CoherenceReport, shown: Sequence[Finding], language: str) -> None:
    from shteg.edition.lexicon import build_lexicon
    from shteg.report.language.messages import message

    lexicon = build_lexicon(case)
    heading = None
    for check in shown:
        title = _heading(check)
        if title != heading:
            click.echo(("\n" if heading else "") + message(language, f"cli.coherence.{title}"))
            heading = title
        click.echo(f"- {_sentence(case, lexicon, check, language)}")
    parts = {"checks": report.checks, "findings": report.findings, "uncheckable": report.not_checkable}
    click.echo("\n" + message(language, "cli.coherence.counts", {name: str(len(part)) for name, part in parts.items()}))


def _sentence(case: Case, lexicon: Lexicon, check: Finding, language: str) -> str:
    from shteg.report.language.locale import format_number, format_span
    from shteg.report.language.messages import message
    from shteg.survey.opinion.tables import sentence_numbers
    from shteg.survey.published.published import lexicon_args

    numbers = {
        name: format_number(number, language, decimals) for name, (number, decimals) in sentence_numbers(check).items()
    }
    words = lexicon_args(case, **check.message_args)
    dates = {name: format_span(text, language) for name, text in words.items() if name in ("dates", "other_dates")}
    return message(language, check.message_key, {**words, **dates, **numbers}, lexicon)
