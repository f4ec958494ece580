"""The pages to look things up: sources, data, method."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from shteg.estimates import LABELS
from shteg.publish.html.edition_tables import assumptions_table
from shteg.publish.html.tables import TableView, make_table
from shteg.publish.printed import Voice, iso_text, safe_address, values_page

ROOMS = ("evidence", "survey", "stance", "accession", "pathways", "recommendations", "evaluation")
ASSUMPTION_TABLES = ("parameters", "assumptions")
"""Last parts of the names of tables that list what a stage assumed."""


def sources_context(voice: Voice) -> dict[str, Any]:
    """Give what the template `sources.html.j2` needs."""
    sources = [_source(voice, name, one) for name, one in voice.edition.sources.items()]
    sources.sort(key=lambda one: (one["title"].casefold(), one["id"]))  # titles are in many languages
    unverified = sum(one["unverified"] for one in sources)
    headers = [voice.t("column.code"), voice.t("column.meaning")]
    return {
        "sources": sources,
        "unverified_count": voice.number(unverified) if unverified else "",
        "reliability": make_table(
            voice.t("sources.reliability"), headers, [(code, voice.t(f"grade.{code}")) for code in "ABCDEF"]
        ),
        "credibility": make_table(
            voice.t("sources.credibility"), headers, [(code, voice.t(f"grade.{code}")) for code in "123456"]
        ),
    }


def _source(voice: Voice, name: str, one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": name,
        "title": one["title"],
        "publisher": one["publisher"],
        "published": voice.date(iso_text(one.get("published_on"))),
        "read": voice.date(iso_text(one.get("read_on"))),
        "address": safe_address(one.get("address")),
        "grade": voice.grade(one["grade"]),
        "unverified": one["grade"].endswith("6"),
        "language": one.get("language") or "",
        "note": one.get("note") or "",
    }


def data_context(voice: Voice, edition_path: str) -> dict[str, Any]:
    """Give what the template `data.html.j2` needs; the values are all that other pages have quoted."""
    rows = []
    for name in voice.edition.table_names:
        links = Markup(", ").join(
            Markup('<a href="{}/tables/{}.{}" aria-label="{}">{}</a>').format(
                edition_path, name, suffix, f"{name}.{suffix}", words
            )
            for suffix, words in (("csv", "CSV"), ("parquet", "Parquet"))
        )
        rows.append((voice.table_title(name), name, voice.number(voice.edition.table(name).height), links))
    headers = [voice.t(f"column.{name}") for name in ("table", "code", "rows", "files")]
    return {
        "edition_path": edition_path,
        "tables": make_table(voice.t("data.tables"), headers, rows, (2,)),
        "manifest": _manifest(voice),
        "left_out": left_out_table(voice),
    }


def left_out_table(voice: Voice) -> TableView | None:
    """Count the rows that the day of the edition leaves out, by table; None if the manifest tells of none."""
    counts, imprecise = (_counts(voice, key) for key in ("left_out", "left_out_imprecise"))
    if not any((*counts.values(), *imprecise.values())):
        return None
    rows = [
        (_table_name(voice, table), *(voice.number(found.get(table, 0)) for found in (counts, imprecise)))
        for table in sorted({*counts, *imprecise})
        if counts.get(table) or imprecise.get(table)
    ]
    headers = [voice.t(f"column.{name}") for name in ("table", "left-out", "left-out-imprecise")]
    note = voice.t("data.left-out.imprecise") if any(imprecise.values()) else ""
    return make_table(voice.t("data.left-out"), headers, rows, (1, 2), note)


def _counts(voice: Voice, key: str) -> dict[str, int]:
    found = voice.edition.manifest.get(key)
    return {str(table): int(count) for table, count in found.items()} if isinstance(found, Mapping) else {}


def _table_name(voice: Voice, table: str) -> str:
    """Name a table of the case, written as `acts`, `acts.csv` or `evidence.acts`."""
    name = table.removesuffix(".csv").rpartition("/")[2].removeprefix("evidence.")
    title = voice.table_title(f"evidence.{name}")
    return table if title == f"evidence.{name}" else title


def values_by_kind(voice: Voice) -> dict[str, list[str]]:
    """Give the ids of all values that any page has quoted so far, by the slug of the page that lists them."""
    found: dict[str, list[str]] = {}
    for value_id in sorted(voice.quoted):
        found.setdefault(values_page(value_id).removesuffix(".html"), []).append(value_id)
    return dict(sorted(found.items()))


def values_context(voice: Voice) -> dict[str, Any]:
    """Give what the template `values.html.j2` needs: the lists of values, for readers without scripts."""
    lists = values_by_kind(voice)
    return {
        "count": voice.number(len(voice.quoted)),
        "lists": [
            {"slug": slug, "title": kind_title(voice, slug), "count": voice.number(len(ids))}
            for slug, ids in lists.items()
        ],
    }


def kind_title(voice: Voice, slug: str) -> str:
    """Name a list of values by the first part of their ids."""
    return voice.t("values.kind", kind=slug.removeprefix("values-"))


def list_of_values(voice: Voice, slug: str) -> dict[str, Any]:
    """Give what the template `values_list.html.j2` needs: every value of one kind that any page has quoted."""
    ids = values_by_kind(voice)[slug]
    return {"heading": kind_title(voice, slug), "values": [_value(voice, value_id) for value_id in ids]}


def _manifest(voice: Voice) -> list[tuple[str, str]]:
    manifest = voice.edition.manifest
    found: list[tuple[str, str]] = []
    for key in ("edition", "as_of", "seed", "shteg", "code"):
        if manifest.get(key) not in (None, ""):
            text = voice.date(manifest[key]) if key == "as_of" else str(manifest[key])
            found.append((voice.t(f"manifest.{key}"), text))
    found += [
        (voice.t(f"manifest.{key}"), voice.number(len(manifest[key])))
        for key in ("inputs", "files")
        if isinstance(manifest.get(key), Mapping | Sequence)
    ]
    return found


def _value(voice: Voice, value_id: str) -> dict[str, Any]:
    value = voice.edition.value(value_id)
    return {
        "id": value_id,
        "what": voice.what(value_id),
        "number": voice.exact(value),
        "interval": voice.interval(value_id),
        "tag": voice.tag(value.label),
        "unverified": not value.verified,
        "sources": [
            Markup('<a href="sources.html#source-{}">{}</a>').format(name, name)
            for name in value.source_ids[:MOST_SOURCES]
        ]
        + ([Markup("…")] if len(value.source_ids) > MOST_SOURCES else []),
    }


MOST_SOURCES = 4
"""Sources named for one value in the list of all; its panel names every one."""


def method_context(voice: Voice) -> dict[str, Any]:
    """Give what the template `method.html.j2` needs, the text of the case aside."""
    tables = [name for name in voice.edition.table_names if name.rpartition(".")[2] in ASSUMPTION_TABLES]
    return {
        "labels": [{"tag": voice.tag(name), "text": voice.t(f"label.{name}.text")} for name in LABELS],
        "rooms": [
            {"id": room, "title": voice.t(f"method.{room}.title"), "text": voice.t(f"method.{room}.text")}
            for room in ROOMS
        ],
        "assumptions": [
            {"heading": voice.t("method.assumptions"), "table": assumptions_table(voice, name)} for name in tables
        ],
    }
