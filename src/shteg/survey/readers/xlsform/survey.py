"""The sheet `survey` of a form: its questions with choices, in order, and what is left out of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from shteg.errors import DesignError
from shteg.evidence.records.base import is_id
from shteg.hints import nearest
from shteg.survey.readers.xlsform.sheets import Sheet, is_yes, require_column

Source = Literal["choices", "external_choices", "file", "answers"]

_ONE = (
    "select_one_from_file",
    "select one from file",
    "select_one_external",
    "select one external",
    "add select one prompt using",
    "select one from",
    "select one using",
    "select_one",
    "select one",
    "select1",
)
_MULTIPLE = (
    "select_multiple_from_file",
    "select multiple from file",
    "select all that apply from",
    "add select multiple prompt using",
    "select multiple from",
    "select multiple using",
    "select all that apply",
    "select_multiple",
    "select multiple",
)
_GROUPS = ("group", "lgroup", "looped group", "repeat", "loop", "kobomatrix", "score", "rank")
_REPEATS = ("lgroup", "looped group", "repeat")

_ASKED = """
text, string, integer, int, decimal, percentage, range, date, time, datetime, date time, geopoint, geotrace, geoshape,
gps, location, barcode, image, photo, picture, audio, video, file, acknowledge, trigger, note, comments, osm
"""
_COMPUTED = "calculate, calculate_here, hidden, xml-external, csv-external, caseid, enumerator"
_NOTED_BY_THE_DEVICE = """
start, end, start time, end time, today, deviceid, device id, imei, subscriberid, subscriber id, simserial, sim id,
simid, phonenumber, phone number, devicephonenum, username, email, uri:deviceid, uri:subscriberid, uri:simserial,
uri:phonenumber, uri:username, uri:email, audit, text audit, audio audit, speed violations count,
speed violations list, speed violations audit, sensor_statistic, sensor_stream, start-geopoint, background-audio,
background-geopoint, number of days in last month, number of days in last six months, number of days in last year
"""
_SETTINGS_AND_PARTS = "form_title, set form title, form_id, set form id, prefix, score__row, rank__level"
WITHOUT_OPTIONS = frozenset(
    " ".join(name.split())
    for names in (_ASKED, _COMPUTED, _NOTED_BY_THE_DEVICE, _SETTINGS_AND_PARTS)
    for name in names.split(",")
)
"""Types that have no options, in small letters; the older "q text", "add text prompt", "get today" are of the same."""


_OLDER = re.compile(r"(?:q|add|get) (?P<type>.+?)(?: prompt)?")
_IN_FILE = (".csv", ".xml", ".geojson")
_XML_NAME = re.compile(r"[^\W\d][\w.-]*")


def _spelled(words: tuple[str, ...]) -> str:
    return "|".join(re.escape(one).replace(r"\ ", " ").replace(" ", "[ _]") for one in words)


_SELECT = re.compile(
    rf"(?:q )?(?:(?P<one>{_spelled(_ONE)})|(?P<multiple>{_spelled(_MULTIPLE)})|(?P<rank>rank))"
    r" (?P<list>\$\{[^}]*\}|\S+)(?P<other> or[ _](?:specify[ _])?other)?",
    re.IGNORECASE,
)
_BORDER = re.compile(rf"(?P<side>begin|end)[ _]?(?P<group>{_spelled(_GROUPS)})(?: (?:over )?\S+)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Select:
    """A question with choices: the list, where it stands, and how many may be chosen."""

    list_name: str
    source: Source
    multiple: bool
    or_other: bool
    rank: bool


@dataclass(frozen=True, slots=True)
class Border:
    """A row that opens or closes a group; `repeat` and `loop` are asked several times."""

    opens: bool
    group: str


@dataclass(frozen=True, slots=True)
class Plain:
    """A type without options."""

    name: str


@dataclass(frozen=True, slots=True)
class Include:
    """Questions that lie in another form."""


Kind = Select | Border | Plain | Include


def read_type(text: str) -> Kind | None:
    """Read a type, whatever its case, blanks and underscores; None where XLSForm has no such type."""
    text = " ".join(text.split())
    small = text.lower()
    if match := _BORDER.fullmatch(text):
        group = match["group"].lower().replace("_", " ")
        return Border(opens=match["side"].lower() == "begin", group="repeat" if group in _REPEATS else group)
    if small == "include":
        return Include()
    if name := _without_options(small):
        return Plain(name)
    match = _SELECT.fullmatch(text)
    if match is None:
        return None
    return Select(
        list_name=match["list"],
        source=_source(small, match["list"]),
        multiple=match["multiple"] is not None,
        or_other=match["other"] is not None,
        rank=match["rank"] is not None,
    )


def needs_a_list(text: str) -> bool:
    """Tell whether a type is a select or rank that does not name its list."""
    kind = read_type(f"{text} x")
    return isinstance(kind, Select)


def nearest_type(text: str) -> str | None:
    """Give the type of XLSForm that is spelled most like `text`, with its list; None where none is near."""
    small = " ".join(text.split()).lower()
    if near := nearest(small, WITHOUT_OPTIONS, 0.75):
        return near
    for length in (1, 2):
        words = text.split()
        command, rest = " ".join(words[:length]).lower(), " ".join(words[length:])
        known = ("select_one", "select_multiple", "begin_group", "end_group", "begin_repeat", "end_repeat", "rank")
        if near := nearest(command.replace(" ", "_"), known, 0.75):
            with_list = near.startswith("select") or near == "rank"
            return f"{near} {rest or 'LIST'}" if with_list else near
    return None


def _without_options(small: str) -> str | None:
    for name in (small, small.replace("_", " ")):
        if name in WITHOUT_OPTIONS:
            return name
        if (older := _OLDER.fullmatch(name)) and older["type"] in WITHOUT_OPTIONS:
            return older["type"]
    return "osm" if re.fullmatch(r"osm \S+", small) else None


def _source(small: str, list_name: str) -> Source:
    if list_name.startswith("${"):
        return "answers"
    if re.match(r"select[ _](one|multiple)[ _]from[ _]file", small) or list_name.lower().endswith(_IN_FILE):
        return "file"
    return "external_choices" if re.match(r"select[ _]one[ _]external", small) else "choices"


@dataclass(frozen=True, slots=True)
class Question:
    """A question with choices in this workbook."""

    name: str
    row: int
    cells: Mapping[str, str]
    select: Select


@dataclass(slots=True)
class _Reading:
    """What has been read so far: `groups` are those open, each with its row, kind and the names in it."""

    sheet: Sheet
    groups: list[tuple[int, str, set[str]]] = field(default_factory=lambda: [(0, "form", set())])
    questions: list[Question] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    repeated: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def place(self, row: int) -> str:
        return f"{self.sheet.where}, row {row}"

    def note(self, row: int, text: str) -> None:
        self.notes.append(f"{self.place(row)}: {text}")


def read_questions(sheet: Sheet) -> tuple[list[Question], list[str]]:
    """Give the questions whose choices stand in the workbook, and a note on whatever else the sheet holds.

    Raises
    ------
    DesignError
        A type is unknown or missing, a group is not closed, a question has no name or one that cannot be a column,
        two questions of one group have the same name, or the form has no closed question at all.
    """
    require_column(sheet, "type")
    reading = _Reading(sheet)
    for row, cells in sheet.rows:
        if not is_yes(cells.get("disabled", "")):
            _read_row(reading, row, cells)
    if len(reading.groups) > 1:
        row, group, _ = reading.groups[-1]
        raise DesignError(f"the {group} is never closed", f"add a row `end_{group}`", reading.place(row))
    questions = _without_namesakes(reading)
    counted = ", ".join(f"{kind} ({count})" for kind, count in reading.counts.most_common())
    if not questions:
        held = [*([f"it has {counted}"] if counted else []), *(note.partition(": ")[2] for note in reading.notes)]
        hint = "; ".join(["it needs select_one or select_multiple with choices in the workbook", *held])
        raise DesignError("the form has no closed question", hint, sheet.where)
    if reading.repeated:
        listed = ", ".join(reading.repeated)
        reading.notes.append(f"{sheet.where}: asked in a repeat, so that the answers stand in its own table: {listed}")
    if counted:
        reading.notes.append(f"{sheet.where}: rows without options are left out: {counted}")
    return questions, reading.notes


def _read_row(reading: _Reading, row: int, cells: Mapping[str, str]) -> None:
    text = cells.get("type", "")
    if not text:
        if cells.get("name") or any(column.startswith("label") for column in cells):
            raise DesignError("the question has no type", "fill in the column 'type'", reading.place(row))
        return
    kind = read_type(text)
    if kind is None:
        raise _unknown_type(text, reading.place(row))
    if isinstance(kind, Border):
        _open_or_close(reading, row, kind, cells)
    elif isinstance(kind, Plain):
        reading.counts[kind.name] += 1
    elif isinstance(kind, Include):
        reading.note(row, f"the questions of the form {cells.get('name', '')!r} are left out: they lie in another file")
    else:
        _add_select(reading, row, kind, cells)


def _unknown_type(text: str, place: str) -> DesignError:
    near = nearest_type(text)
    if needs_a_list(text):
        return DesignError(f"the type {text!r} does not name its list", f"write `{near or text + ' LIST'}`", place)
    if near and len(near.split()) > 2:
        return DesignError(f"the type {text!r} cannot be read", "the name of a list has no blanks: use '_'", place)
    hint = f"did you mean {near!r}?" if near else "use a type of XLSForm, such as select_one LIST, integer or text"
    return DesignError(f"XLSForm has no type {text!r}", hint, place)


def _open_or_close(reading: _Reading, row: int, border: Border, cells: Mapping[str, str]) -> None:
    if border.opens:
        reading.groups.append((row, border.group, set()))
        return
    opened_in, group, _ = reading.groups[-1]
    if not opened_in:
        raise DesignError(f"`end {border.group}` closes nothing", f"add its `begin_{border.group}`", reading.place(row))
    if group != border.group:
        problem = f"`end {border.group}` closes nothing: the {group} of row {opened_in} is open"
        raise DesignError(problem, f"close it first with `end_{group}`", reading.place(row))
    reading.groups.pop()


def _add_select(reading: _Reading, row: int, select: Select, cells: Mapping[str, str]) -> None:
    name, place = cells.get("name", ""), reading.place(row)
    if not (is_id(name) or _XML_NAME.fullmatch(name)):
        problem = f"{name!r} cannot name a question" if name else "the question has no name"
        raise DesignError(problem, "begin it with a letter or '_'; letters, digits, '_', '-' and '.' may follow", place)
    names = reading.groups[-1][2]
    if name in names:
        raise DesignError(f"the name {name!r} stands twice", "give each question of a group its own name", place)
    names.add(name)
    if reason := _reason_to_leave_out(reading, select, name):
        reading.note(row, f"{name!r} is left out: {reason}")
        return
    if "label" in cells.get("appearance", "").lower().split():
        reading.note(row, f"{name!r} is left out: it only shows the labels of a table (appearance 'label')")
        return
    if any(group == "repeat" for _, group, _ in reading.groups):
        reading.repeated.append(name)
    reading.questions.append(Question(name=name, row=row, cells=cells, select=select))


def _reason_to_leave_out(reading: _Reading, select: Select, name: str) -> str:
    if select.rank:
        return "an order of choices (rank) has no shares"
    if select.source == "file":
        return f"its choices lie in another file, {select.list_name}"
    if select.source == "answers":
        return f"its choices are answers of the respondent, {select.list_name}"
    if any(group == "loop" for _, group, _ in reading.groups):
        return "it is asked once for each choice of a loop, in columns of other names"
    if not is_id(name):
        return "a name begins with a letter or digit and holds letters of English, digits, '_', '-', '.'"
    return ""


def _without_namesakes(reading: _Reading) -> list[Question]:
    """Questions of different groups may have one name: which is which only the names of the groups tell."""
    rows: dict[str, list[int]] = {}
    for question in reading.questions:
        rows.setdefault(question.name, []).append(question.row)
    for name, found in rows.items():
        if len(found) > 1:
            listed = ", ".join(map(str, found))
            text = f"the questions of different groups called {name!r} (rows {listed}) are left out: "
            reading.note(found[0], text + "give each its own name in form and data")
    return [question for question in reading.questions if len(rows[question.name]) == 1]
