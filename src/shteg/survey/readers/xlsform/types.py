"""What may stand in the column `type` of a form: questions with choices, borders of groups, and all that has none."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from shteg.hints import nearest

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


def _spelled(words: tuple[str, ...]) -> str:
    return "|".join(re.escape(one).replace(r"\ ", " ").replace(" ", "[ _]") for one in words)


_SELECT = re.compile(
    rf"(?:q )?(?:(?P<one>{_spelled(_ONE)})|(?P<multiple>{_spelled(_MULTIPLE)})|(?P<rank>rank))"
    r" (?P<list>\$\{[^}]*\}|\S+)(?P<other> or[ _](?:specify[ _])?other)?",
    re.IGNORECASE,
)
_BORDER = re.compile(rf"(?P<side>begin|end)[ _]?(?P<group>{_spelled(_GROUPS)})(?: (?:over )?\S+)?", re.IGNORECASE)
_OLDER = re.compile(r"(?:q|add|get) (?P<type>.+?)(?: prompt)?")
_IN_FILE = (".csv", ".xml", ".geojson")


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
