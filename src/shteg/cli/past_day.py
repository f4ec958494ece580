"""What is said of a past day: what it leaves out, what is passed over, what holds all the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import click

from shteg.edition import Options
from shteg.edition.build import require_known_day
from shteg.edition.lexicon import Lexicon, build_lexicon
from shteg.errors import ParityError
from shteg.evidence import Case, read_case
from shteg.evidence.left_out import (
    LeftOut,
    PassedOver,
    count_left_out,
    imprecise_notices,
    list_left_out,
    list_passed_over,
)

LATER = {"requirement": "requirements", "programme": "programmes", "population": "population", "wave": "waves"}
"""Kinds of rows that are counted, not named."""
ANOTHER_DAY = (
    "the texts quote figures of the case's own day: add `--no-text` for an edition without texts, which says so on "
    "every page"
)


@contextmanager
def texts_of_another_day(options: Options) -> Iterator[None]:
    """Name `--no-text` where the gate stops texts that quote the figures of another day."""
    try:
        yield
    except ParityError as error:
        if options.as_of is not None:
            error.hint = ANOTHER_DAY
        raise


def left_out_notices(folder: Path, options: Options) -> None:
    """Tell, beside the problems that `check` prints, what the day leaves out; imprecise dates with file and line."""
    case = read_case(folder)
    day = options.as_of or case.header.as_of
    if options.as_of is not None:
        require_known_day(case, day)
    for notice in imprecise_notices(list_left_out(case, day), day):
        click.echo(f"Notice: {notice}", err=True)
    for line in past_day_lines(case, options.as_of):
        click.echo(line, err=True)


def past_day_json(whole: Case, as_of: date | None) -> dict[str, Any]:
    """Give what is passed over and left out, for programs; the keys of the counts are there only if rows are."""
    day = as_of or whole.header.as_of
    passed = [{**asdict(one), "without": list(one.without)} for one in list_passed_over(whole, day)]
    return {"passed_over": passed, **count_left_out(list_left_out(whole, day))}


def past_day_lines(whole: Case, as_of: date | None, language: str | None = None) -> list[str]:
    """Write what is passed over, had in part, and left out as of a day; nothing if there is nothing to say.

    Parameters
    ----------
    whole : Case
        The case with all that its day passes over.
    as_of : date, optional
        The case's own day if left out.
    language : str, optional
        The first of the case if left out.

    Returns
    -------
    list of str
        Sentences in the language, one a line.
    """
    from shteg.report.language.locale import format_date
    from shteg.report.language.messages import message

    day, languages = as_of or whole.header.as_of, whole.header.languages
    language = language or languages[0]
    lexicon, passed = build_lexicon(whole), list_passed_over(whole, day)
    days = {"day": day, "own_day": whole.header.as_of}
    dates = {name: format_date(one.isoformat(), language) for name, one in days.items()}
    lines = []
    if day < whole.header.as_of:
        lines.append(message(language, "cli.past.assumptions", dates))
    for manner in ("passed_over", "in_part", "not_yet"):
        named = [_name(one, lexicon, language) for one in passed if one.manner == manner and one.kind not in LATER]
        if named:
            lines.append(message(language, f"cli.past.{manner}", {**dates, "names": "; ".join(named)}))
    counts = {name: str(sum(one.kind == kind for one in passed)) for kind, name in LATER.items()}
    if any(number != "0" for number in counts.values()):
        lines.append(message(language, "cli.past.later", {**dates, **counts}))
    if left_out := _left_out_line(list_left_out(whole, day), language, dates):
        lines.append(left_out)
    return lines


def _left_out_line(rows: Sequence[LeftOut], language: str, dates: dict[str, str]) -> str:
    from shteg.report.language.messages import message

    counts = count_left_out(rows)
    if not counts:
        return ""
    total, imprecise = (sum(counts.get(name, {}).values()) for name in ("left_out", "left_out_imprecise"))
    return message(language, "cli.past.left_out", {**dates, "count": str(total), "imprecise": str(imprecise)})


def _name(one: PassedOver, lexicon: Lexicon, language: str) -> str:
    """Name a thing of the case, and behind it in brackets what it is without."""
    key = {"aspirant": f"country:{one.id}", "settlement": "parameter:settlement.rate"}.get(
        one.kind, f"{one.kind}:{one.id}"
    )
    without = ", ".join(dict.fromkeys(_part(part, lexicon, language) for part in one.without))
    return lexicon[key][language] + (f" ({without})" if without else "")


def _part(part: str, lexicon: Lexicon, language: str) -> str:
    """Name a member, a measure, or the parameter as it is written."""
    code = part.removeprefix("consent.member.").removeprefix("stance.")
    found = lexicon.get(f"country:{code}") or lexicon.get(f"measure:{part}")
    return found[language] if found else part
