"""The commitments of one addressee for programs: a feed of what happened, and the data as CSV and JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, cast
from uuid import NAMESPACE_URL, uuid5
from xml.sax.saxutils import escape, quoteattr

from shteg.publish.citable.feeds import XML
from shteg.publish.citable.work import Work, work_of
from shteg.publish.printed import Voice
from shteg.publish.records.tracker import COMMITMENTS, addressee_slug, happenings_of, stage_name
from shteg.report.edition_view import Row
from shteg.report.sheets import Cell, Sheet, sheet_csv

STANDING = (
    *("commitment", "kind", "area", "made_on", "due", "status", "axis", "weight", "official_status", "evidence_status"),
    *("assessment_status", "disagree", "timeliness", "done_on", "last_on", "freshness", "source", "grade", "verified"),
)
EVENT = (
    *("axis", "stage", "weight", "happened_on", "public_from", "origin", "key", "value", "withdrawn_by", "source"),
    *("grade", "verified"),
)


def addressee_rows(voice: Voice, addressee: str) -> list[Row]:
    """Give the commitments of an addressee, in the order of the case."""
    return [row for row in voice.edition.rows(COMMITMENTS) if row["addressee"] == addressee]


def _told(voice: Voice, row: Row) -> list[dict[str, Any]]:
    """Give the events of a commitment with the names of their stages."""
    return [
        {name: one[name] for name in EVENT} | {"stage_name": stage_name(voice, row, one["stage"])}
        for one in happenings_of(voice.edition)[row["commitment"]]
    ]


def data_json(voice: Voice, addressee: str) -> bytes:
    """Write the commitments of an addressee with all their events as JSON, in the words of one language.

    Parameters
    ----------
    voice : Voice
    addressee : str
        Its id.

    Returns
    -------
    bytes
    """
    work = work_of(voice)
    found = {
        "addressee": addressee,
        "name": voice.named(f"addressee:{addressee}"),
        "language": str(voice.language),
        "edition": work.edition,
        "as_of": voice.edition.case.as_of,
        "licence": work.licence,
        "cite": work.cited,
        "commitments": [
            {"title": voice.named(f"commitment:{row['commitment']}")}
            | {name: row[name] for name in STANDING}
            | {"events": _told(voice, row)}
            for row in addressee_rows(voice, addressee)
        ],
    }
    return (json.dumps(found, ensure_ascii=False, indent=1) + "\n").encode()


def data_csv(voice: Voice, addressee: str) -> bytes:
    """Write one line for each event of the commitments of an addressee; one without an event has a line of its own.

    Parameters
    ----------
    voice : Voice
    addressee : str
        Its id.

    Returns
    -------
    bytes
    """
    theirs = (*EVENT, "stage_name")
    rows = []
    for row in addressee_rows(voice, addressee):
        told = {"title": voice.named(f"commitment:{row['commitment']}")} | row
        for event in _told(voice, row) or [{}]:
            cells = (*(told[name] for name in ("title", *STANDING)), *(event.get(name) for name in theirs))
            rows.append(tuple(_cell(one) for one in cells))
    headers = ("title", *STANDING, *(f"event_{name}" for name in theirs))
    slug = addressee_slug(addressee)
    return sheet_csv(Sheet(name=slug, title=slug, headers=headers, rows=tuple(rows)))


def _cell(cell: Any) -> Cell:
    """Write a truth value as the other tables do."""
    return str(cell).lower() if isinstance(cell, bool) else cast("Cell", cell)


def feed(voice: Voice, addressee: str) -> bytes:
    """Write the feed of an addressee: one entry for each event of its commitments, and for each commitment.

    Parameters
    ----------
    voice : Voice
    addressee : str
        Its id.

    Returns
    -------
    bytes
        Atom (RFC 4287), the latest entry first; the id of an entry is the same in every edition that has it.
    """
    work, slug = work_of(voice), addressee_slug(addressee)
    start = f"{work.address}/{work.language}/" if work.address else ""
    title = voice.t("tracker.feed.title", title=work.title, addressee=voice.named(f"addressee:{addressee}"))
    entries = sorted(_entries(voice, work, addressee, f"{start}{slug}.html"), key=lambda one: one[:2], reverse=True)
    updated = max((day for day, *_ in entries), default=work.day)
    authors = "".join(f"<author><name>{escape(name)}</name></author>" for name in work.names)
    head = (
        f"<title>{escape(title)}</title><id>{named_once(work, slug)}</id><updated>{moment(updated)}</updated>{authors}"
        f'<link rel="self" href={quoteattr(f"{start}{slug}.xml")}/><link href={quoteattr(f"{start}{slug}.html")}/>'
        f"<rights>{escape(work.licence)}</rights>\n"
    )
    body = "".join(text for _, _, text in entries)
    return f'{XML}<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{work.language}">{head}{body}</feed>\n'.encode()


def _entries(voice: Voice, work: Work, addressee: str, page: str) -> Iterator[tuple[str, str, str]]:
    """Give day, name and text of each entry."""
    for row in addressee_rows(voice, addressee):
        about = {"title": voice.named(f"commitment:{row['commitment']}")}
        made = voice.t("tracker.feed.made", **about, kind=voice.text(f"tracker.kind.{row['kind']}"))
        place = f"{page}#commitment-{row['commitment']}"
        yield _entry(work, f"commitment {row['commitment']}", made, row["made_on"], place, _source(voice, row))
        for one in happenings_of(voice.edition)[row["commitment"]]:
            key = "event" if one["withdrawn_by"] is None else "withdrawn"
            stage, axis = stage_name(voice, row, one["stage"]), voice.text(f"tracker.axis.{one['axis']}")
            said = voice.t(f"tracker.feed.{key}", **about, stage=stage, axis=axis)
            name = " ".join((row["commitment"], one["origin"], one["key"], one["axis"], one["stage"]))
            yield _entry(work, name, said, one["public_from"], place, _source(voice, one))


def _source(voice: Voice, row: Mapping[str, Any]) -> str:
    one = voice.source_named(row["source"])
    return f"{one.title}, {one.publisher} ({row['grade']})"


def _entry(work: Work, name: str, title: str, when: str, page: str, source: str) -> tuple[str, str, str]:
    day = last_day(when)
    text = (
        f"<entry><title>{escape(title)}</title><id>{named_once(work, name)}</id><updated>{moment(day)}</updated>"
        f"<link href={quoteattr(page)}/><summary>{escape(source)}</summary></entry>\n"
    )
    return day, name, text


def moment(day: str) -> str:
    """Write a day as Atom writes a moment: its beginning in UTC."""
    return f"{day}T00:00:00Z"


def named_once(work: Work, name: str) -> str:
    """Name an entry once and for all: the same event in the same language has the same id in every edition."""
    publication = work.id.partition(work.edition)[0]
    return f"urn:uuid:{uuid5(NAMESPACE_URL, f'shteg:{publication}tracker {name}:{work.language}')}"


def last_day(when: str) -> str:
    """Give a day for a date that may be a month, a year or a span: the first day of its last part."""
    last = when.rpartition("/")[2]
    return f"{last}-01-01"[:10] if len(last) == 4 else f"{last}-01" if len(last) == 7 else last


def addressee_files(voice: Voice, addressee: str) -> Mapping[str, bytes]:
    """Give the files of an addressee, by their name in the folder of the language.

    Parameters
    ----------
    voice : Voice
    addressee : str
        Its id.

    Returns
    -------
    mapping
    """
    slug = addressee_slug(addressee)
    return {
        f"{slug}.xml": feed(voice, addressee),
        f"{slug}.csv": data_csv(voice, addressee),
        f"{slug}.json": data_json(voice, addressee),
    }
