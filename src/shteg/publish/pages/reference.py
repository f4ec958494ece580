"""The pages to look things up: sources, data, method."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from markupsafe import Markup

from shteg.estimates import LABELS, Value
from shteg.publish.citable.ddi import wave_ids
from shteg.publish.html.edition_tables import assumptions_table
from shteg.publish.html.naming import citation, documents_of, evidence_to, language_name
from shteg.publish.html.page import Material, Page
from shteg.publish.html.provenance import told
from shteg.publish.printed import Voice, machine_number, source_link
from shteg.publish.records.tab_book import tab_book_links, tab_books
from shteg.report import TableView
from shteg.report.edition_view import SourceView
from shteg.report.history_view import this_edition
from shteg.report.language.tables import make_table
from shteg.report.text.addresses import followed_address

ROOMS = (
    *("evidence", "survey", "stance", "accession", "consent", "pathways", "pool", "recommendations", "evaluation"),
    *("ledger", "explorer", "tracker"),
)
ASSUMPTION_TABLES = ("parameters", "assumptions")
"""Last parts of the names of tables that list what a stage assumed."""
GROUPED_BY = ("question", "item", "measure", "route", "scenario", "step", "member", "country")
"""What a list of values is grouped by: the first of these that a value is about."""
MOST_SOURCES = 2
"""Sources named for one value in the list of all; its panel names every one."""


def _sources(material: Material) -> dict[str, Any]:
    voice = material.voice
    unverified = sum(one.grade.endswith("6") for one in voice.edition.sources.values())
    headers = [voice.t("column.code"), voice.t("column.meaning")]
    grades = {"reliability": "ABCDEF", "credibility": "123456"}
    return {
        "sources": _source_list(voice),
        "unverified_count": voice.number(unverified) if unverified else "",
        **{
            name: make_table(voice.t(f"sources.{name}"), headers, [(code, voice.t(f"grade.{code}")) for code in codes])
            for name, codes in grades.items()
        },
    }


def _source_list(voice: Voice) -> TableView:
    """List the sources by the reliability of the publisher, and within it by title."""
    listed = sorted(
        ((name, voice.source_named(name)) for name in voice.edition.sources),
        key=lambda one: (one[1].grade[:1], one[1].title.casefold(), one[0]),  # titles are in many languages
    )
    rows = [
        (
            _titled(voice, one),
            one.publisher,
            voice.time(one.published_on),
            Markup("{}{}").format(
                voice.t(f"grade.{one.grade[1]}"), _unverified(voice) if one.grade.endswith("6") else ""
            ),
        )
        for _, one in listed
    ]
    headers = [voice.t(f"column.{name}") for name in ("title", "publisher", "published")]
    return make_table(
        voice.t("sources.list"),
        [*headers, voice.t("sources.credibility")],
        rows,
        ids=[f"source-{name}" for name, _ in listed],
        groups=[voice.t(f"grade.{one.grade[0]}") for _, one in listed],
    )


def _titled(voice: Voice, one: SourceView) -> Markup:
    """Name a source in the language of its title, linked to where it stands, with what is to be known of it."""
    spoken = Markup(' lang="{}"').format(one.titled_in) if one.titled_in else Markup()
    address = followed_address(one.address)
    if address:
        there = Markup(' hreflang="{}"').format(one.language) if one.language else Markup()
        title = Markup('<a href="{}"{}{}>{}</a>').format(address, there, spoken, one.title)
    else:
        title = Markup("<span{}>{}</span>").format(spoken, one.title)
    read = voice.t("sources.read", date=voice.date(one.read_on)) if one.read_on else ""
    told = " ".join(part for part in (one.note or "", read) if part)
    return Markup('{}<br><span class="note">{}</span>').format(title, told) if told else title


def _unverified(voice: Voice) -> Markup:
    return Markup(' <span class="tag unverified">{}</span>').format(voice.t("unverified"))


def _data(material: Material) -> dict[str, Any]:
    voice, path = material.voice, material.edition_path
    rows = []
    for name in (one for one in voice.edition.table_names if voice.edition.table(one).height):
        links = Markup(", ").join(
            Markup('<a href="{}/tables/{}.{}" aria-label="{}">{}</a>').format(
                path, name, suffix, f"{name}.{suffix}", words
            )
            for suffix, words in (("csv", "CSV"), ("parquet", "Parquet"))
        )
        height = voice.edition.table(name).height
        count = Markup('<span data-sort="{}">{}</span>').format(height, voice.number(height))
        rows.append((voice.table_title(name), Markup("<code>{}</code>").format(name), count, links))
    headers = [voice.t(f"column.{name}") for name in ("table", "code", "rows", "files")]
    return {
        "edition_path": path,
        "tables": make_table(voice.t("data.tables"), headers, rows, (2,), main=3),
        "manifest": _manifest(voice),
        "left_out": left_out_table(voice),
        "tab_books": tab_book_links(voice),
        "citation": citation(voice),
        "codebooks": wave_ids(voice.edition),
        "all_documents": [
            {"name": f"../{code}/{one.name}", "words": f"{one.words} ({language_name(code)})", "language": code}
            for code in map(voice.edition.language_of, voice.edition.languages)
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


def values_pages(voice: Voice, printed: Iterable[str]) -> tuple[Page, ...]:
    """Give the pages that list values: one that leads to the others, and one for each kind of those printed."""
    kinds: dict[str, list[str]] = {}
    for value_id in sorted(printed):
        kinds.setdefault(voice.list_of(value_id), []).append(value_id)
    return (VALUES_PAGE, *(_list_page(voice, kind, kinds[kind]) for kind in sorted(kinds)))


def _list_page(voice: Voice, kind: str, ids: list[str]) -> Page:
    def context(material: Material) -> dict[str, Any]:
        heading = _kind_title(voice, kind)
        return {"heading": heading, "values": _value_list(voice, heading, ids)}

    return Page(
        slug=f"values-{kind}",
        template="values_list",
        context=context,
        title=lambda material: _kind_title(voice, kind),
    )


def _values(material: Material) -> dict[str, Any]:
    voice = material.voice
    counts = Counter(map(voice.list_of, material.printed))
    return {
        "count": voice.number(len(material.printed)),
        "lists": [
            {
                "slug": f"values-{kind}",
                "title": _kind_title(voice, kind),
                "count": voice.number(counts[kind]),
            }
            for kind in sorted(counts)
        ],
    }


def _kind_title(voice: Voice, kind: str) -> str:
    """Name a list of values by what they are about; one that has no name of its own by the method of its values.

    A list of two parts that has no name of its own says the name of the first, and the second as it is in the ids.
    """
    above, _, part = kind.partition(".")
    if part:
        own = voice.text_or(f"publish.values.kind.{kind}", "")
        return own or f"{_kind_title(voice, above)} ({part})"
    found = next((value for name, value in voice.edition.values.items() if name.partition(".")[0] == kind), None)
    return voice.text_or(f"publish.values.kind.{kind}", voice.method(found.method)[0] if found else kind)


def _manifest(voice: Voice) -> list[tuple[str, str]]:
    manifest = voice.edition.manifest
    found = {
        "edition": this_edition(voice.edition, voice.language),
        "evidence-to": evidence_to(voice),
        "as_of": voice.date(manifest.as_of),
        "seed": str(manifest.seed),
        "shteg": manifest.shteg,
        "code": manifest.code,
    }
    counted = {"inputs": manifest.inputs, "files": manifest.files}
    found |= {key: voice.number(len(listed)) for key, listed in counted.items() if listed is not None}
    return [(voice.t(f"manifest.{key}"), text) for key, text in found.items() if text]


def _value_list(voice: Voice, caption: str, ids: list[str]) -> TableView:
    """List values with their exact numbers, by what they are about."""
    rows, groups = [], []
    for value_id in ids:
        value, said = voice.edition.value(value_id), told(voice, value_id)
        name = Markup('{}<br><code class="note">{}</code>').format(said.what, value_id)
        number = Markup('<span data-sort="{}">{}</span>').format(machine_number(value.number), said.number)
        label = Markup("{}{}").format(voice.tag(value.label), "" if value.verified else _unverified(voice))
        rows.append((name, number, said.interval, label, _cited(voice, value.source_ids)))
        groups.append(_about(voice, value))
    names = ("data.value.what", "data.value.number", "data.value.interval", "measure.label", "sources")
    order = sorted(range(len(ids)), key=lambda at: (groups[at] != "", voice.sort_key(groups[at])))  # stable
    grouped = len(set(groups)) > 1
    return make_table(
        caption,
        [voice.t(one) for one in names],
        [rows[at] for at in order],
        (1,),
        ids=[f"value-{ids[at]}" for at in order],
        groups=[groups[at] or voice.t("values.group.general") for at in order] if grouped else (),
    )


def _about(voice: Voice, value: Value) -> str:
    """Name the thing that a value is about, the first of `GROUPED_BY`; empty where it is about none."""
    kinds = {arg.partition(":")[0]: arg for arg in value.label_args.values()}
    found = next((kinds[kind] for kind in GROUPED_BY if kinds.get(kind) in voice.edition.lexicon), None)
    return "" if found is None else voice.named(found)


def _cited(voice: Voice, source_ids: tuple[str, ...]) -> Markup:
    """Link the sources of a value by publisher and year."""
    links = []
    for name in source_ids[:MOST_SOURCES]:
        one = voice.source_named(name)
        year = f" {one.published_on[:4]}" if one.published_on else ""
        links.append(source_link(name, f"{one.publisher}{year}"))
    return Markup("; ").join([*links, *([Markup("…")] if len(source_ids) > MOST_SOURCES else [])])


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
