"""`shteg track list`: where the commitments of a case stand, and what happened to one."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import click

from shteg.cli.options import build_options, case_argument, json_option, language_option, require_language
from shteg.edition import Options
from shteg.edition.lexicon import build_lexicon
from shteg.errors import UsageError
from shteg.estimates import Table
from shteg.evidence import Case, find_case, read_case
from shteg.evidence.records.commitments import NOT_STARTED, REVERSED
from shteg.hints import nearest
from shteg.tracker.stage import track_commitments

Say = Callable[..., str]
Row = dict[str, Any]


@click.command("list")
@case_argument
@click.option("--commitment", metavar="ID", help="Only this commitment, with what happened to it.")
@click.option("--addressee", metavar="ID", help="Only the commitments of this addressee.")
@language_option
@build_options
@json_option
def listing(
    case: str, commitment: str | None, addressee: str | None, language: str | None, options: Options, as_json: bool
) -> None:
    """List the commitments of CASE with their status, and the completed share beside the stage-weighted one."""
    whole = options.filter(read_case(find_case(case)))
    spoken = require_language(whole, language)
    tables = track_commitments(whole).tables
    rows, events = (_rows(tables.get(name)) for name in ("commitments", "happenings"))
    for name, wanted, option in (("commitment", commitment, "--commitment"), ("addressee", addressee, "--addressee")):
        if wanted is not None:
            rows = _chosen(rows, name, wanted, option)
    kept = {row["commitment"] for row in rows}
    events = [row for row in events if row["commitment"] in kept]
    if as_json:
        shares = _rows(tables.get("shares"))
        found = {"case": whole.header.id, "as_of": whole.header.as_of.isoformat(), "verdicts": bool(shares)}
        told = {**found, "commitments": rows, "happenings": events, "shares": shares}
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    _print(whole, spoken, rows, events if commitment else [], _rows(tables.get("shares"))[:1])


def _rows(table: Table | None) -> list[Row]:
    return [] if table is None else list(table.frame.iter_rows(named=True))


def _chosen(rows: Sequence[Row], name: str, wanted: str, option: str) -> list[Row]:
    found = [row for row in rows if row[name] == wanted]
    if not found:
        near = nearest(wanted, {row[name] for row in rows})
        hint = f"did you mean `{near}`?" if near else "`shteg track list --json` lists them"
        raise UsageError(f"no {name} `{wanted}` is followed", hint, option)
    return found


def _print(case: Case, language: str, rows: Sequence[Row], events: Sequence[Row], shares: Sequence[Row]) -> None:
    from shteg.report.language.locale import format_date, format_percent
    from shteg.report.language.messages import message

    lexicon = build_lexicon(case)

    def say(key: str, **filled: str) -> str:
        return message(language, key, filled)

    if not rows:
        click.echo(say("cli.track.none"))
    for row in rows:
        title = lexicon[f"commitment:{row['commitment']}"][language]
        filled = {"id": row["commitment"], "title": title}
        if row["status"] is None:
            click.echo(say("cli.track.line.plain", **filled, count=str(row["events"])))
        else:
            told = {"status": say(f"tracker.status.{row['status']}"), "time": say(f"tracker.time.{row['timeliness']}")}
            click.echo(say("cli.track.line", **filled, **told))
    for event in events:
        cycle = next(row["life_cycle"] for row in rows if row["commitment"] == event["commitment"])
        own = event["stage"] not in (NOT_STARTED, REVERSED)
        stage = (
            lexicon[f"life-stage:{cycle}.{event['stage']}"][language] if own else say(f"tracker.stage.{event['stage']}")
        )
        key = "cli.track.event" if event["withdrawn_by"] is None else "cli.track.withdrawn"
        when, axis = format_date(event["happened_on"], language), say(f"tracker.axis.{event['axis']}")
        click.echo("  " + say(key, date=when, axis=axis, stage=stage, source=event["source"], grade=event["grade"]))
    for share in shares:
        shown = {name: format_percent(share[f"{name}_share"], language) for name in ("completed", "weighted")}
        click.echo(say("cli.track.shares", count=str(share["commitments"]), **shown))
