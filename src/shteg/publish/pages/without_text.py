"""An edition without texts: one of a past day, whose prose was written for a later one. Every page says so."""

from __future__ import annotations

from shteg.publish.html.figures import MAP
from shteg.publish.html.frame import notice
from shteg.publish.html.members_map import members_map
from shteg.publish.html.naming import BARE
from shteg.publish.printed import Voice
from shteg.report import Document, available_charts
from shteg.report.text.tree import Authors, Block, Figure, Heading, MeasuresList, Paragraph, Text


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
    if not voice.edition.measures:
        del parts[1]
    for name, words, inside in parts:
        blocks += [Block(name, Heading(2, (Text(words),))), *inside]
    return Document(
        language=voice.language,
        name=BARE,
        title=voice.own(voice.edition.case.title),
        description=notice(voice),
        declared=(),
        blocks=tuple(blocks),
    )
