"""Word documents of one language: cover, contents, text, figures, references; written, read again, compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from babel.core import Locale, UnknownLocaleError

from shteg.publish.drawing.members_map import paper_map
from shteg.publish.drawing.png import PICTURE_FONT, png_of
from shteg.publish.drawing.vega import chart_for_paper
from shteg.publish.html.edition_tables import edition_table
from shteg.publish.html.figures import LONG_SENTENCE, MAP, Figures
from shteg.publish.html.front import authors_of
from shteg.publish.html.naming import BARE, DOCUMENTS, author_names, citation, days, document_name
from shteg.publish.html.pictures import credit_line
from shteg.publish.pages.recommendations import areas_of
from shteg.publish.printed import Voice
from shteg.publish.word.body import REFERENCE, Body
from shteg.publish.word.embedded import Embedded, Entry, write_embedded
from shteg.publish.word.package import FOOTER, HEADER, Properties, package
from shteg.publish.word.pictures import drawing, picture, size_of_png
from shteg.publish.word.reading import read_parts
from shteg.publish.word.reread import require_same_document
from shteg.publish.word.styles import font_table, numbering, settings, styles
from shteg.publish.word.tables import table, table_row
from shteg.publish.word.tags import language_tag, tag_of
from shteg.publish.word.xml import PLAIN, Look, escape, field, paragraph, root, run
from shteg.report import Document, TableView
from shteg.report.history_view import this_edition
from shteg.report.language.marked import join
from shteg.report.marks import SIGNS
from shteg.report.text.addresses import web_address
from shteg.report.text.paper_signs import ROWS_ON_PAPER
from shteg.report.text.tree import (
    Authors,
    Block,
    Figure,
    Grid,
    Heading,
    Image,
    ListBody,
    MeasuresList,
    Paragraph,
    Quote,
    TableRef,
    plain_text,
)

CONTENTS_DEPTH = 2
"""Levels of headings in the contents."""
SUFFIX = ".docx"


def word_documents(voice: Voice, texts: Mapping[str, object] | None = None) -> dict[str, str]:
    """Give the names of the Word files of a language, by the name of the text that each holds.

    Parameters
    ----------
    voice : Voice
        The language.
    texts : mapping, optional
        Texts there are; those of the edition if left out.

    Returns
    -------
    dict of str to str
        An edition without texts has one, as it has one PDF; nothing of it can come back.
    """
    edition = voice.edition
    known = edition.texts[voice.language] if texts is None else texts
    listed = (BARE,) if edition.without_text else tuple(name for name in DOCUMENTS if name in known)
    names = {name: document_name(edition, name, voice.language) for name in listed}
    return {name: str(Path(file).with_suffix(SUFFIX)) for name, file in names.items()}


def write_word_documents(voice: Voice, texts: Mapping[str, Document], figures: Figures, folder: Path) -> list[Path]:
    """Write the Word files of one language and compare their figures with the edition.

    Parameters
    ----------
    voice : Voice
        The language.
    texts : mapping
        Resolved texts by name.
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
        A picture cannot be drawn, or a figure in a finished file differs from the edition's.
    """
    written = []
    for name, file in word_documents(voice, texts).items():
        made = word_file(voice, texts[name], figures)
        require_same_document(made, voice, texts[name], file)
        path = folder / file
        path.write_bytes(made)
        written.append(path)
    return written


def word_file(voice: Voice, document: Document, figures: Figures) -> bytes:
    """Make the Word file of a text.

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
    bytes
        The same on every call.
    """
    body = Body(voice=voice, document=document)
    long = document.name == "report"
    _add_cover(body, long=long)
    if long:
        _add_contents(body)
    for block in document.blocks:
        body.now = block.id
        _add_block(body, block, figures)
    body.now = ""
    _add_key(body)
    _add_references(body)
    _add_note(body)
    return _packed(body)


def _packed(body: Body) -> bytes:
    voice, document = body.voice, body.document
    tag = language_tag(voice.language)
    xml = root("w:document", f"<w:body>{''.join(body.parts)}{_section()}</w:body>", "w", "r", "wp", "a", "pic")
    parts = {
        "word/document.xml": xml,
        "word/styles.xml": styles(tag),
        "word/numbering.xml": numbering(body.lists),
        "word/settings.xml": settings(tag),
        "word/fontTable.xml": font_table(),
        "word/header1.xml": root("w:hdr", _header(body)),
        "word/footer1.xml": root("w:ftr", _footer(body)),
    }
    embedded = Embedded(
        case=voice.edition.case.id,
        language=voice.language,
        text=document.name,
        edition=voice.edition.manifest.edition,
        markdown=voice.edition.texts[voice.language].get(document.name, ""),
        bound=tuple(body.bound),
        entries=_with_words(parts, body),
    )
    return package(parts, body.relations, _properties(body), write_embedded(embedded))


def _with_words(parts: Mapping[str, str], body: Body) -> tuple[Entry, ...]:
    """Give each paragraph that the publisher made the words that are read from it: nobody shall change them unseen."""
    found = read_parts(parts["word/document.xml"], parts["word/styles.xml"], parts["word/numbering.xml"])
    pairs = zip(body.entries, found, strict=True)
    return tuple(one if one.block else replace(one, text=said.text) for one, said in pairs)


def _properties(body: Body) -> Properties:
    voice, document = body.voice, body.document
    edition = voice.edition
    own = {
        "shteg-case": edition.case.id,
        "shteg-edition": edition.manifest.edition,
        "shteg-language": voice.language,
        "shteg-text": document.name,
    }
    return Properties(
        title=document.title,
        description=document.description,
        authors=tuple(voice.own(author.name) for author in edition.case.authors),
        publisher=voice.own(edition.case.publisher),
        language=language_tag(voice.language),
        made=edition.case.as_of,
        own=tuple(own.items()),
    )


# --- cover, header, footer --------------------------------------------------------------------------------------------


def _add_cover(body: Body, *, long: bool) -> None:
    voice, document = body.voice, body.document
    case = voice.edition.case
    body.add(paragraph("ShtegPublisher", run(voice.own(case.publisher))), "cover")
    if voice.own(case.title) != document.title:
        body.add(paragraph("ShtegKicker", run(voice.own(case.title))), "cover")
    body.add(paragraph("Title", body.said(document.title)), "title")
    body.add(paragraph("Subtitle", body.said(document.description)), "description")
    body.add(paragraph("ShtegAuthors", run(author_names(voice))), "cover")
    body.add(paragraph("ShtegDate", run(days(voice))), "cover")
    body.add(
        paragraph("ShtegDate", run(_edition(voice))),
        "cover",
    )
    if not long:
        body.add_silently(paragraph("", ""))


def _add_contents(body: Body) -> None:
    headings = [one for one in body.document.headings() if one[1] <= CONTENTS_DEPTH + 1]
    title = paragraph("TOCHeading", run(body.voice.t("contents")), last="<w:pageBreakBefore/>")
    begin = '<w:r><w:fldChar w:fldCharType="begin" w:dirty="true"/></w:r>'
    code = f'TOC \\o "1-{CONTENTS_DEPTH}" \\h \\z \\u'
    begin += f'<w:r><w:instrText xml:space="preserve"> {escape(code)} </w:instrText></w:r>'
    begin += '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    lines = []
    for at, (block_id, level, text) in enumerate(headings):
        link = f'<w:hyperlink w:anchor="{body.place(block_id)}" w:history="1">{run(text)}</w:hyperlink>'
        lines.append(paragraph(f"TOC{level - 1}", (begin if at == 0 else "") + link))
    end = paragraph("", '<w:r><w:fldChar w:fldCharType="end"/></w:r>')
    kind = (
        '<w:sdtPr><w:id w:val="1000000"/><w:docPartObj><w:docPartGallery w:val="Table of Contents"/><w:docPartUnique/>'
        "</w:docPartObj></w:sdtPr>"
    )
    if lines:
        body.add_silently(f"<w:sdt>{kind}<w:sdtContent>{title}{''.join(lines)}{end}</w:sdtContent></w:sdt>")
        body.add_silently(paragraph("", '<w:r><w:br w:type="page"/></w:r>'))


def _section() -> str:
    return (
        f'<w:sectPr><w:headerReference w:type="default" r:id="{HEADER}"/>'
        f'<w:footerReference w:type="default" r:id="{FOOTER}"/><w:pgSz w:w="11906" w:h="16838"/>'
        '<w:pgMar w:top="1560" w:right="1418" w:bottom="1418" w:left="1418" w:header="709" w:footer="709" '
        'w:gutter="0"/><w:titlePg/></w:sectPr>'
    )


def _header(body: Body) -> str:
    publisher = body.voice.own(body.voice.edition.case.publisher)
    return paragraph("Header", run(f"{body.document.title}\t{publisher}"))


def _footer(body: Body) -> str:
    voice = body.voice
    start, _, rest = voice.t("word.page", page="\x00", pages="\x01").partition("\x00")
    between, _, end = rest.partition("\x01")
    pages = run(start) + field("PAGE", "1") + run(between) + field("NUMPAGES", "1") + run(end)
    return paragraph("Footer", run(_edition(voice) + "\t") + pages)


# --- blocks -----------------------------------------------------------------------------------------------------------


def _add_block(body: Body, block: Block, figures: Figures) -> None:
    first, name = len(body.bound), body.place(block.id)
    match block.content:
        case Heading(level, runs):
            head = paragraph(f"Heading{max(1, level - 1)}", body.bookmarked(name, body.runs(runs)))
            body.add_block(block.id, [head], first)
        case Paragraph(runs):
            body.add_block(block.id, [paragraph("", body.bookmarked(name, body.runs(runs)))], first)
        case ListBody() as inside:
            items = body.list_items(inside)
            body.add_block(block.id, _marked_first(body, name, items), first)
        case Quote(paragraphs):
            items = [("Quote", "", body.runs(runs)) for runs in paragraphs]
            body.add_block(block.id, _marked_first(body, name, items), first)
        case Figure(chart_id):
            _add_figure(body, name, chart_id, figures)
        case TableRef(table_name):
            _add_table(body, name, edition_table(body.voice, table_name))
        case Image(image_id):
            _add_image(body, name, image_id, figures)
        case Grid() as grid:
            _add_grid(body, name, grid)
        case MeasuresList():
            _add_measures(body, name)
        case Authors():
            _add_authors(body, name)


def _marked_first(body: Body, name: str, items: list[tuple[str, str, str]]) -> list[str]:
    """Write paragraphs of which the first holds the bookmark of their block."""
    return [
        paragraph(style, body.bookmarked(name, inside) if at == 0 else inside, numbering=numbers)
        for at, (style, numbers, inside) in enumerate(items)
    ]


def _add_figure(body: Body, name: str, chart_id: str, figures: Figures) -> None:
    voice = body.voice
    if chart_id == MAP:
        drawn = paper_map(voice)
        if drawn is None:
            return
        svg, title, sentence, note = drawn
    else:
        spec = figures.spec(chart_id)
        svg = chart_for_paper(spec, font=PICTURE_FONT, cache=figures.cache)
        title, sentence, note = spec.title, spec.sentence, spec.note
    png = png_of(svg, name=chart_id, cache=figures.cache)
    number = len(body.relations.pictures) + 1
    shown = picture(png, body.relations, number=number, name=f"{voice.t('figure')} {number}", says=sentence or title)
    body.add(paragraph("ShtegFigure", body.bookmarked(name, shown), keep_next=True), "figure")
    ended = title if title.endswith(("?", ".", "!", "…")) else join("", (title, "."))
    said = [part for part in (ended, sentence if len(sentence) <= LONG_SENTENCE else "", note) if part]
    body.add(body.caption("figure", voice.t("figure"), body.said(join(" ", said))), "caption")


def _add_image(body: Body, name: str, image_id: str, figures: Figures) -> None:
    voice = body.voice
    found = voice.edition.images[image_id]
    data = (voice.edition.folder / found.file).read_bytes()
    size = (found.width, found.height)
    if found.kind == "svg":
        data = png_of(data.decode("utf-8"), name=image_id, cache=figures.cache)
        size = size_of_png(data)
    number = len(body.relations.pictures) + 1
    relation = body.relations.picture(data)
    shown = drawing(relation, size, number=number, name=image_id, says=voice.own(found.alt))
    body.add(paragraph("ShtegFigure", body.bookmarked(name, shown), keep_next=True), "figure")
    said = [part for part in (voice.own(found.caption), credit_line(voice, image_id)) if part]
    body.add(body.caption("figure", voice.t("figure"), run(" ".join(said))), "caption")


def _add_grid(body: Body, name: str, grid: Grid) -> None:
    """Write a table of the text; it is changed in the file of the text, where its numbers are bound."""
    words = body.bookmarked(name, body.runs(grid.caption))
    body.add(body.caption("table", body.voice.t("table"), words, above=True), "caption")
    head = table_row([body.runs(cell) for cell in grid.headers], grid.numeric, head=True)
    rows = "".join(table_row([body.runs(cell) for cell in row], grid.numeric) for row in grid.rows)
    body.add(table(head + rows, len(grid.headers), caption=plain_text(grid.caption)), "grid")
    body.add_silently(paragraph("", ""))


def _add_table(body: Body, name: str, view: TableView) -> None:
    words = body.bookmarked(name, body.said(view.caption))
    body.add(body.caption("table", body.voice.t("table"), words, above=True), "caption")
    body.add(body.table(view, ROWS_ON_PAPER), "table")
    cut = body.voice.t("table.cut", shown=ROWS_ON_PAPER, all=len(view.rows)) if len(view.rows) > ROWS_ON_PAPER else ""
    note = " ".join(part for part in (view.note, cut) if part)
    if note:
        body.add(paragraph("ShtegNote", run(note)), "note")
    else:
        body.add_silently(paragraph("", ""))


def _add_measures(body: Body, name: str) -> None:
    voice, bold, italic = body.voice, Look(bold=True), Look(italic=True)
    body.lists.append(False)
    items = f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{len(body.lists)}"/></w:numPr>'
    for at, area in enumerate(areas_of(voice)):
        title = run(area["title"], bold)
        body.add(paragraph("", body.bookmarked(name, title) if at == 0 else title, keep_next=True), "measures")
        for one in area["measures"]:
            deadline = f" {voice.t('measure.deadline')}: {one['deadline']}." if one["deadline"] else ""
            line = f"{voice.t('measure.addressee')}: {one['addressee']}.{deadline} {voice.t('measure.label')}: "
            said = run(f"{one['title']}.", italic) + run(f" {one['text']} {line}{voice.label(one['label'])}.")
            body.add(paragraph("ListBullet", said, numbering=items), "measures")


def _add_authors(body: Body, name: str) -> None:
    for at, one in enumerate(authors_of(body.voice)):
        said = run(f"{one['name']}. ", Look(bold=True)) + run(one["about"])
        if one["address"]:
            look = Look(style="Hyperlink")
            link = run(one["address"], look)
            said += f"{run(' ')}<w:hyperlink {body.target(one['address'])}>{link}</w:hyperlink>"
        body.add(paragraph("", body.bookmarked(name, said) if at == 0 else said), "authors")


# --- after the text ---------------------------------------------------------------------------------------------------


def _add_key(body: Body) -> None:
    """Say what the signs beside numbers mean, those that stand in this document."""
    voice = body.voice
    used = [(sign, mark) for mark, sign in SIGNS.items() if sign in body.signs]
    if used:
        said = "; ".join(f"{sign} {voice.text(f'mark.{mark}.text')}" for sign, mark in used)
        body.add(paragraph("ShtegNote", run(f"{voice.text('mark.key')} {said}.")), "key")


def _add_references(body: Body) -> None:
    voice, source_ids = body.voice, body.document.source_ids
    if not source_ids:
        return
    body.add(paragraph("Heading1", run(voice.t("references"))), "references")
    for number, source_id in enumerate(source_ids, 1):
        source = voice.source_named(source_id)
        look = PLAIN.but(language=_tag_of_source(source.titled_in))
        mark = body.bookmarked(f"{REFERENCE}{number}", run(f"{number}."))
        said = run(source.title, look) + run(f". {source.publisher}. {voice.grade(source.grade)}.")
        address = web_address(source.address)
        if address:
            link = run(address, Look(style="Hyperlink"))
            said += f"{run(' ')}<w:hyperlink {body.target(address)}>{link}</w:hyperlink>"
        body.add(paragraph("ShtegReference", mark + run("\t") + said), "references")


def _tag_of_source(language: str | None) -> str:
    """Give the tag of a source's language; a source may say it in other words than a code, and then has none."""
    try:
        return tag_of(Locale.parse(language or "", sep="-"))
    except (UnknownLocaleError, ValueError):
        return ""


def _add_note(body: Body) -> None:
    voice = body.voice
    for text in (voice.own(voice.edition.case.note_in(voice.language)), citation(voice), voice.t("word.note")):
        if text:
            body.add(paragraph("ShtegNote", run(text)), "note")


__all__ = ["language_tag", "word_documents", "word_file", "write_word_documents"]


def _edition(voice: Voice) -> str:
    return voice.t("word.edition", edition=this_edition(voice.edition, voice.language))
