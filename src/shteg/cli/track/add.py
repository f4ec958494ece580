"""`shteg track add`: an event of a commitment, checked and added to the events of the case."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import datetime
from typing import get_args

import click

from shteg.cli.options import case_argument, json_option, language_option
from shteg.edition.folders.lock import locked
from shteg.errors import CaseError, UsageError
from shteg.evidence import find_case
from shteg.evidence.records.commitments import Axis
from shteg.tracker.writing import append_line, check_line, compose_line

AXES: tuple[str, ...] = get_args(Axis)
NEEDED = ("commitment", "axis", "stage", "date", "source", "grade")
"""Options that are asked for where they are not given, in this order; an event that withdraws has no stage."""


@click.command("add")
@case_argument
@click.option("--commitment", default="", metavar="ID", help="Id in commitments.csv.")
@click.option("--axis", default="", metavar="AXIS", help="Whose word it is: official, evidence or assessment.")
@click.option("--stage", default="", metavar="ID", help="Stage of its life cycle, or not_started, or reversed.")
@click.option("--withdraws", type=click.IntRange(1), help="Instead of a stage: number of the line it withdraws.")
@click.option("--date", "date", default="", metavar="DATE", help="When it happened: a day, a month or a year.")
@click.option("--known-on", default="", metavar="DATE", help="When the public could know it, if that was later.")
@click.option("--source", default="", metavar="ID", help="Id in sources.toml of the document that says so.")
@click.option("--grade", default="", metavar="GRADE", help="Admiralty grade, such as B2.")
@click.option("--note", default="", metavar="TEXT", help="What an editor should know; stands in the data only.")
@click.option("--dry-run", is_flag=True, help="Check the line and print it; write nothing.")
@language_option
@json_option
def add(case: str, withdraws: int | None, dry_run: bool, language: str | None, as_json: bool, **given: str) -> None:
    """Add an event to commitments/events.csv of CASE.

    What is not given is asked for. The line is checked as `shteg check` would, and refused with a hint if it does not
    fit. Two people who add at once wait for each other.
    """
    folder = find_case(case, to_write=True)
    _ask(given, withdraws is not None, may_ask=sys.stdin.isatty() and not as_json)
    cells = {
        "commitment": given["commitment"], "axis": given["axis"], "stage": given["stage"],
        "withdraws": str(withdraws or ""), "happened_on": given["date"], "known_on": given["known_on"],
        "recorded_on": datetime.now().astimezone().date().isoformat(), "source": given["source"],
        "grade": given["grade"].upper(), "note": given["note"],
    }  # fmt: skip
    lock = folder / ".track.lock"
    with locked(lock, lambda process: click.echo("Waiting for another shteg …", err=True)):
        line = compose_line(folder, cells)
        problems = check_line(folder, line)
        if problems:
            raise CaseError(problems)
        if not dry_run:
            append_line(folder, line)
    if as_json:
        told = {"event": line.cells, "line": line.line, "written": not dry_run}
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    _print(line.cells, language or "en", dry_run)


def _ask(given: dict[str, str], withdraws: bool, *, may_ask: bool) -> None:
    """Ask for what is missing; where nobody can be asked, say what is."""
    if withdraws and given["stage"]:
        raise UsageError("an event that withdraws a line names no stage", "leave one of the two out", "--withdraws")
    for name in NEEDED:
        if given[name].strip() or (name == "stage" and withdraws):
            continue
        if not may_ask:
            raise UsageError(
                f"nothing says the {name}", f"give `--{name}`; `shteg track add -h` says what", f"--{name}"
            )
        given[name] = click.prompt(_question(name), type=click.Choice(AXES) if name == "axis" else str)


def _question(name: str) -> str:
    return {
        "commitment": "Commitment (id in commitments.csv)",
        "axis": "Whose word it is",
        "stage": "Stage of its life cycle (or not_started, reversed)",
        "date": "When it happened (YYYY-MM-DD, YYYY-MM or YYYY)",
        "source": "Source (id in sources.toml)",
        "grade": "Grade (A1 to F6)",
    }[name]


def _print(cells: Mapping[str, str], language: str, dry_run: bool) -> None:
    from shteg.report.language.messages import message

    key = "checked" if dry_run else "written"
    click.echo(message(language, f"cli.track.{key}", {"id": cells["id"], "commitment": cells["commitment"]}))
