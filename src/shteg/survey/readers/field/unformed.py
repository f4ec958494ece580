"""The export of a field tool without its form: names without groups where that is unambiguous, sets and batteries."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl

from shteg.errors import DesignError
from shteg.hints import counted
from shteg.survey.readers.field.answers import code_several, join_boxes
from shteg.survey.readers.field.limesurvey_headings import name_limesurvey
from shteg.survey.readers.field.tools import Tool, delivered_by, is_added
from shteg.survey.readers.responses import MultipleSet, Responses

_NAMES = re.compile(r"[\w.-]+(?:[/:-][\w.-]+)*")
_PARTS_OF_A_PLACE = ("Latitude", "Longitude", "Altitude", "Accuracy")
_MOST_LISTED = 8
GIVE_THE_FORM = "the form (--questionnaire) tells"


def name_columns(responses: Responses) -> Responses:
    """Leave groups out of the names of a file that KoboToolbox, ODK or LimeSurvey delivered.

    Parameters
    ----------
    responses : Responses
        As read.

    Returns
    -------
    Responses
        The same of any other file. A question with several answers in columns of 1 and 0 is a set, questions of an
        array of LimeSurvey are a battery; where two columns would have one name, or options and questions of a group
        look the same, the full names stay and a note says so.
    """
    tool = delivered_by(responses.frame.columns)
    if tool is None:
        return responses
    if tool == "limesurvey":
        return name_limesurvey(responses)
    return _with_sets(_without_groups(responses, tool))


def _without_groups(responses: Responses, tool: Tool) -> Responses:
    columns = responses.frame.columns
    mark = _group_mark(columns, tool)
    if mark is None:
        return responses
    boxes = {
        child: parent
        for parent, children in _children(columns, ("/", mark)).items()
        if all(child[len(parent)] == "/" for child in children) or _are_boxes(responses, children)
        for child in children
    }
    unclear = _unclear(responses, boxes, mark)
    short: dict[str, str] = {}
    for column in columns:
        parent = boxes.get(column)
        if column in unclear or not _NAMES.fullmatch(column) or _is_place(column, mark):
            short[column] = column
        elif parent is not None:
            short[column] = f"{_last(parent, mark)}/{column[len(parent) + 1 :]}"
        else:
            short[column] = _last(column, mark)
    twice = {name for name, count in Counter(short.values()).items() if count > 1}
    kept = [column for column, name in short.items() if name in twice and name != column]
    names = {column: column if name in twice else name for column, name in short.items()}
    changed = sum(column != name and not is_added(column) for column, name in names.items())
    notes = []
    if changed:
        notes.append(f"{responses.name}: {counted(changed, 'column')} called without the groups of the form")
    if kept:
        listed = _listed(kept)
        notes.append(f"{responses.name}: names of groups stay where two questions would be called the same: {listed}")
    if unclear:
        notes.append(
            f"{responses.name}: full names stay where columns of 1 and 0 may be options of one question or questions "
            f"of one group, {GIVE_THE_FORM}: {_listed(unclear)}"
        )
    return replace(
        responses,
        rewritten=responses.rewritten or any(old != new for old, new in names.items()),
        renamed={old: new for old, new in names.items() if old != new},
        frame=responses.frame.rename({old: new for old, new in names.items() if old != new}),
        notes=(*responses.notes, *notes),
    )


def _group_mark(columns: Sequence[str], tool: Tool) -> str | None:
    """What stands between groups and questions; None where the file has no groups in its names."""
    for mark in "-:/":
        if any(column.startswith(f"meta{mark}") for column in columns):
            return mark
    return "/" if tool == "kobo" else None


def _last(name: str, mark: str) -> str:
    return name.rpartition(mark)[2]


def _is_place(column: str, mark: str) -> bool:
    """Tell whether a column is a part of a place: its last part is no name of a question."""
    return mark == "-" and column.rpartition("-")[2] in _PARTS_OF_A_PLACE


def _children(columns: Sequence[str], marks: Sequence[str]) -> dict[str, list[str]]:
    """Columns `question/option` by their question, of those that stand there as well."""
    there, found = set(columns), dict[str, list[str]]()
    for column in columns:
        ends = [at for at, sign in enumerate(column) if sign in marks and at + 1 < len(column)]
        parent = next((column[:at] for at in reversed(ends) if column[:at] in there), None)
        if parent is not None:
            found.setdefault(parent, []).append(column)
    return found


def _unclear(responses: Responses, boxes: Mapping[str, str], mark: str) -> list[str]:
    """Columns of 1 and 0 under one heading, which is not there itself."""
    families: dict[str, list[str]] = {}
    for column in responses.frame.columns:
        parent, found, _ = column.rpartition(mark)
        if found and column not in boxes and not is_added(column) and not _is_place(column, mark):
            families.setdefault(parent, []).append(column)
    return [
        column
        for family in families.values()
        if len(family) > 1 and all(_is_box(responses.frame[one]) for one in family)
        for column in family
    ]


def _are_boxes(responses: Responses, columns: Sequence[str]) -> bool:
    """Tell whether columns may be the options of a question: several, of 1 and 0, some of which hold something."""
    filled = [one for one in columns if not responses.frame[one].is_null().all()]
    return len(columns) > 1 and bool(filled) and all(_is_box(responses.frame[one]) for one in filled)


def _is_box(column: pl.Series) -> bool:
    values = set(column.drop_nulls().unique().to_list())
    return bool(values) and values <= {"0", "1"}


def _with_sets(responses: Responses) -> Responses:
    """Declare questions with several answers whose options have columns of 1 and 0."""
    frame, sets, labels = responses.frame, dict(responses.sets), dict(responses.labels)
    notes = []
    for name, children in _children(frame.columns, ("/",)).items():
        if not _are_boxes(responses, children):
            continue
        if not _agrees(frame, name, children):
            notes.append(f"{responses.name}: {name!r} and its columns of 1 and 0 say different things: both stay")
            continue
        frame = frame.drop(name)
        sets[name] = MultipleSet(label=labels.get(name, ""), kind="dichotomy", counted="1", columns=tuple(children))
        labels |= {child: child[len(name) + 1 :] for child in children}
    if sets.keys() - responses.sets.keys():
        listed = _listed(list(sets))
        notes.append(f"{responses.name}: questions with several answers, from their columns of 1 and 0: {listed}")
    rewritten = responses.rewritten or frame.width < responses.frame.width
    return replace(
        responses, frame=frame, sets=sets, labels=labels, rewritten=rewritten, notes=(*responses.notes, *notes)
    )


def _agrees(frame: pl.DataFrame, name: str, children: Sequence[str]) -> bool:
    """Tell whether a column of joined answers says what its columns of 1 and 0 say."""
    options = {child[len(name) + 1 :]: {"": child[len(name) + 1 :]} for child in children}
    boxes = {code: frame[child] for code, child in zip(options, children, strict=True)}
    joined = join_boxes(boxes, name)
    if any(" " in code for code in options):
        try:
            coded, unknown = code_several(frame[name], options, (), name)
        except DesignError:
            return False
        return not unknown and bool((coded.fill_null("") == joined.fill_null("")).all())
    told = frame[name].fill_null("").str.split(" ").list.sort().list.join(" ")
    return bool((told == joined.fill_null("").str.split(" ").list.sort().list.join(" ")).all())


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:_MOST_LISTED]) + (" …" if len(names) > _MOST_LISTED else "")
