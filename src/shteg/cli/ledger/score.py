"""`shteg score`: how the forecasts of the ledger fared, what is overdue first."""

from __future__ import annotations

import json
from collections.abc import Sequence

import click

from shteg.cli.ledger.shared import listed, rows_of, step_name, told
from shteg.cli.options import build_options, case_argument, json_option, language_option, require_language
from shteg.edition import Options
from shteg.evidence import Case, find_case, read_case
from shteg.ledger.lines import KINDS
from shteg.ledger.scores import ALL, LedgerScore, score_ledger
from shteg.ledger.standing import Standing, standing_forecasts


@click.command("score")
@case_argument
@language_option
@build_options
@json_option
def command(case: str, language: str | None, options: Options, as_json: bool) -> None:
    """Score the forecasts in the ledger of CASE: real and reconstructed ones apart, each forecast once.

    Beside every score stands the share closed of those whose day has passed: what is overdue could change it.
    """
    evidence = options.filter(read_case(find_case(case)))
    spoken = require_language(evidence, language)
    forecasts = standing_forecasts(evidence)
    scores = score_ledger(forecasts)
    overdue = [one for one in forecasts if one.counted and one.status == "overdue"]
    if as_json:
        head = {"case": evidence.header.id, "as_of": evidence.header.as_of.isoformat()}
        found = {**head, "overdue": [told(one) for one in overdue], "scores": rows_of(scores)}
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    _print(evidence, overdue, scores, spoken)


def _print(case: Case, overdue: Sequence[Standing], scores: Sequence[LedgerScore], language: str) -> None:
    from rich.console import Console
    from rich.table import Table

    from shteg.report.language.locale import format_number
    from shteg.report.language.messages import message
    from shteg.report.language.precision import format_share
    from shteg.report.language.words import NOTHING

    if not scores:
        click.echo(message(language, "cli.ledger.empty"))
        return
    if overdue:
        click.echo(message(language, "cli.ledger.overdue", {"count": str(len(overdue))}))
        for line in listed(case, overdue, language, "cli.ledger.due-line"):
            click.echo(line)
    console = Console()
    for kind in KINDS:
        rows = [row for row in scores if row.kind == kind]
        if not rows:
            continue
        table = Table(title=message(language, f"ledger.kind.{kind}"), title_justify="left")
        for number, name in enumerate(("step", "scored", "happened", "resolved", "log", "brier")):
            heading = message(language, f"publish.ledger.column.{name}")
            table.add_column(heading, justify="right" if number else "left")
        for row in rows:
            scored = row.log is not None and row.brier is not None
            table.add_row(
                message(language, "ledger.all") if row.step == ALL else step_name(case, row.step, language),
                str(row.scored),
                str(row.happened),
                NOTHING if row.resolved_share is None else format_share(row.resolved_share, language),
                format_number(row.log, language, 3) if scored and row.log is not None else NOTHING,
                format_number(row.brier, language, 3) if scored and row.brier is not None else NOTHING,
            )
        console.print(table)
    console.print(message(language, "cli.ledger.reading"))
