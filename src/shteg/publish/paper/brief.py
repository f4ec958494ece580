"""The brief: the finding, three figures, three claims and the chart that decides, on one page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import NoReturn

from shteg.errors import A_FAULT, PublishError
from shteg.publish.drawing.members_map import paper_map
from shteg.publish.drawing.vega import chart_for_paper
from shteg.publish.html.figures import MAP, Figures
from shteg.publish.html.naming import BRIEF, author_names, citation, days, document_name, has_brief
from shteg.publish.html.reread import require_none
from shteg.publish.paper.cover import KEY_CHART, lead_figures
from shteg.publish.paper.document import hyphenation, key_of
from shteg.publish.paper.figured import figure_problems, typst_markup
from shteg.publish.paper.pdf import compile_pdf
from shteg.publish.paper.typst import PaperInserts, drawing, typst_runs
from shteg.publish.paper.typst_escape import escape, string
from shteg.publish.printed import Voice
from shteg.report import Document, available_charts
from shteg.report.language.marked import Quoted
from shteg.report.marks import SIGNS
from shteg.report.text.addresses import contact_link
from shteg.report.text.front_matter import FRONT_PAGE
from shteg.report.text.front_page import CLAIMS, HOW
from shteg.report.text.paper_signs import PAPER_FONT
from shteg.report.text.tree import CitationRun, Emphasis, Heading, Link, ListBody, Paragraph, Run, Strong, Text

MOST_CLAIMS = 3
MOST_LEADS = 3
SIZES = (10.4, 9.9, 9.4, 8.9, 8.5)
"""Sizes of the text, in points."""
HEIGHTS = (0.5, 0.42, 0.34, 0.28)
"""Heights of the chart, as shares of the width of the text."""
PLANS = (
    *((size, tallest, True) for size in SIZES[:3] for tallest in HEIGHTS[:3]),
    *((size, tallest, False) for size in SIZES for tallest in HEIGHTS),
)
"""Size, height, and whether all is said of how it was done or its first paragraph: the first that fits is taken."""


def write_brief(voice: Voice, texts: Mapping[str, Document], figures: Figures, folder: Path) -> list[Path]:
    """Write the brief of one language and compare its figures with the edition.

    Parameters
    ----------
    voice : Voice
        The language.
    texts : mapping
        Resolved texts by name.
    figures : Figures
        Their charts.
    folder : Path
        Where the file goes.

    Returns
    -------
    list of Path
        The file; nothing where the announcement has no claims, or names no leads.

    Raises
    ------
    PublishError
        It does not fit on one page, or a figure in it differs from the edition's.
    """
    if FRONT_PAGE not in texts or not has_brief(voice):
        return []
    path = folder / document_name(voice.edition, BRIEF, voice.language)
    for size, tallest, whole in PLANS:
        source = brief_source(voice, texts[FRONT_PAGE], figures, size=size, tallest=tallest, whole=whole)
        made = compile_pdf(source, voice, path.name, figures.cache)
        if made.pages == 1:
            require_none(figure_problems(made.figures, voice, path.name))
            path.write_bytes(made.raw)
            return [path]
    raise PublishError(
        f"the brief {path.name} does not fit on one page",
        f"shorten the claims, or the captions of the leads, in text/{voice.language}/{FRONT_PAGE}.md",
        path.name,
    )


def brief_source(
    voice: Voice, document: Document, figures: Figures, *, size: float, tallest: float, whole: bool
) -> str:
    """Write the whole Typst file of the brief.

    Parameters
    ----------
    voice : Voice
        The language.
    document : Document
        The announcement, resolved.
    figures : Figures
        Its charts.
    size : float
        Of the text, in points.
    tallest : float
        Height of the chart as a share of the width of the text.
    whole : bool
        Whether every paragraph on how it was done is printed, or the first alone.

    Returns
    -------
    str
        Typst markup with its template.
    """
    templates = files("shteg.publish").joinpath("templates")
    look = (templates.joinpath(name).read_text(encoding="utf-8") for name in ("document.typ", "brief.typ"))
    inserts = _inserts(voice)
    parts = [*look, "#show: brief.with(", *_settings(voice, document, size), ")"]
    parts.append(lead_figures(voice, document.leads[:MOST_LEADS], inserts))
    parts += [_heading(voice.t("front.claims")), _claims(document, inserts)]
    parts += [_chart(voice, document, figures, tallest), _how(document, inserts, whole=whole), _end(voice)]
    return "\n\n".join(part for part in parts if part)


def _settings(voice: Voice, document: Document, size: float) -> list[str]:
    case = voice.edition.case
    names = "".join(f"{string(voice.own(author.name))}, " for author in case.authors)
    keys = "".join(f"(sign: {string(sign)}, text: [{escape(key_of(voice, mark))}]), " for mark, sign in SIGNS.items())
    logo = voice.edition.images.get(case.logo or "")
    shown = f"image({string(logo.file)}, height: 9mm, alt: {string(voice.own(logo.alt))})" if logo else "[]"
    publisher = f'[#text(size: 0.9em, weight: "semibold")[{escape(voice.own(case.publisher))}]'
    publisher += f"#linebreak()#text(size: 0.86em, fill: soft)[{escape(voice.own(case.title))}]]"
    return [
        f"  language: {string(voice.language)}, title: {string(str(document.title))}, authors: ({names}),",
        f"  heading-words: [{typst_markup(voice.figured(document.title))}],",
        f"  subtitle: [{typst_markup(voice.figured(document.description))}],",
        f"  head: grid(columns: (1fr, auto), align: (left + horizon, right + horizon), {publisher}, {shown}),",
        f"  byline: [{escape(f'{author_names(voice)} · {days(voice)}')}],",
        f"  description: {string(str(document.description))}, keys: ({keys}), size: {size}pt,",
        f"  hyphenate: {hyphenation(voice)},",
    ]


def _heading(words: str) -> str:
    return f"#heading(level: 1, numbering: none)[{words if words.startswith('#') else escape(words)}]"


def _claims(document: Document, inserts: PaperInserts) -> str:
    claims = next(block.content for block in document.blocks if block.id == CLAIMS)
    assert isinstance(claims, ListBody)  # `has_brief` has looked
    items = (typst_runs(_uncited(item.runs), inserts) for item in claims.items[:MOST_CLAIMS])
    return f"#list(tight: false, {', '.join(f'[{item}]' for item in items)})"


def _uncited(runs: Iterable[Run]) -> list[Run]:
    """Leave citations out: the brief has no list of sources, and says where that is."""
    kept: list[Run] = []
    for run in runs:
        if isinstance(run, Strong | Emphasis | Link):
            kept.append(replace(run, runs=tuple(_uncited(run.runs))))
        elif not isinstance(run, CitationRun):
            kept.append(run)
        elif kept and isinstance(kept[-1], Text):  # no blank stays before the full stop
            kept[-1] = Text(kept[-1].text.rstrip(" "), kept[-1].line)
    return kept


def _chart(voice: Voice, document: Document, figures: Figures, tallest: float) -> str:
    """Draw the chart that decides, or the first of the front page that can be drawn."""
    known = available_charts(voice.edition)
    for chart_id in (KEY_CHART, *document.figures):
        drawn = None
        if chart_id == MAP and (found := paper_map(voice)):
            drawn = found[0], found[1], found[2]
        elif chart_id in known:
            spec = figures.spec(chart_id)
            svg = chart_for_paper(spec, font=PAPER_FONT, cache=figures.cache)
            drawn = svg, spec.title, str(spec.sentence) or spec.title
        if drawn:
            return f"{_heading(drawn[1])}\n#align(center, {drawing(drawn[0], alt=drawn[2], tallest=tallest)})"
    return ""


def _how(document: Document, inserts: PaperInserts, *, whole: bool) -> str:
    """Say how it was done: the paragraphs below the heading `how`, up to the next heading."""
    title, said, inside = "", [], False
    for block in document.blocks:
        if isinstance(block.content, Heading):
            inside = block.id == HOW
            title = typst_runs(_uncited(block.content.runs), inserts) if inside else title
        elif inside and isinstance(block.content, Paragraph):
            said.append(typst_runs(_uncited(block.content.runs), inserts))
    words = "\n\n".join(said if whole else said[:1])
    return f"{_heading('#[' + title + ']')}\n#[#set text(size: 0.94em)\n{words}]" if said else ""


def _end(voice: Voice) -> str:
    """Say how to cite it, where the whole is, whom to ask."""
    case = voice.edition.case
    lines = [escape(citation(voice)), escape(voice.t("footer.licence", licence=case.licence))]
    if case.contact:
        address = contact_link(case.contact)
        lines.append(f"{escape(voice.t('front.contact'))}: #link({string(address)})[{escape(case.contact)}].")
    body = " ".join(lines)
    if note := voice.own(case.note_in(voice.language)):
        body += f"#linebreak(){escape(note)}"
    return (
        "#v(1fr)\n#line(length: 100%, stroke: 0.5pt + rule)\n#v-space(1pt)\n"
        f"#plain-block(text(size: 0.84em, fill: soft)[#set par(leading: 0.45em)\n{body}])"
    )


def _inserts(voice: Voice) -> PaperInserts:
    def refuse(*_: object) -> NoReturn:
        raise PublishError("a claim of the brief holds a block", A_FAULT)

    return PaperInserts(
        value=lambda value_id, style, text: typst_markup(voice.figured(Quoted(text, value_id, style))),
        figure=refuse, table=refuse, image=refuse, grid=refuse, measures=refuse, authors=refuse,
    )  # fmt: skip
