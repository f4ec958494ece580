"""Word opens the Word files (order of elements, ids, relations, types), and they are as a ministry wants them."""

import re
from collections import Counter
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import docx
import pytest
from lxml import etree

from shteg.publish.html.figures import Figures
from shteg.publish.html.reread import printed_values
from shteg.publish.printed import Voice
from shteg.publish.word.reread import printed_in
from shteg.publish.word.write import _tag_of_source, language_tag, word_documents, word_file
from shteg.report import EditionView
from shteg.report.text.resolve import resolved_texts

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
ORDERS = {
    "pPr": "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr shd tabs "
    "suppressAutoHyphens spacing ind contextualSpacing jc textAlignment outlineLvl cnfStyle rPr sectPr pPrChange",
    "rPr": "rStyle rFonts b bCs i iCs caps smallCaps strike color spacing kern position sz szCs highlight u shd "
    "vertAlign lang",
    "tblPr": "tblStyle tblpPr tblW jc tblCellSpacing tblInd tblBorders shd tblLayout tblCellMar tblLook tblCaption "
    "tblDescription",
    "tcPr": "cnfStyle tcW gridSpan vMerge tcBorders shd noWrap tcMar vAlign",
    "sdtPr": "rPr alias tag id lock placeholder temporary showingPlcHdr docPartObj",
    "sdt": "sdtPr sdtEndPr sdtContent",
    "sectPr": "headerReference footerReference type pgSz pgMar pgBorders cols titlePg",
    "tbl": "tblPr tblGrid tr",
    "tc": "tcPr p",
    "p": "pPr",
    "r": "rPr",
    "lvl": "start numFmt lvlRestart pStyle suff lvlText lvlJc pPr rPr",
    "abstractNum": "nsid multiLevelType tmpl name lvl",
    "num": "abstractNumId lvlOverride",
    "numbering": "abstractNum num",
    "style": "name aliases basedOn next link uiPriority semiHidden unhideWhenUsed qFormat pPr rPr tblPr trPr tcPr "
    "tblStylePr",
    "settings": "zoom updateFields defaultTabStop characterSpacingControl compat themeFontLang decimalSymbol "
    "listSeparator",
    "styles": "docDefaults latentStyles style",
    "tblBorders": "top left bottom right insideH insideV",
    "tblCellMar": "top left bottom right",
}
"""Children in the order of the schema (ISO 29500-1, Annex A): Word calls a file damaged where another order stands."""
FIRST_ONLY = ("p", "r")
"""Elements of which only the properties have a place: the rest is in any order."""


@pytest.fixture(scope="module")
def made(edition: EditionView, kept: Path) -> dict[tuple[str, str], bytes]:
    """Every Word file of the edition with its members on the map."""
    files = {}
    for language in edition.languages:
        voice = Voice(edition, language)
        figures = Figures(voice=voice, cache=kept / "drawings")
        texts = resolved_texts(edition, language)
        files |= {(language, name): word_file(voice, texts[name], figures) for name in word_documents(voice)}
    return files


def parts_of(content: bytes) -> dict[str, bytes]:
    with ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_children_stand_in_the_order_of_the_schema(made: dict[tuple[str, str], bytes]) -> None:
    for file in made.values():
        for name, part in parts_of(file).items():
            if not name.startswith("word/") or not name.endswith(".xml"):
                continue
            for element in etree.fromstring(part).iter():
                kind = etree.QName(element).localname
                if element.tag.startswith(f"{{{W}}}") and kind in ORDERS:
                    order = ORDERS[kind].split()
                    children = [etree.QName(child).localname for child in element]
                    if kind in FIRST_ONLY:
                        assert not any(child in order for child in children[1:]), (name, kind, children)
                        continue
                    places = [order.index(child) for child in children]  # an unknown child is a ValueError
                    assert places == sorted(places), (name, kind, children)


def test_relations_types_and_ids_hold_together(made: dict[tuple[str, str], bytes]) -> None:
    for file in made.values():
        parts = parts_of(file)
        types = etree.fromstring(parts["[Content_Types].xml"])
        overrides = {one.get("PartName") for one in types if one.tag.endswith("Override")}
        defaults = {one.get("Extension") for one in types if one.tag.endswith("Default")}
        assert all(name.lstrip("/") in parts for name in overrides)
        assert all(f"/{name}" in overrides or name.rpartition(".")[2] in defaults for name in parts)
        relations = etree.fromstring(parts["word/_rels/document.xml.rels"])
        targets = {one.get("Id"): one for one in relations}
        assert len(targets) == len(relations)
        for one in relations:
            if one.get("TargetMode") != "External":
                assert (Path("word") / one.get("Target")).as_posix().replace("word/../", "") in parts
        document = etree.fromstring(parts["word/document.xml"])
        used = {
            text for element in document.iter() for name, text in element.attrib.items() if name.startswith(f"{{{R}}}")
        }
        assert used <= set(targets)
        for path, attribute in (
            ("bookmarkStart", "id"), ("bookmarkStart", "name"), ("sdt/sdtPr/id", "val"), ("sdt/sdtPr/tag", "val")
        ):  # fmt: skip
            steps = "/".join(f"{{{W}}}{step}" for step in path.split("/"))
            found = Counter(one.get(f"{{{W}}}{attribute}") for one in document.iterfind(f".//{steps}"))
            assert found
            assert max(found.values()) == 1, (path, found.most_common(1))
        marks = {one.get(f"{{{W}}}name") for one in document.iter(f"{{{W}}}bookmarkStart")}
        anchors = {one.get(f"{{{W}}}anchor") for one in document.iter(f"{{{W}}}hyperlink")} - {None}
        assert anchors <= marks
        assert all(re.fullmatch(r"[A-Za-z_]\w{0,39}", mark) for mark in marks), "Word takes no other bookmark"
        pictures = [one.get("id") for one in document.iter() if etree.QName(one).localname == "docPr"]
        assert len(set(pictures)) == len(pictures)


def test_python_docx_opens_what_a_ministry_would_take(made: dict[tuple[str, str], bytes], edition: EditionView) -> None:
    for (language, name), file in made.items():
        document = docx.Document(BytesIO(file))
        styles = [one.style.name for one in document.paragraphs]
        assert {"Title", "Subtitle", "Heading 1"} <= set(styles)
        assert document.core_properties.title
        assert document.core_properties.language == language_tag(language)
        assert document.core_properties.created.date().isoformat() == edition.case.as_of
        assert document.core_properties.author == edition.case.authors[0].name[language]
        section = document.sections[0]
        assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
        assert edition.manifest.edition in section.footer.paragraphs[0].text
        xml = document.element.xml
        assert all(one.get("descr") for one in document.element.iter() if etree.QName(one).localname == "docPr")
        assert xml.count('w:fldCharType="begin"') == xml.count('w:fldCharType="end"')
        for table in document.tables:
            assert table.rows[0]._tr.trPr.find(f"{{{W}}}tblHeader") is not None
        if name == "report":
            assert document.tables
            assert "TOC \\o" in xml
            assert "SEQ Table" in xml


def test_the_same_bytes_each_time(edition: EditionView, kept: Path, made: dict[tuple[str, str], bytes]) -> None:
    for (language, name), file in made.items():
        voice = Voice(edition, language)
        again = word_file(voice, resolved_texts(edition, language)[name], Figures(voice=voice, cache=kept / "drawings"))
        assert again == file


def test_values_of_the_text_are_those_of_the_page(made: dict[tuple[str, str], bytes], site: Path) -> None:
    for (language, name), file in made.items():
        page = site / language / ("index.html" if name == "announcement" else f"{name}.html")
        on_page = {(one.value_id, one.style): " ".join(one.text.split()) for one in printed_values(page)}
        embedded, controls, _, _ = printed_in(file, name)
        in_word = {
            (embedded.bound[number].key, embedded.bound[number].style): " ".join(text.split())
            for number, text in controls
            if embedded.bound[number].kind == "value"
        }
        assert in_word
        assert {key: text for key, text in in_word.items() if key in on_page} == {
            key: text for key, text in on_page.items() if key in in_word
        }
        assert len(in_word.keys() & on_page.keys()) > 3


def test_a_language_that_is_no_code_has_no_tag() -> None:
    told = [_tag_of_source(one) for one in (None, "sq", "en-US", "English, Albanian", "xx", "")]
    assert told == ["", "sq-AL", "en-US", "", "", ""]


def test_titles_of_sources_are_in_their_language(made: dict[tuple[str, str], bytes], edition: EditionView) -> None:
    spoken = {source.language for source in edition.sources.values() if source.language}
    tags = {_tag_of_source(one) for one in spoken}
    found = set(re.findall(r'<w:lang w:val="([^"]+)"/>', parts_of(made["en", "report"])["word/document.xml"].decode()))
    assert found <= tags
    assert bool(found) == bool(spoken)
