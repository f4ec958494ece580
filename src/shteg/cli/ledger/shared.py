"""What the commands of the ledger share: `--write`, today, one writer at a time, how a forecast is named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from shteg.cli.options import Command
from shteg.edition.folders.lock import locked
from shteg.evidence import Case
from shteg.ledger.standing import Standing

MOST_LISTED = 12
"""Forecasts that are listed one by one; `--json` lists all."""


def write_option(function: Command) -> Command:
    """`--write`: without it, nothing is written."""
    return click.option("--write", is_flag=True, help="Add the lines to the files of the case.")(function)


def today() -> date:
    """Give the day of this machine: it is written down, and no result rests on it."""
    return datetime.now().astimezone().date()


@contextmanager
def writing(folder: Path, write: bool) -> Iterator[None]:
    """Let one process at a time add to the ledger of a case; who only reads waits for nobody."""
    if not write:
        yield
        return
    with locked(folder / ".ledger.lock", lambda process: click.echo("Waiting for another shteg …", err=True)):
        yield


def listed(case: Case, forecasts: Sequence[Standing], language: str, key: str) -> list[str]:
    """List what is overdue, a line each, up to `MOST_LISTED`.

    Parameters
    ----------
    case : Case
    forecasts : sequence of Standing
    language : str
        In which it is said.
    key : str
        Of the message for one.

    Returns
    -------
    list of str
    """
    from shteg.report.language.messages import message

    lines = [f"  {sentence(case, one, language, key)}" for one in forecasts[:MOST_LISTED]]
    if more := len(forecasts) - MOST_LISTED:
        lines += [f"  {message(language, 'cli.ledger.more', {'count': str(more)})}"] if more > 0 else []
    return lines


def step_name(case: Case, step: str, language: str) -> str:
    """Name a step; one that the case no longer has is called as its event, or keeps its id.

    Parameters
    ----------
    case : Case
    step : str
        Its id.
    language : str
        One of the case's.

    Returns
    -------
    str
    """
    titles = {one.id: one.title for one in case.steps}
    named = titles.get(step) or case.labels.get("event", {}).get(step)
    return named[language] if named else step


def told(one: Standing) -> dict[str, Any]:
    """Give a forecast with its standing, for programs."""
    line = one.line
    plain: Mapping[str, Any] = line.model_dump(mode="json")
    closed = one.closed.model_dump(mode="json") if one.closed else None
    return {**plain, "status": one.status, "counted": one.counted, "scored": one.scored, "resolution": closed}


def rows_of(rows: Any) -> list[dict[str, Any]]:
    """Give rows of a table as plain mappings."""
    return [asdict(row) for row in rows]


def sentence(case: Case, one: Standing, language: str, key: str, **more: str) -> str:
    """Say something of a forecast in a sentence.

    Parameters
    ----------
    case : Case
        Names the step.
    one : Standing
        The forecast.
    language : str
        In which it is said.
    key : str
        Of the message, which may use id, step, due, made_on and probability.
    **more : str
        What else fills it.

    Returns
    -------
    str
    """
    from shteg.report.language.locale import format_date
    from shteg.report.language.messages import message
    from shteg.report.language.precision import format_share

    filled = {
        "id": one.line.id,
        "step": step_name(case, one.line.step, language),
        "due": format_date(one.line.due.last.isoformat(), language),
        "made_on": format_date(one.line.made_on.last.isoformat(), language),
        "probability": format_share(one.line.probability, language),
        **more,
    }
    return message(language, key, filled)
