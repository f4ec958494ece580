"""`shteg resolve`: closes what the evidence decides, or the user with reason and source; lists what is overdue."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

import click

from shteg.cli.ledger.shared import MOST_LISTED, sentence, today, told, write_option, writing
from shteg.cli.options import build_options, case_argument, json_option, language_option, require_language
from shteg.edition import Options
from shteg.errors import UsageError
from shteg.evidence import Case, find_case, read_case
from shteg.evidence.records.dates import DateInterval
from shteg.hints import nearest
from shteg.ledger.deciding import Settled, resolution_line, resolution_lines, settle_by_evidence
from shteg.ledger.standing import Standing
from shteg.ledger.writing import append_resolutions

BY_HAND = {"yes": "yes", "no": "no", "void": "void", "reopen": "open"}
"""Options, with the outcome that each writes."""


@click.command("resolve")
@case_argument
@click.option(
    "--yes", multiple=True, metavar="ID", help="Close this forecast as reached, by hand; `*` stands for any part."
)
@click.option("--no", multiple=True, metavar="ID", help="Close this forecast as not reached, by hand.")
@click.option("--void", multiple=True, metavar="ID", help="Close this forecast as one that cannot be judged.")
@click.option("--reopen", multiple=True, metavar="ID", help="Take back what closed this forecast.")
@click.option("--reason", default="", help="Why, for what is closed by hand.")
@click.option("--source", default="", help="Id in sources.toml of the document that says so.")
@click.option("--happened-on", default="", metavar="DATE", help="When the step was reached, for `--yes`.")
@write_option
@language_option
@build_options
@json_option
def command(
    case: str,
    reason: str,
    source: str,
    happened_on: str,
    write: bool,
    language: str | None,
    options: Options,
    as_json: bool,
    **by_hand: tuple[str, ...],
) -> None:
    """Say what the evidence decides of the forecasts in the ledger of CASE, and what is overdue.

    A forecast is yes where ladder.csv surely has the step by its last day, no where that day has passed, the evidence
    runs past it and has none. What was closed otherwise before is corrected by a new line. `--write` adds the lines.
    """
    folder = find_case(case, to_write=write)
    with writing(folder, write):
        whole = options.filter(read_case(folder))
        spoken = require_language(whole, language)
        settled = settle_by_evidence(whole)
        named = {BY_HAND[name]: ids for name, ids in by_hand.items() if ids}
        if named:
            _require_reason(whole, reason, source)
            lines = _lines_by_hand(whole, settled, named, reason, source, happened_on)
        else:
            lines = resolution_lines(whole, settled)
        if write:
            _require_all_evidence(options)
            append_resolutions(folder, lines)
    closed = {line["forecast"] for line in lines if line["outcome"] != "open"}
    overdue = [one for one in settled if one.standing.status == "overdue" and one.standing.line.id not in closed]
    if as_json:
        _print_json(whole, lines, overdue, write)
    else:
        _print(whole, {one.standing.line.id: one for one in settled}, lines, overdue, spoken, write)


def _require_all_evidence(options: Options) -> None:
    for given, option in ((options.as_of is not None, "--as-of"), (options.verified_only, "--verified-only")):
        if given:
            raise UsageError("what is written rests on all the evidence", f"leave {option} out", option)


def _require_reason(case: Case, reason: str, source: str) -> None:
    if not reason.strip():
        raise UsageError("nothing says why", "give `--reason`, in a sentence", "--reason")
    if source not in case.sources:
        near = nearest(source, case.sources)
        hint = f"did you mean `{near}`?" if near else "give the id of a source in sources.toml with `--source`"
        raise UsageError(f"source `{source}` is not in sources.toml", hint, "--source")


def _lines_by_hand(
    case: Case,
    settled: Sequence[Settled],
    named: Mapping[str, Sequence[str]],
    reason: str,
    source: str,
    happened_on: str,
) -> list[dict[str, str]]:
    known = {one.standing.line.id: one.standing for one in settled}
    listed = [(outcome, one) for outcome, ids in named.items() for name in ids for one in _fitting(name, known)]
    lines: list[dict[str, str]] = []
    for outcome, name in listed:
        option = f"--{next(one for one, meant in BY_HAND.items() if meant == outcome)}"
        if name not in known:
            near = nearest(name, known)
            hint = f"did you mean `{near}`?" if near else "`shteg resolve --json` lists what is overdue"
            raise UsageError(f"forecast `{name}` is not in ledger.csv", hint, option)
        if [one for _, one in listed].count(name) > 1:
            raise UsageError(f"forecast `{name}` is named twice", "close it in one way", option)
        one = known[name]
        if outcome == "open" and (one.closed is None or one.closed.outcome == "open"):
            raise UsageError(f"forecast `{name}` is not closed", "there is nothing to take back", option)
        if outcome == "no" and not one.due_passed:
            raise UsageError(f"forecast `{name}` may come true until {one.line.due}", "wait for that day", option)
        lines.append(
            resolution_line(
                case, one, outcome, len(case.resolutions) + len(lines) + 1, reason=reason.strip(), source=source,
                happened_on=_happened(case, one.line.due, happened_on) if outcome == "yes" else None,
            )
        )  # fmt: skip
    return lines


def _fitting(name: str, known: Mapping[str, Standing]) -> list[str]:
    """Give the overdue forecasts that a name with `*` fits; a name without stands for itself."""
    if "*" not in name:
        return [name]
    found = [one.line.id for one in known.values() if one.status == "overdue" and fnmatchcase(one.line.id, name)]
    if not found:
        raise UsageError(f"no overdue forecast fits `{name}`", "`shteg resolve --json` lists what is overdue")
    return found


def _happened(case: Case, due: DateInterval, text: str) -> DateInterval:
    try:
        when = DateInterval.parse(text)
    except ValueError as error:
        hint = "write the day as YYYY-MM-DD, or the month or year that the source gives"
        raise UsageError(str(error), hint, "--happened-on") from error
    end = min(due.last, case.header.as_of)
    if when.last > end:
        raise UsageError(f"{when} is not surely by {end}", "give a day up to then", "--happened-on")
    return when


def _print_json(case: Case, lines: Sequence[Mapping[str, str]], overdue: Sequence[Settled], write: bool) -> None:
    found: dict[str, Any] = {
        "case": case.header.id,
        "as_of": case.header.as_of.isoformat(),
        "overdue": [told(one.standing) | {"why": one.verdict.undecided or "not_written"} for one in overdue],
        "resolutions": list(lines),
        "written": write and bool(lines),
    }
    click.echo(json.dumps(found, ensure_ascii=False, indent=1))


def _print(
    case: Case,
    settled: Mapping[str, Settled],
    lines: Sequence[Mapping[str, str]],
    overdue: Sequence[Settled],
    language: str,
    write: bool,
) -> None:
    from shteg.report.language.locale import format_date
    from shteg.report.language.messages import message

    def say(key: str, **filled: str) -> None:
        click.echo(message(language, f"cli.ledger.{key}", filled))

    if not settled:
        say("empty")
        return
    if overdue:
        say("overdue", count=str(len(overdue)))
        for one in overdue[:MOST_LISTED]:
            why = message(language, f"cli.ledger.why.{one.verdict.undecided or 'not_written'}")
            click.echo(f"  {sentence(case, one.standing, language, 'cli.ledger.line', why=why)}")
        if len(overdue) > MOST_LISTED:
            say("more", count=str(len(overdue) - MOST_LISTED))
    if lines:
        say("decided", count=str(len(lines)))
        for line in lines[:MOST_LISTED]:
            key = f"cli.ledger.{'correction' if line['corrects'] else 'resolution'}"
            outcome = message(language, f"ledger.status.{line['outcome']}")
            one = settled[line["forecast"]]
            reason = line["reason"]
            if reason == one.verdict.reason:  # found by the program, and said in English in the file
                reason = message(language, f"cli.ledger.reason.{line['outcome']}")
            click.echo(f"  {sentence(case, one.standing, language, key, outcome=outcome, reason=reason)}")
        if len(lines) > MOST_LISTED:
            say("more", count=str(len(lines) - MOST_LISTED))
        say("written" if write else "not-written")
    if not lines and not overdue:
        say("nothing")
    late = [one for one in settled.values() if one.standing.status == "open" and one.standing.line.due.last < today()]
    if late:
        say("stale", count=str(len(late)), day=format_date(case.header.as_of.isoformat(), language))
