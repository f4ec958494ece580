"""The first and the last page of a document: what an institute signs, how to cite it, whom to ask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shteg.publish.drawing.members_map import paper_map
from shteg.publish.drawing.vega import chart_for_paper
from shteg.publish.html.figures import Figures
from shteg.publish.html.front import authors_of, imprint_of, range_of
from shteg.publish.html.naming import author_names, citation, days
from shteg.publish.html.pictures import credit_line
from shteg.publish.paper.figured import typst_markup
from shteg.publish.paper.typst import PaperInserts, drawing, typst_runs
from shteg.publish.paper.typst_escape import escape, string
from shteg.publish.printed import Voice
from shteg.report import Document, available_charts
from shteg.report.history_view import this_edition
from shteg.report.text.addresses import contact_link, web_address
from shteg.report.text.paper_signs import PAPER_FONT
from shteg.report.text.tree import Authors, Figure, Image, Lead

KEY_CHART = "who-must-agree"
"""The chart that a cover shows where the case has neither a picture nor a map."""


def cover(voice: Voice, document: Document, figures: Figures) -> str:
    """Write the cover: publisher, logo, picture or drawing, title, authors, dates, numbers of the book, licence.

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
        Typst markup of one page.
    """
    case = voice.edition.case
    kicker = "" if _hyphens(voice.own(case.title)) == _hyphens(str(document.title)) else voice.own(case.title)
    lines = [f'#text(size: 11.5pt, weight: "semibold")[{escape(author_names(voice))}]', escape(days(voice))]
    lines += [escape(line) for line in _numbers(voice)]
    foot = "#linebreak()".join(lines)
    return "\n".join(
        (
            "#line(length: 100%, stroke: 4pt + accent)",
            f"#grid(columns: (1fr, auto), align: (left + horizon, right), [{_publisher(voice)}], [{_logo(voice)}])",
            "#v-space(7mm)",
            _picture(voice, document, figures),
            "#v-space(9mm)",
            f"#label-text[{escape(kicker)}]\n#v-space(14pt)" if kicker else "",
            f"#cover-title[{typst_markup(voice.figured(document.title))}]",
            "#v-space(13pt)",
            f"#plain-block(text(size: 12.5pt, fill: soft)[{typst_markup(voice.figured(document.description))}])",
            "#v(1fr)",
            f"#plain-block[#set par(leading: 0.6em)\n{foot}]",
        )
    )


def _hyphens(text: str) -> str:
    """Write every hyphen alike: those that no line breaks at stand in names of the case only."""
    return text.replace("\u2011", "-")


def _publisher(voice: Voice) -> str:
    return f'#text(size: 11.5pt, weight: "semibold")[{escape(voice.own(voice.edition.case.publisher))}]'


def _logo(voice: Voice) -> str:
    image = voice.edition.images.get(voice.edition.case.logo or "")
    return "" if image is None else f"#image({string(image.file)}, height: 12mm, alt: {string(voice.own(image.alt))})"


def _picture(voice: Voice, document: Document, figures: Figures) -> str:
    """Show the picture of the case; without one, the map; without a map, a chart of the edition."""
    name = voice.edition.case.cover or ""
    image = voice.edition.images.get(name)
    if image is not None:
        shown = (
            f'image({string(image.file)}, width: 100%, height: 96mm, fit: "cover", alt: {string(voice.own(image.alt))})'
        )
        return f"#block(clip: true, width: 100%, height: 96mm, {shown})\n#small[{escape(credit_line(voice, name))}]"
    drawn = paper_map(voice)
    if drawn is not None:
        svg, title, alt = drawn[0], drawn[1], drawn[2]
    else:
        known = available_charts(voice.edition)
        shown_charts = [block.content.chart_id for block in document.blocks if isinstance(block.content, Figure)]
        chart_id = next((one for one in (KEY_CHART, *shown_charts) if one in known), "")
        if not chart_id:
            return "#v-space(60mm)"
        spec = figures.spec(chart_id)
        svg = chart_for_paper(spec, font=PAPER_FONT, cache=figures.cache)
        title, alt = spec.title, str(spec.sentence)
    inside = f"#align(center, {drawing(svg, alt=alt or title, tallest=0.62)})\n#small[{escape(title)}]"
    return f"#block(fill: pale, inset: 5mm, width: 100%)[{inside}]"


def _numbers(voice: Voice) -> list[str]:
    """Give the numbers of the book, if it has any, and its licence."""
    case = voice.edition.case
    found = [f"{name} {number}" for name, number in (("DOI", case.doi), ("ISBN", case.isbn)) if number]
    return [*found, voice.t("paper.licence", licence=case.licence)]


def back(voice: Voice, document: Document, leads: str) -> str:
    """Write the last page: what the publication finds, who stands behind it, how to cite it, whom to ask.

    Parameters
    ----------
    voice : Voice
        The language.
    document : Document
        The text that it ends.
    leads : str
        The leading figures, as Typst markup (`lead_figures`).

    Returns
    -------
    str
        Typst markup of one page.
    """
    parts = [part for part in (*_people(voice, document), *_facts(voice, _shown(voice, document))) if part[1]]
    written = "\n".join(
        f"#block(breakable: false, below: 1.1em)[#strong[{escape(head)}]#linebreak(){body}]" for head, body in parts
    )
    said = typst_markup(voice.figured(document.description))
    return "\n".join(
        (
            "#page(fill: pale, header: none)[",
            f"#heading(level: 1, numbering: none)[{escape(voice.t('paper.about'))}]",
            f"#plain-block(text(size: 13pt)[{said}])",
            leads,
            "#v(1fr)",
            f"#plain-block(text(size: 9.2pt)[\n{written}\n])",
            "]",
        )
    )


def lead_figures(voice: Voice, leads: Sequence[Lead], inserts: PaperInserts) -> str:
    """Write the leading figures beside each other, each with its interval and what it is; empty without any.

    Parameters
    ----------
    voice : Voice
        The language.
    leads : sequence of Lead
        As the announcement names them.
    inserts : PaperInserts
        What the document supplies for their words.

    Returns
    -------
    str
        Typst markup.
    """
    cells = []
    for lead in leads:
        value = voice.edition.value(lead.value_id)
        number, level = typst_markup(voice.value(value)), typst_markup(range_of(voice, value))
        words = typst_runs(lead.caption, inserts) if lead.caption else typst_markup(voice.figured(voice.what(value)))
        cells.append(f"[#lead-figure[{number}][{words}][{level}]]")
    columns = ", ".join("1fr" for _ in cells)
    return f"#plain-block(grid(columns: ({columns},), column-gutter: 6mm, {', '.join(cells)}))" if cells else ""


def colophon(voice: Voice, document: Document) -> str:
    """Write the lines at the end of a short document."""
    shown = [block.content.image_id for block in document.blocks if isinstance(block.content, Image)]
    body = "#linebreak()".join(f"#strong[{escape(head)}]: {said}" for head, said in _facts(voice, shown) if said)
    return (
        f"#v-space(4pt)\n#line(length: 100%, stroke: 0.5pt + rule)\n#plain-block(text(size: 8.2pt, fill: soft)[{body}])"
    )


def _people(voice: Voice, document: Document) -> list[tuple[str, str]]:
    """Give publisher, authors (where the text does not tell of them), reviewers and funders."""
    case, imprint = voice.edition.case, imprint_of(voice)
    told = any(isinstance(block.content, Authors) for block in document.blocks)
    people = [f"{escape(one['name'])}. {escape(one['about'])}{_linked(one['address'])}" for one in authors_of(voice)]
    publisher = f"{escape(voice.own(case.publisher))}{_linked(web_address(case.address))}"
    return [
        (voice.t("paper.publisher"), publisher),
        (voice.t("authors.about"), "" if told else "#linebreak()".join(people)),
        (voice.t("paper.reviewers"), "#linebreak()".join(map(_body, imprint["reviewers"]))),
        (voice.t("paper.funders"), "#linebreak()".join(map(_body, imprint["funders"]))),
    ]


def _body(found: Mapping[str, str]) -> str:
    """Write a reviewer or a funder."""
    words = f"{found['name']}. {found['text']}" if found["text"] else found["name"]
    return f"{escape(words)}{_linked(found['address'])}"


def _shown(voice: Voice, document: Document) -> list[str]:
    """Give the pictures of a report: of its cover, and in its text."""
    inside = [block.content.image_id for block in document.blocks if isinstance(block.content, Image)]
    named = (voice.edition.case.cover, voice.edition.case.logo)
    return list(dict.fromkeys(one for one in (*named, *inside) if one and one in voice.edition.images))


def _facts(voice: Voice, shown: Sequence[str]) -> list[tuple[str, str]]:
    """Give how to cite, whom to ask, the edition, the licence, whose the pictures are, and the case's note."""
    case = voice.edition.case
    contact = contact_link(case.contact or "")
    numbers = "; ".join((*_numbers(voice), days(voice)))
    credits = " ".join(credit_line(voice, one) for one in shown)
    return [
        (voice.t("paper.cite"), f"{escape(citation(voice))}{_linked(web_address(case.address))}"),
        (voice.t("paper.contact"), _linked(contact).strip()),
        (voice.t("paper.edition"), escape(f"{this_edition(voice.edition, voice.language)}; {numbers}")),
        (voice.t("paper.pictures"), escape(credits)),
        (voice.t("paper.note"), escape(voice.own(case.note_in(voice.language)))),
    ]


def _linked(address: str | None) -> str:
    """Print an address that can be read on paper, and followed on a screen."""
    if not address:
        return ""
    return f" #link({string(address)})[{printed_address(address)}]"


def printed_address(address: str) -> str:
    """Write an address that may break after its marks, without a hyphen."""
    shown = address.removeprefix("mailto:")
    broken = "".join(f"{mark}\u200b" if mark in "/?&=._-" else mark for mark in shown)
    return escape(broken)
