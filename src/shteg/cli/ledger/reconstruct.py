"""`shteg reconstruct`: what editions of earlier days would have said, marked as reconstructed."""

from __future__ import annotations

import json
import re
from datetime import date

import click

from shteg.cli.ledger.shared import today, write_option, writing
from shteg.cli.options import build_options, case_argument, json_option
from shteg.cli.progress import progress_bars
from shteg.edition import Options
from shteg.edition.register import Registration, lines_of, plan_reconstruction
from shteg.errors import UsageError
from shteg.evidence import Case, find_case, read_case
from shteg.ledger.writing import append_forecasts


@click.command("reconstruct")
@case_argument
@click.option("--from", "first", type=click.IntRange(1800, 2200), required=True, help="First year.")
@click.option("--to", "last", type=click.IntRange(1800, 2200), help="Last year; that of the case if left out.")
@click.option(
    "--years-ahead", default="1,3,5,10", show_default=True, help="By the end of how many years, separated by commas."
)
@write_option
@build_options
@json_option
def command(
    case: str, first: int, last: int | None, years_ahead: str, write: bool, options: Options, as_json: bool
) -> None:
    """Compute what the edition of each 1 January would have said with what was known then, and write it down.

    The lines are marked as reconstructed and never mixed with real ones. Each year is written when it is done: the same
    command goes on where it was stopped. Without `--write` it only names the days that are not yet in the ledger.
    """
    if options.as_of is not None:
        raise UsageError("the days are those of --from and --to", "leave it out", "--as-of")
    folder, ahead = find_case(case, to_write=write), _years_ahead(years_ahead)
    whole = read_case(folder)
    days = _days(whole, first, last)
    plans = [plan_reconstruction(whole, options, day, ahead) for day in days]
    waiting = [plan for plan in plans if not plan.is_written(whole)]
    done = {"before": [_day(one) for one in plans if one not in waiting], "written": [], "waiting": []}
    done["waiting" if not write else "written"] = [_day(one) for one in waiting]
    if write:
        with progress_bars(quiet=as_json) as tell:
            for number, plan in enumerate(waiting):
                tell("reconstructed", number, len(waiting))
                lines = lines_of(plan, options, today(), tell)
                with writing(folder, write):
                    if not plan.is_written(read_case(folder)):
                        append_forecasts(folder, lines)
            tell("reconstructed", len(waiting), len(waiting))
    if as_json:
        click.echo(json.dumps(done, indent=1))
        return
    for name, words in (
        ("before", "In the ledger already"),
        ("written", "Added to the ledger"),
        ("waiting", "To add; nothing is computed or written without --write"),
    ):
        if done[name]:
            click.echo(f"{words}: {', '.join(done[name])}")


def _day(plan: Registration) -> str:
    return plan.case.header.as_of.isoformat()


def _days(case: Case, first: int, last: int | None) -> list[date]:
    end = last if last is not None else case.header.as_of.year
    if end < first:
        raise UsageError(f"{end} lies before {first}", "give the earlier year with --from", "--to")
    return [date(year, 1, 1) for year in range(first, end + 1)]


def _years_ahead(text: str) -> tuple[int, ...]:
    found = set()
    for part in text.split(","):
        if not re.fullmatch(r"\s*[1-9][0-9]?\s*", part):
            raise UsageError(f"{part!r} is not a number of years from 1 to 99", "write 1,3,5,10", "--years-ahead")
        found.add(int(part))
    return tuple(sorted(found))
