"""The whole site: what is written, that it stays on the disk, that it is the same each time."""

import hashlib
import json
import re
import shutil
from collections.abc import Callable
from html import escape
from html.parser import HTMLParser
from pathlib import Path

import pytest

from shteg.errors import EditionError, PublishError
from shteg.publish import publish_site
from shteg.publish.html.naming import days
from shteg.publish.html.reread import printed_values, require_same_values
from shteg.publish.printed import Voice
from shteg.publish.site import PAGES
from shteg.report import EditionView
from shteg.report.language.values import format_value
from tests.abroad import NASTY, QUOTED, read_json

LANGUAGES = ("en", "sq", "sr")
LOADED = {"img": "src", "script": "src", "link": "href", "iframe": "src", "source": "src", "use": "href"}
"""Elements whose attribute a browser loads on its own; of `link` only the relations below."""
LOADED_LINKS = {"stylesheet", "icon", "preload", "modulepreload"}


class Elements(HTMLParser):
    """Collect start tags."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: text or "" for name, text in attrs}))


def pages(site: Path) -> list[Path]:
    return [site / "index.html", *(site / language / f"{slug}.html" for language in LANGUAGES for slug in slugs(site))]


def slugs(site: Path) -> list[str]:
    """The pages that every publication has, and those of each question and kind of values in this one."""
    found = {language: {page.stem for page in (site / language).glob("*.html")} for language in LANGUAGES}
    assert found["en"] == found["sq"] == found["sr"]
    pages = set(PAGES)
    assert pages < found["en"]
    kinds = ("question-", "values-", "member-", "formulas-", "embed-", "tracker-")
    assert [one for one in sorted(found["en"] - pages) if not one.startswith(kinds)] == []
    return sorted(found["en"])


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_every_page_and_document_is_there(site: Path) -> None:
    for page in pages(site):
        assert page.is_file(), page
    for language in LANGUAGES:
        assert (
            (site / language / "values" / "report.js").read_text(encoding="utf-8").startswith("window.SHTEG_VALUES = {")
        )
        for name in (f"shteg-demo-{language}.pdf", f"shteg-demo-announcement-{language}.pdf"):
            assert (site / language / name).read_bytes().startswith(b"%PDF-")


def test_the_same_edition_gives_the_same_bytes(edition_folder: Path, site: Path, tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    publish_site(edition_folder, tmp_path / "again", cache=tmp_path / "cache", progress=lambda *one: told.append(one))
    publish_site(edition_folder, tmp_path / "warm", cache=tmp_path / "cache")
    assert told[0] == ("publish", 0, told[0][2])
    assert told[-1][1] == told[-1][2]
    assert digests(tmp_path / "again") == digests(site)
    assert digests(tmp_path / "warm") == digests(site)


def test_an_edition_inside_the_site_is_linked_and_not_copied(edition_folder: Path, kept: Path, tmp_path: Path) -> None:
    shutil.copytree(edition_folder, tmp_path / "edition")
    publish_site(tmp_path / "edition", tmp_path, cache=kept / "drawings")
    text = (tmp_path / "en" / "data.html").read_text(encoding="utf-8")
    assert 'href="../edition/datapackage.json"' in text


def test_no_page_is_heavy(site: Path) -> None:
    for page in pages(site):
        assert page.stat().st_size < 300_000, page


def test_no_page_loads_anything_from_outside(site: Path) -> None:
    for page in pages(site):
        for tag, attributes in Elements(page.read_text(encoding="utf-8")).tags:
            if tag in LOADED and (tag != "link" or attributes.get("rel") in LOADED_LINKS):
                address = attributes.get(LOADED[tag], "")
                assert not re.match(r"[a-z]+:|//", address), f"{page}: {tag} {address}"
                if address and not address.startswith("#"):
                    assert (page.parent / address).is_file(), f"{page}: {address}"
    style = (site / "assets" / "site.css").read_text(encoding="utf-8")
    assert "@import" not in style
    assert "url(" not in style


def test_every_link_inside_the_site_leads_somewhere(site: Path) -> None:
    ids = {
        page: {a["id"] for _, a in Elements(page.read_text(encoding="utf-8")).tags if "id" in a} for page in pages(site)
    }
    for page in pages(site):
        for tag, attributes in Elements(page.read_text(encoding="utf-8")).tags:
            href = attributes.get("href", "")
            if tag != "a" or not href or re.match(r"[a-z]+:", href):
                continue
            path, _, fragment = href.partition("#")
            target = (page.parent / path).resolve() if path else page
            assert target.is_file(), f"{page}: {href}"
            if fragment and target in ids:
                assert fragment in ids[target], f"{page}: {href}"


def test_ids_are_unique_on_a_page(site: Path) -> None:
    for page in pages(site):
        ids = [a["id"] for _, a in Elements(page.read_text(encoding="utf-8")).tags if "id" in a]
        assert len(ids) == len(set(ids)), f"{page}: {sorted({one for one in ids if ids.count(one) > 1})}"


def test_html_in_labels_is_inert(site: Path) -> None:
    for page in pages(site):
        text = page.read_text(encoding="utf-8")
        assert "<script>alert" not in text
        assert "<b>bold" not in text
        assert "javascript:alert" not in text
    assert "<script>alert" not in (site / "en" / "values" / "report.js").read_text(encoding="utf-8")
    assert "&lt;script&gt;alert" in (site / "en" / "recommendations.html").read_text(encoding="utf-8")


def test_languages_point_at_each_other(site: Path) -> None:
    for language, other in (("en", "sq"), ("sq", "en")):
        for slug in slugs(site):
            text = (site / language / f"{slug}.html").read_text(encoding="utf-8")
            assert f'<html lang="{language}">' in text
            assert f'<link rel="alternate" hreflang="{other}" href="../{other}/{slug}.html">' in text
            assert f'href="../{other}/{slug}.html" hreflang="{other}"' in text
            assert f'<link rel="canonical" href="https://example.org/torvale/{language}/{slug}.html">' in text
            found = re.search(r'<script type="application/ld\+json">(.*?)</script>', text)
            assert found
            data = json.loads(found[1])
            assert data["inLanguage"] == language
            assert data["workTranslation"][0]["inLanguage"] == other


def test_every_quoted_value_has_its_provenance(site: Path) -> None:
    for language in LANGUAGES:
        listed = {page.stem: page.read_text(encoding="utf-8") for page in (site / language).glob("values-*.html")}
        index = (site / language / "values.html").read_text(encoding="utf-8")
        assert all(f'href="{name}.html"' in index for name in listed)
        for slug in slugs(site):
            script = (site / language / "values" / f"{slug}.js").read_text(encoding="utf-8")
            book = json.loads(script.removeprefix("window.SHTEG_VALUES = ").removesuffix(";\n"))
            quoted = {one.value_id for one in printed_values(site / language / f"{slug}.html")}
            assert quoted == set(book["values"])
            for value_id, one in book["values"].items():
                assert book["sets"][one["s"]], value_id
                assert f'id="value-{value_id}"' in listed[f"values-{value_id.split('.')[0]}"]
            assert len(book["sources"]) == len({place for places in book["sets"] for place in places})
            if QUOTED in quoted:
                assert NASTY in [text for _, text in book["values"][QUOTED]["d"]]


def test_a_changed_figure_is_found_when_re_read(site: Path, english: Voice, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    text = (site / "en" / "report.html").read_text(encoding="utf-8")
    printed = format_value(english.edition.value("forecast.member.2046"), "en", style="range")
    changed = f"9{printed}"
    shown = escape(printed, quote=False)
    assert f">{shown}<" in text
    page.write_text(text.replace(f">{shown}<", f">9{shown}<"), encoding="utf-8")
    require_same_values([site / "en" / "report.html"], english)
    with pytest.raises(PublishError, match=rf"{re.escape(changed)}.*\n*.*build again"):
        require_same_values([page], english)


def test_values_of_the_text_are_data_elements(site: Path) -> None:
    text = (site / "sq" / "report.html").read_text(encoding="utf-8")
    assert '<data value="0.84" data-id="survey.joining.tvb.2025.all">' in text
    assert 'data-id="acts.recognition.no" data-style="Words">Dy</data>' in text


def test_an_unverified_value_is_marked(site: Path, english: Voice) -> None:
    assert '<sup class="mark">\u2060°</sup>' in english.value(english.edition.value("acts.statement.oppose"))
    assert "unverified" in (site / "en" / "members.html").read_text(encoding="utf-8")


def test_a_missing_translation_fails(changed: Callable[..., Path], tmp_path: Path) -> None:
    folder = changed("case", publisher={"en": "Institute"})
    with pytest.raises(PublishError, match="missing in language sq"):
        publish_site(folder, tmp_path / "site")


def test_no_edition_no_site(tmp_path: Path) -> None:
    with pytest.raises(EditionError, match="run `shteg build` first"):
        publish_site(tmp_path / "nothing", tmp_path / "site")


def test_members_without_geometry_get_a_table_only(demo_edition: Path, site: Path, kept: Path, tmp_path: Path) -> None:
    assert 'id="members-map"' in (site / "en" / "members.html").read_text(encoding="utf-8")
    publish_site(demo_edition, tmp_path / "site", cache=kept / "drawings")  # made-up countries lie nowhere
    assert 'id="members-map"' not in (tmp_path / "site" / "en" / "members.html").read_text(encoding="utf-8")


def test_all_values_of_the_edition_are_known(edition: EditionView, edition_folder: Path) -> None:
    assert set(edition.values) == {one["id"] for one in read_json(edition_folder, "values")}


def test_day_of_the_evidence_and_day_of_computing_are_two_days_on_every_page(site: Path, edition: EditionView) -> None:
    said = {language: days(Voice(edition=edition, language=language)) for language in LANGUAGES}
    assert re.fullmatch(r"Evidence to \d+\u00a0\w+ 20\d\d; computed on 30\u00a0June 2026", said["en"])
    assert re.fullmatch(r"Dëshmi deri më \d+\u00a0\w+ 20\d\d; llogaritur më 30\u00a0qershor 2026", said["sq"])
    for page in pages(site)[1:]:
        assert said[page.parent.name] in page.read_text(encoding="utf-8"), page
    assert all(words in (site / "index.html").read_text(encoding="utf-8") for words in said.values())
