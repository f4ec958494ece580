"""The forms of the records: going through a file along its record, and every key with its meaning."""

from __future__ import annotations

import types
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal, NamedTuple, TypeVar, Union, cast, get_args, get_origin

from pydantic import BaseModel, RootModel
from pydantic.fields import FieldInfo

from shteg.evidence.files.toml_positions import Path
from shteg.evidence.records.base import Localised, Parameter
from shteg.evidence.records.dates import DateInterval
from shteg.evidence.records.declarations import PerLanguage, Record
from shteg.evidence.records.files import FILES, WAVE_FILES

Mark = TypeVar("Mark")
RecordType = TypeVar("RecordType", bound=BaseModel)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeySpec:
    """One key or column: `path` as it is written in the documentation, for example `[steps.title]`."""

    file: str
    path: str
    form: str
    required: bool
    meaning: str


class Found(NamedTuple):
    """A value of a parsed TOML file: where it stands, its form without `| None`, and the marks of its key."""

    path: Path
    form: Any
    value: Any
    marks: tuple[Any, ...]

    def record(self, base: type[RecordType]) -> type[RecordType] | None:
        """Give the record that this table should be, if it is one of a kind, and a table."""
        fits = isinstance(self.form, type) and issubclass(self.form, base) and isinstance(self.value, dict)
        return cast("type[RecordType]", self.form) if fits else None

    def mark(self, kind: type[Mark]) -> Mark | None:
        """Give the mark of a kind that the key carries."""
        return next((one for one in self.marks if isinstance(one, kind)), None)


def strip_optional(annotation: Any) -> Any:
    """Take away `Annotated` and `| None`: what remains is the form of a given value."""
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation = get_args(annotation)[0]
        elif origin in (Union, types.UnionType):
            (annotation,) = (one for one in get_args(annotation) if one is not type(None))
        else:
            return annotation


def walk_record(annotation: Any, value: Any, path: Path = (), marks: tuple[Any, ...] = ()) -> Iterator[Found]:
    """Go through a parsed TOML value along its record, valid or not.

    Parameters
    ----------
    annotation : type
        The record, or the form of a value in it.
    value : object
        What stands there, as `tomllib` gives it.
    path : tuple of str and int
        Where it stands: keys, and numbers in lists.
    marks : tuple
        What the field of the record declares (`Refers`, `Ahead`, …); the entries of a list have none.

    Yields
    ------
    Found
        The value itself, then what is in it.
    """
    form = strip_optional(annotation)
    yield Found(path, form, value, marks)
    origin = get_origin(form)
    if form is Localised:
        for key, one in value.items() if isinstance(value, dict) else ():
            yield Found((*path, key), str, one, ())
    elif isinstance(form, type) and issubclass(form, BaseModel) and isinstance(value, dict):
        for name, info in form.model_fields.items():
            if name in value:
                yield from walk_record(info.annotation, value[name], (*path, name), tuple(info.metadata))
    elif origin is dict and isinstance(value, dict):
        for key, one in value.items():
            yield from walk_record(get_args(form)[1], one, (*path, key))
    elif origin is tuple and isinstance(value, list):
        for number, one in enumerate(value):
            yield from walk_record(get_args(form)[0], one, (*path, number))


def allowed_keys(record: type[BaseModel], path: Path) -> tuple[str, ...]:
    """Give the keys that a table may hold, at a path (keys and numbers) under a record; () if any key goes."""
    annotation: Any = record
    for part in path:
        annotation = strip_optional(annotation)
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            found = annotation.model_fields.get(str(part))
            if found is None:
                return ()
            annotation = found.annotation
        elif get_origin(annotation) is dict:
            annotation = get_args(annotation)[1]
        elif get_origin(annotation) is tuple:
            annotation = get_args(annotation)[0]
        else:
            return ()
    annotation = strip_optional(annotation)
    if not isinstance(annotation, type) or not issubclass(annotation, BaseModel) or issubclass(annotation, RootModel):
        return ()
    return tuple(annotation.model_fields)


_FORMS: dict[Any, str] = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "true or false",
    date: "date YYYY-MM-DD",
    DateInterval: "date YYYY-MM-DD, YYYY-MM or YYYY",
    Localised: "text in each language",
    Parameter: "parameter",
}


def form_of(annotation: Any) -> str:
    """Say in a few words what a value must look like."""
    annotation = strip_optional(annotation)
    if annotation in _FORMS:
        return _FORMS[annotation]
    origin = get_origin(annotation)
    if origin is Literal:
        return " | ".join(str(one) for one in get_args(annotation))
    if origin is tuple:
        return f"list of {form_of(get_args(annotation)[0])}"
    if origin is dict:
        return f"table of {form_of(get_args(annotation)[1])}"
    return "table"


def _keys(file: str, record: type[BaseModel], prefix: str) -> Iterator[KeySpec]:
    for name, info in record.model_fields.items():
        yield from _key(file, f"{prefix}{name}", info)


def _key(file: str, path: str, info: FieldInfo) -> Iterator[KeySpec]:
    annotation = strip_optional(info.annotation)
    many = get_origin(annotation)
    inner = strip_optional(get_args(annotation)[-1 if many is dict else 0]) if many in (tuple, dict) else annotation
    nested = isinstance(inner, type) and issubclass(inner, Record) and inner is not Parameter
    suffix = {tuple: "[]", dict: ".<id>"}.get(many, "") if nested else ""
    each = any(isinstance(mark, PerLanguage) for mark in info.metadata)
    suffix = "_<language>" if each else suffix
    form = "table" if nested else "text" if each else form_of(annotation)
    meaning = info.description or ""
    yield KeySpec(file=file, path=path + suffix, form=form, required=info.is_required(), meaning=meaning)
    if nested:
        yield from _keys(file, inner, f"{path}{suffix}.")


def describe_case_format() -> tuple[KeySpec, ...]:
    """List every key and column of every file of a case, in the order of the files.

    Keys of nested tables are written `steps[].title` (a list of tables) and `sources.<id>.title` (a table of tables);
    the keys of a parameter are listed once, under the file name `parameter`.
    """
    records: list[tuple[str, type[BaseModel]]] = [(spec.path, spec.record) for spec in (*FILES, *WAVE_FILES)]
    records.append(("parameter", Parameter))
    return tuple(key for file, record in records for key in _keys(file, record, ""))
