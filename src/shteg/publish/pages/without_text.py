"""An edition without texts: one of a past day, whose prose was written for a later one. Every page says so."""

from __future__ import annotations

from shteg.publish.drawing.members_map import members_map
from shteg.publish.html.figures import MAP
from shteg.publish.printed import Voice
from shteg.report import Document, EditionView, available_charts
from shteg.report.text.tree import Authors, Block, Figure, Heading, MeasuresList, Paragraph, Text

NAME = "report"
"""The one document of such an edition takes the place of the report."""


def notice(voice: Voice) -> str:
    """Say plainly that there is no text, and why; empty for an edition with texts."""
    if not voice.edition.without_text:
        return ""
    return voice.t("no-text", date=voice.date(str(voice.edition.case["as_of"])))


def document_names(edition: EditionView, language: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """Name the texts that come as PDF in a language."""
    return (NAME,) if edition.without_text else tuple(one for one in names if one in edition.texts[language])


def plain_document(voice: Voice) -> Document:
    """Make the document of an edition without texts: the notice, every chart, the measures, the authors."""
    blocks = [Block("no-text", Paragraph((Text(notice(voice)),)))]
    charts = [Block(f"figure-{one}", Figure(one)) for one in available_charts(voice.edition)]
    if members_map(voice):
        charts.insert(0, Block(f"figure-{MAP}", Figure(MAP)))
    parts = [
        ("figures", voice.t("no-text.figures"), charts),
        ("measures", voice.t("page.recommendations"), [Block("measures-list", MeasuresList())]),
        ("authors", voice.t("authors.about"), [Block("authors-list", Authors())]),
    ]
    if not voice.edition.recommendations.get("measures"):
        del parts[1]
    for name, words, inside in parts:
        blocks += [Block(name, Heading(2, (Text(words),))), *inside]
    return Document(
        language=voice.language,
        name=NAME,
        title=voice.own(voice.edition.case["title"]),
        description=notice(voice),
        declared=(),
        blocks=tuple(blocks),
    )
