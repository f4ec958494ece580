"""What a cell of a workbook of a case may hold: its kind, how it is shown, and what a changed one means."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel

from shteg.evidence.files.schema import strip_optional
from shteg.evidence.files.toml_positions import Path
from shteg.evidence.records.base import Localised
from shteg.evidence.records.dates import DateInterval, read_local_day
from shteg.workbooks.written import LARGEST_WHOLE, clean_text, write_code

Kind = Literal["text", "date", "number", "truth"]
FIRST_DAY = date(1900, 3, 1)
"""Before it the days of Excel are not those of the calendar: such a day stays text."""
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_PLAIN = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+")
_WHOLE = re.compile(r"[+-]?[0-9]+")
_KEY = re.compile(r"[A-Za-z0-9_-]+")
_PART = re.compile(r'\[(\d+)\]|\.?([A-Za-z0-9_-]+)|\.?"((?:[^"\\]|\\.)*)"')
EMPTY = {"[]": list, "{}": dict}


@dataclass(frozen=True, slots=True)
class Form:
    """What a field holds: its type without `| None`, what it means, the marks that it declares."""

    type: Any
    meaning: str = ""
    marks: tuple[Any, ...] = ()
    required: bool = False

    @property
    def kind(self) -> Kind:
        """How its cells are shown."""
        kinds: dict[Any, Kind] = {date: "date", DateInterval: "date", bool: "truth", int: "number", float: "number"}
        return kinds.get(self.type, "text")


@dataclass(frozen=True, slots=True)
class Shown:
    """A cell as it is written: a text, a number, a day or a truth; `code` is what is read from it again."""

    value: str | float | date | bool
    code: str


def form_of_field(record: type[BaseModel], name: str) -> Form:
    """Give the form of a field of a record."""
    info = record.model_fields[name]
    return Form(strip_optional(info.annotation), info.description or "", tuple(info.metadata), info.is_required())


def form_at(record: type[BaseModel], path: Path) -> Form:
    """Give the form of what stands at a path under a record; text where the record knows no such key."""
    form = Form(record)
    for part in path:
        kind, origin = form.type, get_origin(form.type)
        if kind is Localised:
            form = Form(str, form.meaning)
        elif isinstance(kind, type) and issubclass(kind, BaseModel):
            if str(part) not in kind.model_fields:
                return Form(str)
            form = form_of_field(kind, str(part))
        elif origin in (dict, tuple):
            inner = strip_optional(get_args(kind)[1 if origin is dict else 0])
            form = Form(inner, form.meaning, form.marks)
        else:
            return Form(str)
    return form


def show(value: Any, kind: Kind) -> Shown:
    """Show a value of a file: the text of a CSV cell, or what a TOML file holds."""
    if isinstance(value, bool):
        return Shown(value, "1" if value else "0")
    if isinstance(value, int | float):
        return _number(value) if abs(value) < LARGEST_WHOLE else Shown(str(value), str(value))
    if type(value) is date:
        return _day(value)
    if isinstance(value, list | dict):
        return Shown("[]" if isinstance(value, list) else "{}", "[]" if isinstance(value, list) else "{}")
    text = clean_text(str(value)).replace("\r\n", "\n")
    if kind == "date":
        return _shown_day(text)
    plain = text.replace(",", ".") if _COMMA.fullmatch(text) else text
    if kind == "number" and _PLAIN.fullmatch(plain) and abs(float(plain)) < LARGEST_WHOLE and not _ambiguous(plain):
        return _number(float(plain))
    return Shown(text, text)


def _ambiguous(text: str) -> bool:
    return re.fullmatch(r"[+-]?[1-9][0-9]{0,2}\.[0-9]{2}0", text) is not None


def _number(value: float) -> Shown:
    return Shown(float(value), write_code(float(value)))


def _day(day: date) -> Shown:
    return Shown(day if day >= FIRST_DAY else day.isoformat(), day.isoformat())


def _shown_day(text: str) -> Shown:
    try:
        local = read_local_day(text)
        day = local or (date.fromisoformat(text) if _DAY.fullmatch(text) else None)
    except ValueError:
        day = None
    return _day(day) if day is not None else Shown(text, text)


def meant(code: str, kind: Kind) -> str:
    """Give what a changed cell means as the text of a file: a local day as YYYY-MM-DD, a decimal comma as a point.

    What may mean two things is left as it stands: the check refuses it, and says why.
    """
    if kind == "date":
        try:
            local = read_local_day(code)
        except ValueError:
            return code
        return local.isoformat() if local else code
    if kind == "number" and _COMMA.fullmatch(code):
        return code.replace(",", ".")
    return code


def value_of(code: str, form: Form, before: Any) -> Any:
    """Give what a changed cell means as a value of a TOML file, of the type that the record or the old value has.

    Parameters
    ----------
    code : str
        What stands in the cell.
    form : Form
        What the record asks for.
    before : object
        The value that stood there, None where nothing did.

    Returns
    -------
    object
        A text where it is no such value: the check of the case says what is wrong with it.
    """
    text = meant(code, form.kind)
    origin = get_origin(form.type)
    if text in EMPTY and origin in (tuple, dict):
        return EMPTY[text]()
    if form.type is bool and text.lower() in ("0", "1", "true", "false"):
        return text.lower() in ("1", "true")
    if form.type is int and _WHOLE.fullmatch(text):
        return int(text)
    if form.type is float and _PLAIN.fullmatch(text) and not _ambiguous(text):
        return float(text) if isinstance(before, float) or not _WHOLE.fullmatch(text) else int(text)
    if form.kind == "date" and _DAY.fullmatch(text) and not isinstance(before, str):
        try:
            return date.fromisoformat(text)
        except ValueError:
            return text
    return text


def write_path(path: Path) -> str:
    """Write a path as the column `key` shows it: `measures[0].title.en`; numbers count from 1 there."""
    out = ""
    for part in path:
        if isinstance(part, int):
            out += f"[{part + 1}]"
        else:
            plain = part if _KEY.fullmatch(part) else '"' + part.replace("\\", "\\\\").replace('"', '\\"') + '"'
            out += f".{plain}" if out else plain
    return out


def read_path(text: str) -> Path | None:
    """Read a path as `write_path` writes it; None if it is none."""
    path: list[str | int] = []
    at = 0
    while at < len(text):
        found = _PART.match(text, at)
        if found is None or (found[1] is None and bool(path) != text.startswith(".", at)):
            return None
        if found[1] is not None:
            if not path or int(found[1]) < 1:
                return None
            path.append(int(found[1]) - 1)
        else:
            path.append(found[2] if found[2] is not None else re.sub(r"\\(.)", r"\1", found[3]))
        at = found.end()
    return tuple(path) or None


Leaves = dict[Path, Any]


def leaves_of(raw: Any, path: Path = ()) -> Leaves:
    """Give every value of a parsed TOML file by its path; an empty list or table is a value."""
    items: Iterable[tuple[Any, Any]] = ()
    if isinstance(raw, dict):
        items = raw.items()
    elif isinstance(raw, list):
        items = enumerate(raw)
    else:
        return {path: raw}
    found: Leaves = {}
    for key, one in items:
        found |= leaves_of(one, (*path, key))
    return found if found or not path else {path: raw}


def tree_of(leaves: Leaves) -> dict[Any, Any]:
    """Put leaves together; a list is a mapping by number, as the change of a file needs it."""
    tree: dict[Any, Any] = {}
    for path, value in leaves.items():
        at = tree
        for part in path[:-1]:
            at = at.setdefault(part, {})
        at[path[-1]] = value
    return tree


def is_grid(record: type[BaseModel]) -> str:
    """Give the one key of a file whose entries have single values only, so that each is a row; "" for other files."""
    if len(record.model_fields) != 1:
        return ""
    (name,) = record.model_fields
    kind = form_of_field(record, name).type
    inner = strip_optional(get_args(kind)[1]) if get_origin(kind) is dict else None
    if not (isinstance(inner, type) and issubclass(inner, BaseModel)) or inner is Localised:
        return ""
    forms = [form_of_field(inner, one) for one in inner.model_fields]
    single = (str, int, float, bool, date, DateInterval, Localised)
    return name if all(one.type in single or get_origin(one.type) is Literal for one in forms) else ""
