"""Where each figure of a page comes from, as a classic script, so that it opens from a disk without a server."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from shteg.estimates import LABELS
from shteg.publish.printed import Voice, script_json
from shteg.report.text.addresses import contact_link

ID_PLACE, PRINTED_PLACE = "\u27e8id\u27e9", "\u27e8printed\u27e9"
"""Where the script of the panel writes which value is meant, and how it is printed."""
PANEL_WORDS = ("interval", "label", "sources", "all_sources", "method", "key", "unverified")
"""Messages `publish.panel.…` that the panel shows."""


def provenance_script(voice: Voice, value_ids: Iterable[str]) -> str:
    """Write `window.SHTEG_VALUES` for these values: short keys, each source and each set of sources written once."""
    ids = sorted(set(value_ids))
    cited = sorted({source for value_id in ids for source in voice.edition.value(value_id).source_ids})
    place = {source: index for index, source in enumerate(cited)}
    sets: dict[tuple[str, ...], int] = {}
    values = {}
    for value_id in ids:
        of = sets.setdefault(voice.edition.value(value_id).source_ids, len(sets))
        values[value_id] = {**_entry(voice, value_id), "s": of}
    book = {
        "values": values,
        "sources": [_source(voice, name) for name in cited],
        "sets": [[place[name] for name in names] for names in sets],
        **_words(voice),
    }
    return f"window.SHTEG_VALUES = {script_json(book)};\n"


class Told(NamedTuple):
    """What is said of a value wherever it is listed: what it is, its number, its interval."""

    what: str
    number: str
    interval: str


# A value stands on many pages: what is said of it, and of its sources, is made once for a language.


def told(voice: Voice, value_id: str) -> Told:
    """Say what a value is, its number with more decimals than the text, and its interval (empty if it has none)."""

    def tell() -> Told:
        value = voice.edition.value(value_id)
        return Told(voice.what(value), voice.exact(value), voice.exact_interval(value))

    return voice.edition.once(("told", voice.language, value_id), tell)


def _words(voice: Voice) -> Mapping[str, Any]:
    def make() -> Mapping[str, Any]:
        return {
            "labels": {name: [voice.label(name), voice.t(f"label.{name}.text")] for name in LABELS},
            "words": {**{name: voice.t(f"panel.{name}") for name in PANEL_WORDS}, **_reported(voice)},
        }

    return voice.edition.once(("words of the panel", voice.language), make)


def _reported(voice: Voice) -> Mapping[str, str]:
    """Give how an error is reported: a message with room for the id and what is printed, and where it goes."""
    contact = voice.edition.case.contact or ""
    return {
        "report": voice.t("row.report"),
        "message": voice.t("report.value", edition=voice.edition.manifest.edition, id=ID_PLACE, printed=PRINTED_PLACE),
        "contact": contact_link(contact) if contact else "",
    }


def _source(voice: Voice, name: str) -> tuple[str, ...]:
    def make() -> tuple[str, ...]:
        found = voice.source_named(name)
        return name, found.title, found.publisher, voice.grade(found.grade)

    return voice.edition.once(("source of the panel", voice.language, name), make)


def _entry(voice: Voice, value_id: str) -> Mapping[str, Any]:
    return voice.edition.once(("entry", voice.language, value_id), lambda: _make_entry(voice, value_id))


def _make_entry(voice: Voice, value_id: str) -> Mapping[str, Any]:
    value = voice.edition.value(value_id)
    what, number, interval = told(voice, value_id)
    entry: dict[str, Any] = {"w": what, "n": number, "l": value.label, "m": list(voice.method(value.method))}
    if interval:
        entry["i"] = interval
    details = [
        [voice.text_or(f"publish.detail.{name}", ""), voice.detail(name, detail)]
        for name, detail in value.details.items()
    ]
    shown = [pair for pair in details if pair[0] and pair[1]]
    if shown:
        entry["d"] = shown
    if not value.verified:
        entry["u"] = 1
    return entry
