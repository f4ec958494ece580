"""The part of a case that one stage reads: the rest is not there, and neither are the words that only readers need.

A stage that is given a part cannot depend on anything else, so that a key made from the part (`content_of`) holds all
that its result rests on, and nothing more.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import Field, fields, is_dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, ClassVar, NoReturn, Protocol, TypeVar

from pydantic import BaseModel

from shteg.evidence.records.base import Localised, Source
from shteg.evidence.records.case import CaseHeader, Recommendations, TrackerSettings
from shteg.evidence.records.files import LEDGER

ALWAYS = ("root", "header", "files", "lines")
"""Fields that every part has: its folder, its header, the names of its tables."""
WORDS = ("note", "text", "title", "about", "description")
"""Fields with these names, or with one of them and a language behind it, hold words for readers."""
_NO_WORDS = Localised.model_construct(root={})
_NO_RECOMMENDATIONS = Recommendations.model_construct(measures=(), areas=())
_HEADER_WORDS: dict[str, Any] = {
    "authors": (),
    "licence": "",
    "names": {},
    "address": None,
    "languages": (),
    "not_yet": {},
    "footnote": None,
    "footnote_marks": {},
    "reviewers": (),
    "funders": (),
    "contact": None,
    "doi": None,
    "isbn": None,
    "cover": None,
    "logo": None,
    "changes": None,
    "tracker": TrackerSettings(),  # who reads it has it as a field of the case
}
_SOURCE_WORDS: dict[str, Any] = {
    "title": "",
    "publisher": "",
    "address": None,
    "language": None,
    "note": None,
    "read_on": None,
}


class Whole(Protocol):
    """A case, as far as its parts are made: a dataclass that names the files it was read from."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    @property
    def files(self) -> Mapping[str, str]: ...


C = TypeVar("C", bound=Whole)


class NotReadError(RuntimeError):
    """A stage asked for a table that its declaration does not name."""


class NotRead:
    """Stands where a table of the case is that a stage does not read: any use of it is an error."""

    def __init__(self, name: str) -> None:
        self._name = name

    def _refuse(self, *_: object) -> NoReturn:
        raise NotReadError(
            f"the stage does not say that it reads {self._name!r}: add it to `reads` of its row in STAGES"
        )

    __iter__ = __len__ = __getitem__ = __contains__ = __bool__ = __eq__ = _refuse
    __hash__ = None  # type: ignore[assignment]

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):  # what pickling and copying look for
            raise AttributeError(name)
        self._refuse()


def part_of(case: C, reads: Collection[str], *, words: bool = False) -> C:
    """Give the part of a case that a stage reads.

    Parameters
    ----------
    case : Case
        Already filtered by day and verification.
    reads : collection of str
        Names of the fields of `Case` that the stage reads; header, folder and names of files are always there.
    words : bool
        Keep titles, notes and other words for readers.

    Returns
    -------
    Case
        With `NotRead` in place of every other field; its `files` name the tables of the case, and give the checksums of
        those of the waves to who reads waves.
    """
    kept: dict[str, Any] = {}
    for one in fields(case):
        if one.name not in reads and one.name not in ALWAYS:
            kept[one.name] = NotRead(one.name)
        elif not words:
            kept[one.name] = _wordless(getattr(case, one.name))
    tables = {name: "" for name in sorted(case.files) if name.endswith(".csv") and "/" not in name}
    tables = {name: sha for name, sha in tables.items() if name not in LEDGER}  # what was said changes no number
    waves = {name: sha for name, sha in sorted(case.files.items()) if name.startswith("surveys/") and "waves" in reads}
    return replace(case, **{**kept, "files": {**tables, **waves}, "lines": {}})


def hidden_fields(case: Whole) -> dict[str, NotRead]:
    """Give the fields of a part that are not read; none of a whole case."""
    found = ((one.name, getattr(case, one.name)) for one in fields(case))
    return {name: thing for name, thing in found if isinstance(thing, NotRead)}


def filled(case: C, hidden: Collection[str]) -> C:
    """Give a part with empty tables where something is not read: for what goes through all tables of a case."""
    empty: dict[str, Any] = {}
    for one in fields(case):
        if one.name in hidden:
            is_mapping = "Mapping" in str(one.type)
            empty[one.name] = _NO_RECOMMENDATIONS if one.name == "recommendations" else {} if is_mapping else ()
    return replace(case, **empty)


def content_of(case: Whole) -> str:
    """Give all that a part holds as text that repeats byte for byte; where its folder lies does not matter."""
    plain = {one.name: _plain(getattr(case, one.name)) for one in fields(case) if one.name not in ("root", "lines")}
    return json.dumps(plain, ensure_ascii=False, sort_keys=True)


def _wordless(thing: Any) -> Any:
    if isinstance(thing, Localised):
        return _NO_WORDS
    if isinstance(thing, BaseModel):
        changed = dict(_words_of(thing))
        return thing.model_copy(update=changed) if changed else thing
    if isinstance(thing, tuple):
        return tuple(_wordless(one) for one in thing)
    if isinstance(thing, Mapping):
        return {key: _wordless(one) for key, one in thing.items()}
    return thing


def _words_of(record: BaseModel) -> Iterator[tuple[str, Any]]:
    """Give the fields of a record that change when its words are left out."""
    known = _SOURCE_WORDS if isinstance(record, Source) else _HEADER_WORDS if isinstance(record, CaseHeader) else {}
    for name in type(record).model_fields:
        value = getattr(record, name)
        if name in known:
            yield name, known[name]
        elif isinstance(value, str | Localised | None) and name.partition("_")[0] in WORDS:
            yield name, None
        elif (without := _wordless(value)) is not value:
            yield name, without


def _plain(thing: Any) -> Any:
    if isinstance(thing, NotRead):
        return None
    if isinstance(thing, BaseModel):
        return thing.model_dump(mode="json")
    if is_dataclass(thing) and not isinstance(thing, type):
        return {one.name: _plain(getattr(thing, one.name)) for one in fields(thing)}
    if isinstance(thing, tuple | list):
        return [_plain(one) for one in thing]
    if isinstance(thing, Mapping):
        return {str(key): _plain(one) for key, one in thing.items()}
    if isinstance(thing, Path):
        return thing.name  # what stands in the file is in `files`
    return thing.isoformat() if isinstance(thing, date) else thing
