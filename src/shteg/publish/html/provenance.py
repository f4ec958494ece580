"""Where each figure of a page comes from, as a classic script, so that it opens from a disk without a server."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from shteg.estimates import LABELS, Value
from shteg.publish.printed import Voice, script_json

PANEL_WORDS = ("interval", "label", "sources", "all_sources", "method", "key", "unverified")
"""Messages `publish.panel.…` that the panel shows."""


def provenance_script(voice: Voice, value_ids: Iterable[str]) -> str:
    """Write `window.SHTEG_VALUES` for these values: short keys, each source and each set of sources written once."""
    ids = sorted(set(value_ids))
    cited = sorted({source for value_id in ids for source in voice.edition.value(value_id).source_ids})
    place = {source: index for index, source in enumerate(cited)}
    sets: dict[tuple[str, ...], int] = {}
    values = {value_id: _entry(voice, voice.edition.value(value_id), sets) for value_id in ids}
    sources = []
    for name in cited:
        found = voice.edition.source(name)
        sources.append([name, found.title, found.publisher, voice.grade(found.grade)])
    book = {
        "values": values,
        "sources": sources,
        "sets": [[place[name] for name in names] for names in sets],
        "labels": {name: [voice.label(name), voice.t(f"label.{name}.text")] for name in LABELS},
        "words": {name: voice.t(f"panel.{name}") for name in PANEL_WORDS},
    }
    return f"window.SHTEG_VALUES = {script_json(book)};\n"


def _entry(voice: Voice, value: Value, sets: dict[tuple[str, ...], int]) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "w": voice.what(value),
        "n": voice.exact(value),
        "l": value.label,
        "s": sets.setdefault(value.source_ids, len(sets)),
        "m": list(voice.method(value.method)),
    }
    interval = voice.with_level(value)
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
