"""The pages to look things up: sources, data, method."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from markupsafe import Markup

from shteg.estimates import LABELS
from shteg.publish.html.edition_tables import assumptions_table
from shteg.publish.html.naming import citation, documents_of, evidence_to, language_name
from shteg.publish.html.page import Material, Page
from shteg.publish.html.provenance import told
from shteg.publish.html.tab_book import tab_book_links, tab_books
from shteg.publish.printed import Voice, source_link, values_page
from shteg.report import TableView
from shteg.report.edition_view import SourceView
from shteg.report.language.tables import make_table
from shteg.report.text.addresses import followed_address

ROOMS = (
    *("evidence", "survey", "stance", "accession", "consent", "pathways", "pool", "recommendations", "evaluation"),
    "ledger",
)
ASSUMPTION_TABLES = ("parameters", "assumptions")
"""Last parts of the names of tables that list what a stage assumed."""
MOST_SOURCES = 4
"""Sources named for one value in the list of all; its panel names every one."""


def _sources(material: Material) -> dict[str, Any]:
    voice = material.voice
    sources = [_source(voice, name, one) for name, one in voice.edition.sources.items()]
    sources.sort(key=lambda one: (one["title"].casefold(), one["id"]))  # titles are in many languages
    unverified = sum(one["unverified"] for one in sources)
    headers = [voice.t("column.code"), voice.t("column.meaning")]
    grades = {"reliability": "ABCDEF", "credibility": "123456"}
    return {
        "sources": sources,
        "unverified_count": voice.number(unverified) if unverified else "",
        **{
            name: make_table(voice.t(f"sources.{name}"), headers, [(code, voice.t(f"grade.{code}")) for code in codes])
            for name, codes in grades.items()
        },
    }


def _source(voice: Voice, name: str, one: SourceView) -> dict[str, Any]:
    return {
        "id": name,
        "title": one.title,
        "publisher": one.publisher,
        "published": voice.date(one.published_on),
        "read": voice.date(one.read_on),
        "address": followed_address(one.address),
        "grade": voice.grade(one.grade),
        "unverified": one.grade.endswith("6"),
        "language": one.language or "",
        "note": one.note or "",
    }


def _data(material: Material) -> dict[str, Any]:
    voice, path = material.voice, material.edition_path
    rows = []
    for name in voice.edition.table_names:
        links = Markup(", ").join(
            Markup('<a href="{}/tables/{}.{}" aria-label="{}">{}</a>').format(
                path, name, suffix, f"{name}.{suffix}", words
            )
            for suffix, words in (("csv", "CSV"), ("parquet", "Parquet"))
        )
        rows.append((voice.table_title(name), name, voice.number(voice.edition.table(name).height), links))
    headers = [voice.t(f"column.{name}") for name in ("table", "code", "rows", "files")]
    return {
        "edition_path": path,
        "tables": make_table(voice.t("data.tables"), headers, rows, (2,)),
        "manifest": _manifest(voice),
        "left_out": left_out_table(voice),
        "tab_books": tab_book_links(voice),
        "citation": citation(voice),
        "all_documents": [
            {"name": f"../{code}/{one.name}", "words": f"{one.words} ({language_name(code)})", "language": code}
            for code in voice.edition.languages
            for one in documents_of(Voice(voice.edition, code))
        ],
    }


def left_out_table(voice: Voice) -> TableView | None:
    """Count the rows that the day of the edition leaves out, by table; None if the manifest tells of none."""
    counts, imprecise = voice.edition.manifest.left_out, voice.edition.manifest.left_out_imprecise
    rows = [
        (_table_name(voice, table), *(voice.number(found.get(table, 0)) for found in (counts, imprecise)))
        for table in sorted({*counts, *imprecise})
        if counts.get(table) or imprecise.get(table)
    ]
    headers = [voice.t(f"column.{name}") for name in ("table", "left-out", "left-out-imprecise")]
    note = voice.t("data.left-out.imprecise") if any(imprecise.values()) else ""
    return make_table(voice.t("data.left-out"), headers, rows, (1, 2), note) if rows else None


def _table_name(voice: Voice, table: str) -> str:
    """Name a table of the case, written as `acts`, `acts.csv` or `evidence.acts`."""
    name = table.removesuffix(".csv").rpartition("/")[2].removeprefix("evidence.")
    title = voice.table_title(f"evidence.{name}")
    return table if title == f"evidence.{name}" else title


def values_pages(printed: Iterable[str]) -> tuple[Page, ...]:
    """Give the pages that list values: one that leads to the others, and one for each kind of those printed."""
    kinds: dict[str, list[str]] = {}
    for value_id in sorted(printed):
        kinds.setdefault(values_page(value_id).removesuffix(".html"), []).append(value_id)
    return (VALUES_PAGE, *(_list_page(slug, kinds[slug]) for slug in sorted(kinds)))


def _list_page(slug: str, ids: list[str]) -> Page:
    def context(material: Material) -> dict[str, Any]:
        voice = material.voice
        return {"heading": _kind_title(voice, slug), "values": [_value(voice, value_id) for value_id in ids]}

    return Page(
        slug=slug,
        template="values_list",
        context=context,
        title=lambda material: _kind_title(material.voice, slug),
    )


def _values(material: Material) -> dict[str, Any]:
    voice = material.voice
    counts = Counter(values_page(one).removesuffix(".html") for one in material.printed)
    return {
        "count": voice.number(len(material.printed)),
        "lists": [
            {"slug": slug, "title": _kind_title(voice, slug), "count": voice.number(counts[slug])}
            for slug in sorted(counts)
        ],
    }


def _kind_title(voice: Voice, slug: str) -> str:
    """Name a list of values by the first part of their ids."""
    return voice.t("values.kind", kind=slug.removeprefix("values-"))


def _manifest(voice: Voice) -> list[tuple[str, str]]:
    manifest = voice.edition.manifest
    found = {
        "edition": manifest.edition,
        "evidence-to": evidence_to(voice),
        "as_of": voice.date(manifest.as_of),
        "seed": str(manifest.seed),
        "shteg": manifest.shteg,
        "code": manifest.code,
    }
    counted = {"inputs": manifest.inputs, "files": manifest.files}
    found |= {key: voice.number(len(listed)) for key, listed in counted.items() if listed is not None}
    return [(voice.t(f"manifest.{key}"), text) for key, text in found.items() if text]


def _value(voice: Voice, value_id: str) -> dict[str, Any]:
    value = voice.edition.value(value_id)
    more = [Markup("…")] if len(value.source_ids) > MOST_SOURCES else []
    return {
        "id": value_id,
        **told(voice, value_id)._asdict(),
        "tag": voice.tag(value.label),
        "unverified": not value.verified,
        "sources": [
            *(source_link(name, name) for name in value.source_ids[:MOST_SOURCES]),
            *more,
        ],
    }


def method_context(voice: Voice) -> dict[str, Any]:
    """Give what the template `method.html.j2` needs, the text of the case aside."""
    tables = [name for name in voice.edition.table_names if name.rpartition(".")[2] in ASSUMPTION_TABLES]
    return {
        "labels": [{"tag": voice.tag(name), "text": voice.t(f"label.{name}.text")} for name in LABELS],
        "rooms": [
            {"id": room, "title": voice.t(f"method.{room}.title"), "text": voice.t(f"method.{room}.text")}
            for room in ROOMS
        ],
        "assumptions": [assumptions_table(voice, name) for name in tables],
    }


PAGES = (
    Page(slug="sources", group="data", context=_sources),
    Page(
        slug="data",
        group="data",
        context=_data,
        beside=lambda material: tab_books(material.voice, material.figures.cache),
    ),
)
VALUES_PAGE = Page(slug="values", group="data", context=_values)
"""Written last, with the lists that it leads to: they hold what the other pages print."""
