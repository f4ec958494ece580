"""Names of columns on the command line: lists with commas, crossings with `*`, quotes, and names that are not there."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from shteg.errors import UsageError
from shteg.evidence.records.surveys import Questionnaire
from shteg.hints import list_names, suggest
from shteg.survey.tables import Grid, Grouping, Net, QualityRules, Source, TableItem

MINIMUM_BASE = 20
"""Of a data file without a case; cases have their own (`minimum_base`)."""

Words = Mapping[str, str]


QUOTE, COMMA, CROSS = '"', ",", "*"


@dataclass(frozen=True, kw_only=True)
class Request:
    """Names of items, numbers and grouping variables, as typed."""

    items: Sequence[str]
    means: Sequence[str]
    by: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class DataOptions:
    """Options that say what a data file does not."""

    stratum: str | None
    psu: str | None
    weights: tuple[str, ...]
    nest: bool
    lonely_psu: str
    questionnaire: Path | None
    encoding: str | None
    language: str | None
    minimum_base: int | None
    replicates: str | None = None
    replicate_type: str | None = None


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """Everything that `tabulate` and the writers need; `about` are keys of the notes with their texts by language."""

    sources: tuple[Source, ...]
    items: tuple[TableItem, ...]
    groupings: tuple[Grouping, ...]
    rules: QualityRules
    minimum_base: int
    languages: tuple[str, ...]
    about: tuple[tuple[str, Words], ...] = ()
    file: str = ""
    weights: tuple[str, ...] = ()
    grids: tuple[Grid, ...] = ()


def questionnaire_items(questionnaire: Questionnaire) -> list[TableItem]:
    """Turn the questions of a wave into items of tables."""
    return [
        TableItem(
            column=name,
            title=item.title.root,
            wording=item.wording.root,
            form="multiple" if item.multiple else "single",
            options={code: label.root for code, label in item.options.items()},
            missing=item.missing,
            ordered=item.ordered,
            scores=item.scores,
            favourable=item.favourable,
            nets=tuple(Net(name=one, codes=net.codes, title=net.title.root) for one, net in item.nets.items()),
            last=item.last,
        )
        for name, item in questionnaire.items.items()
    ]


def battery_grids(questionnaire: Questionnaire) -> tuple[Grid, ...]:
    """Give the batteries of a wave as grids."""
    return tuple(
        Grid(name=name, items=battery.items, title=battery.title.root)
        for name, battery in questionnaire.batteries.items()
    )


def number_items(names: Sequence[str], missing: Mapping[str, tuple[str, ...]]) -> list[TableItem]:
    """Items whose mean is asked for; `missing` are the codes that a questionnaire declares missing."""
    return [TableItem(column=name, title={}, form="number", missing=missing.get(name, ())) for name in names]


@dataclass(frozen=True, slots=True)
class _Part:
    """What stands between two separators: the name, its place in the text, and the separator after it."""

    name: str
    start: int
    end: int
    mark: str


def split_names(texts: Sequence[str], known: Collection[str], option: str) -> tuple[str, ...]:
    """Give the names in the texts of an option, split at commas.

    Parameters
    ----------
    texts : sequence of str
        As typed, one for each time the option was given. A name in double quotes is taken as it stands ("" is a quote).
    known : collection of str
        Names that exist: one that holds a comma is not split.
    option : str
        For errors, such as `--items`.

    Returns
    -------
    tuple of str
        The names in the order in which they were typed.

    Raises
    ------
    UsageError
        A quote is not closed, or nothing is named.
    """
    return tuple(name for text in texts for (name,) in _read(text, known, option, COMMA))


def split_crossings(texts: Sequence[str], known: Collection[str], option: str) -> tuple[tuple[str, ...], ...]:
    """Give the groupings in the texts of an option: split at commas, each one variable or several joined by `*`.

    Parameters
    ----------
    texts, known, option : as there
        See `split_names`; a name that holds a star is not split either.

    Returns
    -------
    tuple of tuple of str
        One tuple for each grouping: its variables.
    """
    return tuple(names for text in texts for names in _read(text, known, option, COMMA + CROSS))


def read_numbers_and_groupings(
    request: Request, columns: Collection[str], owner: str
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Give the columns whose means are asked for, and the groupings.

    Parameters
    ----------
    request : Request
    columns : collection of str
        What there is.
    owner : str
        Who should have them, such as "the file wave.sav".

    Returns
    -------
    means, groupings : tuple of str, tuple of tuple of str

    Raises
    ------
    UsageError
        One is not among the columns.
    """
    means = split_names(request.means, columns, "--means")
    require_names(means, columns, owner, "--means")
    by = split_crossings(request.by, columns, "--by")
    require_names([name for names in by for name in names], columns, owner, "--by")
    return means, by


def require_names(
    names: Sequence[str], known: Collection[str], owner: str, option: str, *, kind: str = "column"
) -> None:
    """Refuse the first name that its owner does not have.

    Parameters
    ----------
    names : sequence of str
        What was asked for.
    known : collection of str
        What there is.
    owner : str
        Who should have them, such as "the file wave.sav".
    option : str
        For errors, such as `--items`.
    kind : str
        What a name names, in the singular: `column` or `item`.

    Raises
    ------
    UsageError
        A name is not known; the hint gives the nearest.
    """
    for name in names:
        if name not in known:
            there_are = list_names(known, f"the {kind}s are", f"it has no {kind}s at all")
            raise UsageError(f"{owner} has no {kind} {name!r}", suggest(name, known, there_are), option)


def _read(text: str, known: Collection[str], option: str, marks: str) -> list[tuple[str, ...]]:
    for whole in (text, text.strip()):
        if whole in known:
            return [(whole,)]
    parts = _parts(text, option, marks)
    groups: list[tuple[str, ...]] = []
    open_group: list[str] = []
    place = 0
    while place < len(parts):
        stop, name = _longest(text, parts, place, known)
        mark = parts[stop].mark
        if name or mark == CROSS or open_group:
            open_group.append(name)
        if mark != CROSS and open_group:
            if "" in open_group:
                raise UsageError(f"{text!r} crosses a variable with nothing", "name one on each side of the *", option)
            groups.append(tuple(open_group))
            open_group = []
        place = stop + 1
    if not groups:
        raise UsageError(f"{text!r} names nothing", "name at least one column", option)
    return groups


def _longest(text: str, parts: Sequence[_Part], first: int, known: Collection[str]) -> tuple[int, str]:
    """Give the longest run of parts that is a known name as it was typed, or the first part."""
    for last in range(len(parts) - 1, first, -1):
        run = text[parts[first].start : parts[last].end].strip()
        if run in known:
            return last, run
    return first, parts[first].name


def _parts(text: str, option: str, marks: str) -> list[_Part]:
    parts, start = [], 0
    while start <= len(text):
        begin = start + len(text[start:]) - len(text[start:].lstrip())
        if text[begin : begin + 1] == QUOTE:
            name, end = _quoted(text, begin, option, marks)
        else:
            end = min((at for mark in marks if (at := text.find(mark, start)) >= 0), default=len(text))
            name = text[start:end].strip()
        parts.append(_Part(name, start, end, text[end : end + 1]))
        start = end + 1
    return parts


def _quoted(text: str, begin: int, option: str, marks: str) -> tuple[str, int]:
    name, at = "", begin + 1
    while True:
        close = text.find(QUOTE, at)
        if close < 0:
            raise UsageError(f"in {text!r} a quote is not closed", 'write "a, b" (and "" for a quote inside)', option)
        name += text[at:close]
        if text[close + 1 : close + 2] != QUOTE:
            break
        name, at = name + QUOTE, close + 2
    end = close + 1 + len(text[close + 1 :]) - len(text[close + 1 :].lstrip())
    if end < len(text) and text[end] not in marks:
        hint = "put the whole name in quotes, and a comma after it"
        raise UsageError(f"in {text!r} something follows the quote", hint, option)
    return name, end
