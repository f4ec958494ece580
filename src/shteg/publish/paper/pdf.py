"""PDF documents with Typst: cover, contents, text, figures, references; PDF/UA-1; the same bytes each time."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from shteg.errors import PublishError
from shteg.publish.drawing.members_map import paper_map
from shteg.publish.drawing.vega import chart_for_paper
from shteg.publish.html.edition_tables import edition_table
from shteg.publish.html.figures import MAP, Figures
from shteg.publish.html.front import authors_of
from shteg.publish.html.naming import DOCUMENTS, citation, days, document_name
from shteg.publish.html.pictures import credit_line
from shteg.publish.html.reread import require_none
from shteg.publish.pages.recommendations import areas_of
from shteg.publish.paper.typst import PaperInserts, typst_blocks, typst_grid, typst_image, typst_picture, typst_table
from shteg.publish.paper.typst_escape import escape, string
from shteg.publish.printed import Voice
from shteg.report import Document, PrintedValue, check_published
from shteg.report.text.addresses import web_address
from shteg.report.text.paper_signs import PAPER_FONT, ROWS_ON_PAPER, paper_fonts


def write_documents(voice: Voice, texts: Mapping[str, Document], figures: Figures, folder: Path) -> list[Path]:
    """Write the PDFs of one language and compare their figures with the edition.

    Parameters
    ----------
    voice : Voice
        The language.
    texts : mapping
        Resolved texts by name; those that have no PDF are left out.
    figures : Figures
        Their charts.
    folder : Path
        Where the files go.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    PublishError
        Typst refuses the document, or a figure in it differs from the edition's.
    """
    written = []
    for name in DOCUMENTS:
        if name in texts:
            path = folder / document_name(voice.edition, name, voice.language)
            path.write_bytes(_compile(typst_source(voice, texts[name], figures), voice, path.name))
            written.append(path)
    return written


def typst_source(voice: Voice, document: Document, figures: Figures) -> str:
    """Write the whole Typst file of a text.

    Parameters
    ----------
    voice : Voice
        The language.
    document : Document
        A resolved text.
    figures : Figures
        Its charts.

    Returns
    -------
    str
        Typst markup with its template.
    """
    case = voice.edition.case
    inserts = PaperInserts(
        figure=lambda chart_id: _figure(voice, figures, chart_id),
        table=lambda name: typst_table(edition_table(voice, name), voice.t("table"), most_rows=ROWS_ON_PAPER),
        image=lambda image_id: _picture(voice, image_id),
        grid=lambda grid: typst_grid(grid, voice.t("table")),
        measures=lambda: _measures(voice),
        authors=lambda: _authors(voice),
    )
    note = " ".join(part for part in (voice.own(case.note_in(voice.language)), citation(voice)) if part)
    long = document.name == "report"
    names = "".join(f"{string(voice.own(author.name))}, " for author in case.authors)
    kicker = voice.own(case.title) if voice.own(case.title) != document.title else ""
    return "\n".join(
        (
            files("shteg.publish").joinpath("templates", "document.typ").read_text(encoding="utf-8"),
            "#show: publication.with(",
            f"  language: {string(voice.language)}, title: {string(document.title)}, authors: ({names}),",
            f"  publisher: {string(voice.own(case.publisher))}, description: {string(document.description)},",
            f"  kicker: {string(kicker)}, date: {string(days(voice))},",
            f"  edition: {string(voice.edition.manifest.edition)}, note: [{escape(note)}],",
            f"  contents: {'[' + escape(voice.t('contents')) + ']' if long else 'none'},",
            f"  words: (chapter: [{escape(voice.t('chapter'))}]),",
            ")",
            typst_blocks(document, inserts),
            _references(voice, document),
        )
    )


def _figure(voice: Voice, figures: Figures, chart_id: str) -> str:
    if chart_id == MAP:
        drawn = paper_map(voice)
        return (
            typst_image(*drawn[:1], title=drawn[1], sentence=drawn[2], note=drawn[3], words=voice.t("figure"))
            if drawn
            else ""
        )
    spec = figures.spec(chart_id)
    svg = chart_for_paper(spec, font=PAPER_FONT, cache=figures.cache)
    return typst_image(svg, title=spec.title, sentence=spec.sentence, note=spec.note, words=voice.t("figure"))


def _picture(voice: Voice, image_id: str) -> str:
    found = voice.edition.images[image_id]
    caption = " ".join(part for part in (voice.own(found.caption), credit_line(voice, image_id)) if part)
    return typst_picture(found.file, found.width, alt=voice.own(found.alt), caption=caption, words=voice.t("figure"))


def _measures(voice: Voice) -> str:
    parts = []
    for area in areas_of(voice):
        parts.append(f"#strong[{escape(area['title'])}]")
        items = []
        for one in area["measures"]:
            deadline = f" {voice.t('measure.deadline')}: {one['deadline']}." if one["deadline"] else ""
            line = f"{voice.t('measure.addressee')}: {one['addressee']}.{deadline} {voice.t('measure.label')}: "
            line += voice.label(one["label"]) + "."
            items.append(
                f"[#emph[{escape(one['title'])}]. {escape(one['text'])} #text(size: 9pt, fill: soft)[{escape(line)}]]"
            )
        parts.append(f"#list({', '.join(items)})")
    return "\n\n".join(parts)


def _authors(voice: Voice) -> str:
    return "\n\n".join(f"#strong[{escape(one['name'])}]. {escape(one['about'])}" for one in authors_of(voice))


def _references(voice: Voice, document: Document) -> str:
    if not document.source_ids:
        return ""
    items = []
    for number, source_id in enumerate(document.source_ids, 1):
        source = voice.edition.source(source_id)
        address = web_address(source.address)
        title = escape(source.title)
        if address:
            title = f"#link({string(address)})[{title}]"
        line = f"{title}. {escape(source.publisher)}. {escape(voice.grade(source.grade))}."
        items.append(f"#block(below: 0.6em)[#h(-1.8em)#box(width: 1.8em)[{number}.]{line}] <reference-{number}>")
    head = f"#heading(level: 1, numbering: none)[{escape(voice.t('references'))}]"
    look = "#set par(justify: false, leading: 0.5em)\n#set text(size: 9pt)\n#pad(left: 1.8em)"
    return f"\n{head}\n#[\n{look}[\n{chr(10).join(items)}\n]]"


def _compile(source: str, voice: Voice, name: str) -> bytes:
    import typst

    with TemporaryDirectory(prefix="shteg-") as work:
        file = Path(work) / "document.typ"
        file.write_bytes(source.encode("utf-8"))
        if voice.edition.images:
            shutil.copytree(voice.edition.folder / "images", Path(work) / "images")
        compiler = typst.Compiler(file, font_paths=paper_fonts())
        try:
            made = compiler.compile(format="pdf", pdf_standards=["ua-1"], timestamp=_timestamp(voice))
            found = compiler.query("<value>", field="value")  # of the pages just made: they are not laid out again
        except typst.TypstError as error:
            raise PublishError(
                f"the document {name} cannot be made: {error.message}",
                "; ".join(error.hints) or "report it as a bug of shteg",
                name,
            ) from error
    require_none(check_published({voice.language: _printed(found, name)}, voice.edition))
    if not isinstance(made, bytes):
        raise PublishError(f"the document {name} is empty", "report it as a bug of shteg", name)
    return made


def _timestamp(voice: Voice) -> int:
    day = datetime.fromisoformat(voice.edition.case.as_of).replace(tzinfo=UTC)
    return int(day.timestamp())


def _printed(found: Any, name: str) -> list[PrintedValue]:
    import json

    rows = json.loads(found) if isinstance(found, str) else found
    return [PrintedValue(value_id=row["id"], text=row["text"], style=row["style"], file=name) for row in rows]
