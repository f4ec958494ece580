"""The whole Typst file of a text: its look, cover, blocks, annex, references, last page."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files

from shteg.errors import PublishError
from shteg.publish.drawing.members_map import paper_map
from shteg.publish.drawing.vega import chart_for_paper
from shteg.publish.html.edition_tables import edition_table
from shteg.publish.html.figures import MAP, Figures
from shteg.publish.html.front import authors_of
from shteg.publish.html.pictures import credit_line
from shteg.publish.pages.recommendations import areas_of
from shteg.publish.paper.annex import annex
from shteg.publish.paper.cover import back, colophon, cover, lead_figures, printed_address
from shteg.publish.paper.figured import typst_markup
from shteg.publish.paper.typst import (
    TALLEST,
    Framed,
    PaperInserts,
    typst_blocks,
    typst_drawing,
    typst_grid,
    typst_picture,
    typst_table,
)
from shteg.publish.paper.typst_escape import escape, string
from shteg.publish.printed import Voice
from shteg.report import Document
from shteg.report.language.marked import Quoted
from shteg.report.marks import SIGNS, Mark
from shteg.report.text.addresses import web_address
from shteg.report.text.paper_signs import PAPER_FONT, ROWS_ON_PAPER
from shteg.report.text.tree import Lead

LONG = "report"
"""The document with cover, contents, annex and last page; any other one is short, without them."""
REPORT_SIZE = 10.4
"""Size of the text of a report, in points."""
SHORT_TALLEST = 0.45
"""Height of a drawing in a short document, as a share of the width of the text."""
HYPHENATION = {"patterns": "true", "none": "false"}
"""What the message `publish.paper.hyphenation` may say: whether Typst's patterns divide the words of the language."""


def typst_source(
    voice: Voice, document: Document, figures: Figures, size: float = REPORT_SIZE, leads: Sequence[Lead] = ()
) -> str:
    """Write the whole Typst file of a text.

    Parameters
    ----------
    voice : Voice
        The language.
    document : Document
        A resolved text.
    figures : Figures
        Its charts.
    size : float
        Size of the text, in points.
    leads : sequence of Lead
        The figures that the announcement leads with.

    Returns
    -------
    str
        Typst markup with its template.
    """
    long = document.name == LONG
    inserts = _inserts(voice, figures, long=long)
    large = lead_figures(voice, leads, inserts)
    parts = [
        files("shteg.publish").joinpath("templates", "document.typ").read_text(encoding="utf-8"),
        "#show: publication.with(",
        *_settings(voice, document, size),
    ]
    if long:
        parts.append(f"  cover: [\n{cover(voice, document, figures)}\n],")
        parts.append(f"  contents: [{escape(voice.t('contents'))}],")
    parts += [f"  back: [\n{back(voice, document, large) if long else colophon(voice, document)}\n],", ")"]
    parts += [typst_blocks(document, inserts)] if long else [large, typst_blocks(document, inserts)]
    if long:
        parts.append(annex(voice))
    parts.append(_references(voice, document))
    return "\n".join(parts)


def _settings(voice: Voice, document: Document, size: float) -> list[str]:
    """Write the settings of the template: words, names, signs, how words are divided."""
    case = voice.edition.case
    names = "".join(f"{string(voice.own(author.name))}, " for author in case.authors)
    lists = [("image", "paper.figures"), ("table", "paper.tables")]
    listed = "".join(f"(kind: {kind}, title: [{escape(voice.t(key))}]), " for kind, key in lists)
    keys = "".join(f"(sign: {string(sign)}, text: [{escape(key_of(voice, mark))}]), " for mark, sign in SIGNS.items())
    return [
        f"  language: {string(voice.language)}, title: {string(str(document.title))}, authors: ({names}),",
        f"  heading-words: [{typst_markup(voice.figured(document.title))}],",
        f"  subtitle: [{typst_markup(voice.figured(document.description))}],",
        f"  publisher: {string(voice.own(case.publisher))}, description: {string(str(document.description))},",
        f"  running: [{escape(str(document.title))}], size: {size}pt, hyphenate: {hyphenation(voice)},",
        f"  lists: ({listed}), keys: ({keys}),",
        f"  words: (chapter: [{escape(voice.t('chapter'))}], signs: [{escape(voice.text('mark.key'))}]),",
    ]


def key_of(voice: Voice, mark: Mark) -> str:
    """Say what a sign beside a number means."""
    return f"{SIGNS[mark]} {voice.text(f'mark.{mark}')}: {voice.text(f'mark.{mark}.text')}."


def hyphenation(voice: Voice) -> str:
    """Tell Typst whether its patterns divide the words of the language.

    Raises
    ------
    PublishError
        The message says neither.
    """
    said = voice.t("paper.hyphenation")
    if said not in HYPHENATION:
        hint = f"write one of {', '.join(HYPHENATION)} as publish.paper.hyphenation"
        raise PublishError(f"the hyphenation {said!r} of language {voice.language} is not known", hint)
    return HYPHENATION[said]


def _inserts(voice: Voice, figures: Figures, *, long: bool) -> PaperInserts:
    words = voice.t("figure")
    inserts = PaperInserts(
        value=lambda value_id, style, text: typst_markup(voice.figured(Quoted(text, value_id, style))),
        figure=lambda chart_id: _drawn(voice, figures, chart_id, TALLEST if long else SHORT_TALLEST),
        table=lambda name: typst_table(edition_table(voice, name), voice.t("table"), most_rows=ROWS_ON_PAPER),
        image=lambda image_id: _picture(voice, image_id, words),
        grid=lambda grid: typst_grid(grid, voice.t("table"), inserts),
        measures=lambda: _measures(voice) if long else _titles(voice),
        authors=lambda: _authors(voice),
    )
    return inserts


def _drawn(voice: Voice, figures: Figures, chart_id: str, tallest: float) -> Framed | None:
    words = voice.t("figure")
    if chart_id == MAP:
        drawn = paper_map(voice)
        if drawn is None:
            return None
        svg, title, sentence, note = drawn
        alt = sentence
    else:
        spec = figures.spec(chart_id)
        svg = chart_for_paper(spec, font=PAPER_FONT, cache=figures.cache)
        title, note, alt = spec.title, spec.note, str(spec.sentence) or spec.title
        sentence = voice.figured(spec.sentence)
    return typst_drawing(svg, title=title, sentence=sentence, note=note, alt=alt, words=words, tallest=tallest)


def _picture(voice: Voice, image_id: str, words: str) -> Framed:
    found = voice.edition.images[image_id]
    alt = voice.own(found.alt)
    caption, credit = voice.own(found.caption) or alt, credit_line(voice, image_id)
    return typst_picture(found.file, (found.width, found.height), alt=alt, caption=caption, credit=credit, words=words)


def _measures(voice: Voice) -> str:
    """Write every measure with its text, whom it asks and how well its effect is known."""
    parts = []
    for area in areas_of(voice):
        items = []
        for one in area["measures"]:
            deadline = f" {voice.t('measure.deadline')}: {one['deadline']}." if one["deadline"] else ""
            line = f"{voice.t('measure.addressee')}: {one['addressee']}.{deadline} {voice.t('measure.label')}: "
            line += voice.label(one["label"]) + "."
            items.append(f"[#emph[{escape(one['title'])}]. {escape(one['text'])} #small[{escape(line)}]]")
        parts.append(f"#block(sticky: true)[#strong[{escape(area['title'])}]]\n\n#list({', '.join(items)})")
    return "\n\n".join(parts)


def _titles(voice: Voice) -> str:
    """Write the titles of the measures by area, as the first page of the site does."""
    areas = (
        f"[#strong[{escape(area['title'])}]: {escape('; '.join(one['title'] for one in area['measures']))}.]"
        for area in areas_of(voice)
    )
    return f"#list({', '.join(areas)})"


def _authors(voice: Voice) -> str:
    return "\n\n".join(f"#strong[{escape(one['name'])}]. {escape(one['about'])}" for one in authors_of(voice))


def _references(voice: Voice, document: Document) -> str:
    """List the sources with their addresses, printed so that they can be read on paper."""
    if not document.source_ids:
        return ""
    items = []
    for number, source_id in enumerate(document.source_ids, 1):
        source = voice.source_named(source_id)
        address = web_address(source.address)
        language = f", lang: {string(source.titled_in)}" if source.titled_in else ""
        title = f"#text(hyphenate: false{language})[{escape(source.title)}]"
        line = f"{title}. {escape(source.publisher)}. {escape(voice.grade(source.grade))}."
        if address:
            line += f" #link({string(address)})[#text(size: 0.92em)[{printed_address(address)}]]"
        items.append(f"#block(below: 0.55em)[#h(-1.8em)#box(width: 1.8em)[{number}.]{line}] <reference-{number}>")
    head = f"#heading(level: 1, numbering: none)[{escape(voice.t('references'))}]"
    look = "#set par(justify: false, leading: 0.48em)\n#set text(size: 8.8pt, hyphenate: false)\n#pad(left: 1.8em)"
    return f"\n{head}\n#[\n{look}[\n{chr(10).join(items)}\n]]"
