"""References, feeds, catalogues and codebooks: each is what its format wants, and says what the edition says."""

import csv
import io
import json
import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as Tree

import pytest
from pyld import jsonld

from shteg.publish.citable.chart_files import chart_sheet
from shteg.publish.citable.dcat import catalogue
from shteg.publish.citable.ddi import NAMESPACE, codebook, wave_ids
from shteg.publish.citable.feeds import atom, editions, robots, sitemap
from shteg.publish.citable.references import bibtex, csl_json, ris
from shteg.publish.citable.work import work_of
from shteg.publish.html.json_ld import structured_data
from shteg.publish.printed import Voice
from shteg.report import EditionView, available_charts, chart
from shteg.report.history_view import errata
from shteg.report.sheets import sheet_csv
from tests.publish.citable.ddi_form import faults

ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
DDI = f"{{{NAMESPACE}}}"


@pytest.fixture
def voices(demo_view: EditionView) -> list[Voice]:
    return [Voice(demo_view, language) for language in demo_view.languages]


def test_references_say_who_what_when_and_where(voices: list[Voice]) -> None:
    for voice in voices:
        work = work_of(voice)
        item = json.loads(csl_json(work))[0]
        assert item["title"] == work.title
        assert [one["literal"] for one in item["author"]] == list(work.names)
        assert item["issued"]["date-parts"] == [[int(part) for part in voice.edition.case.as_of.split("-")]]
        lines = dict(line.split("  - ", 1) for line in ris(work).split("\r\n") if line and not line.startswith("AU"))
        assert lines["TI"] == work.title
        assert lines["ER"] == ""
        entry = bibtex(work)
        assert entry.count("{") == entry.count("}")
        assert f"year = {{{work.year}}}" in entry
        assert work.page.startswith("https://")
        assert work.page in entry


def test_hostile_words_stay_words_in_a_reference(voices: list[Voice]) -> None:
    from dataclasses import replace

    work = replace(work_of(voices[0]), title="A & B\n% } \\input{x} #1", publisher="TY  - X\r\nER  - ")
    entry = bibtex(work)
    assert r"\input" not in entry
    assert entry.count("\n%") == 0
    assert "\r\nER  - \r\n" not in ris(work).removesuffix("ER  - \r\n")
    assert json.loads(csl_json(work))[0]["title"] == work.title


def test_the_feed_has_an_entry_for_each_edition_on_record(voices: list[Voice]) -> None:
    for voice in voices:
        root = Tree.fromstring(atom(voice))
        entries = root.findall(f"{ATOM}entry")
        assert len(entries) == len(editions(voice)) + len(errata(voice.edition)) >= 1
        ids = [one.findtext(f"{ATOM}id") for one in (root, *entries)]
        assert len(set(ids)) == len(ids)
        for one in (root, *entries):
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00Z", one.findtext(f"{ATOM}updated") or "")
        assert atom(voice) == atom(voice)


def test_the_map_of_the_site_names_every_page_and_its_translations() -> None:
    root = Tree.fromstring(sitemap("https://example.org/a&b", ["en", "sq"], ["index", "path"], "2026-06-30"))
    places = [one.findtext(f"{SITEMAP}loc") for one in root]
    assert places == [
        f"https://example.org/a&b/{code}/{slug}.html" for slug in ("index", "path") for code in ("en", "sq")
    ]
    assert all(len(list(one)) == 4 for one in root)
    assert robots("https://example.org").endswith("Sitemap: https://example.org/sitemap.xml\n")


def expanded(document: Any, context: Any) -> Any:
    """Expand JSON-LD without asking the network."""

    def never(url: str, options: Any) -> Any:
        raise AssertionError(f"{url} was asked for")

    return jsonld.expand({**document, "@context": context}, {"documentLoader": never})


def test_every_term_of_the_catalogue_expands(voices: list[Voice]) -> None:
    document = json.loads(catalogue(voices, "edition"))
    (found,) = expanded(document, document["@context"])
    assert found["@type"] == ["http://www.w3.org/ns/dcat#Catalog"]
    sets = found["http://www.w3.org/ns/dcat#dataset"]
    shown = [name for name in voices[0].edition.table_names if voices[0].edition.table(name).height]
    assert len(sets) == len(shown)
    kept = jsonld.compact(found, document["@context"])
    assert _keys({**kept, "@context": None}) == _keys({**document, "@context": None})  # what means nothing is dropped
    assert _keys(document) == _keys(json.loads(catalogue(voices[:1], "edition")))


WORDS_OF_SCHEMA = {
    *("Report", "Person", "Organization", "Dataset", "PropertyValue", "name", "description", "inLanguage", "url"),
    *("author", "publisher", "dateModified", "license", "version", "workTranslation", "identifier", "propertyID"),
    *("value", "funder", "contributor", "hasPart"),
}
"""Types of schema.org, and properties that it allows for them; `isbn` is one of books only."""


def test_every_word_about_a_page_is_one_of_schema_org(voices: list[Voice]) -> None:
    for voice in voices:
        for address in ("", "https://example.org/a"):
            document = json.loads(structured_data(voice, "data", "A title", "", address))
            assert document.pop("@context") == "https://schema.org"
            (found,) = expanded(document, {"@vocab": "https://schema.org/"})
            used = _keys(found) | set(_types(found))
            assert {
                one.removeprefix("https://schema.org/") for one in used if not one.startswith("@")
            } <= WORDS_OF_SCHEMA
            tags = [one["inLanguage"] for one in (document, *document["workTranslation"])]
            assert sorted(tags) == sorted(voice.edition.language_of(one).tag for one in voice.edition.languages)
            assert document["license"] == f"https://spdx.org/licenses/{voice.edition.case.licence}"
            assert [one["value"] for one in document["identifier"] if isinstance(one, dict)] == [
                voice.edition.case.isbn
            ]


def _types(thing: Any) -> Iterator[str]:
    if isinstance(thing, dict):
        yield from thing.get("@type", ())
    for inside in thing.values() if isinstance(thing, dict) else thing if isinstance(thing, list) else ():
        yield from _types(inside)


def _keys(thing: Any) -> set[str]:
    if isinstance(thing, dict):
        return set(thing) | {key for inside in thing.values() for key in _keys(inside)}
    return {key for inside in thing for key in _keys(inside)} if isinstance(thing, list) else set()


def test_the_codebook_is_in_order_and_says_what_was_estimated(voices: list[Voice]) -> None:
    (wave,) = wave_ids(voices[0].edition)
    raw = codebook(voices, wave)
    root = Tree.fromstring(raw)
    assert faults(raw) == []
    languages = {one.get("{http://www.w3.org/XML/1998/namespace}lang") for one in root.iter(f"{DDI}qstnLit")}
    assert languages == set(voices[0].edition.languages)
    rows = [row for row in voices[0].edition.rows("survey.wave_estimates") if row["domain"] == "all"]
    shares = [one.text for one in root.iter(f"{DDI}catStat")]
    assert [float(one or "") for one in shares] == pytest.approx([100 * row["estimate"] for row in rows], rel=1e-8)
    assert codebook(voices, wave) == raw


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("<catValu>", "<catstat/><catValu>", "catgry holds"),
        ("<catgry>", '<catgry missing="yes">', "catgry.missing"),
        ('schema="other"', 'schema="ours"', "varFormat.schema"),
        ("<dataDscr>", '<dataDscr colour="red">', "dataDscr has no attribute colour"),
        ("<stdyInfo>", "<stdyInfo><sumDscr/>", "stdyInfo holds"),
    ],
)
def test_the_form_of_a_codebook_is_looked_at(voices: list[Voice], old: str, new: str, told: str) -> None:
    (wave,) = wave_ids(voices[0].edition)
    raw = codebook(voices, wave).decode()
    assert old in raw
    assert any(one.startswith(told) for one in faults(raw.replace(old, new, 1).encode()))


def test_figures_that_are_taken_along_are_numbers(demo_view: EditionView) -> None:
    voice = Voice(demo_view, "sq")
    for chart_id in available_charts(demo_view):
        spec = chart(demo_view, chart_id, "sq")
        sheet = chart_sheet(voice, spec)
        assert len(sheet.rows) == len(spec.table.rows)
        assert all(len(row) == len(sheet.headers) for row in sheet.rows)
        read = list(csv.reader(io.StringIO(sheet_csv(sheet).decode("utf-8-sig"))))
        assert len(read) == len(sheet.rows) + 1
    effects = chart_sheet(voice, chart(demo_view, "effects", "sq"))
    found = {row[0]: row[1] for row in effects.rows}
    for value in demo_view.select("value.pathways.effect"):
        name = voice.about(value, "measure")
        if name in found and value.id in str(chart(demo_view, "effects", "sq").table.rows):
            assert found[name] == pytest.approx(value.number)
    assert all(isinstance(number, float) for number in found.values())
