"""Who made the publication and answers for it, and what the press may take from it."""

from __future__ import annotations

from typing import Any

from shteg.publish.citable.shared import FRONT, shared_file
from shteg.publish.html.front import authors_of, imprint_of
from shteg.publish.html.naming import author_names, citation, days
from shteg.publish.html.page import Material, Page
from shteg.publish.pages.texts import text_parts
from shteg.report import EditionView
from shteg.report.history_view import this_edition
from shteg.report.language.marked import Marked, Quoted
from shteg.report.text.tree import DirectionRun, Document, ListBody, MeasureRun, Run, Strong, Text, ValueRun, leaves

ANNOUNCEMENT, KIT = "announcement", "press"
CLAIMS = "claims"
"""The list of the announcement whose items are claims, each in bold, and what supports it."""
KEY_CHARTS = ("who-must-agree", "forecast-path")
"""Charts that tell the finding, the first that the edition has."""
MOST_QUOTES = 2


def _imprint(material: Material) -> dict[str, Any]:
    voice = material.voice
    case, people = voice.edition.case, imprint_of(voice)
    facts = [
        (voice.t("imprint.publisher"), voice.own(case.publisher)),
        (voice.t("imprint.authors"), author_names(voice)),
        (
            voice.t("imprint.edition"),
            f"{days(voice)}. {voice.t('footer.edition', edition=this_edition(voice.edition, voice.language))}",
        ),
        *((voice.t(f"imprint.{key}"), number) for key, number in (("doi", case.doi), ("isbn", case.isbn)) if number),
        (voice.t("imprint.licence"), case.licence),
    ]
    return {
        "facts": facts,
        "contact": people["contact"],
        "authors": authors_of(voice),
        "groups": [
            {"id": key, "title": voice.t(f"imprint.{key}"), "people": people[key]}
            for key in ("reviewers", "funders")
            if people[key]
        ],
        "status": voice.own(case.note_in(voice.language)),
        "marked": case.marks_note(voice.language),
        "citation": citation(voice),
        "made": [
            voice.t("imprint.made.software", version=voice.edition.manifest.shteg),
            voice.t("imprint.made.map"),
            voice.t("imprint.made.sources"),
        ],
    }


# --- press ------------------------------------------------------------------------------------------------------------


def _press(material: Material) -> dict[str, Any]:
    voice, document = material.voice, material.texts[ANNOUNCEMENT]
    charts = [chart for chart in KEY_CHARTS if material.figures.some("press", chart)][:1]
    return {
        "headline": voice.figured(material.title_of(ANNOUNCEMENT)),
        "summary": voice.figured(material.description_of(ANNOUNCEMENT)),
        "quotes": [voice.figured(quote) for quote in quotes_of(document)],
        "charts": [chart for name in charts for chart in material.figures.some("press", name)],
        "parts": text_parts(material, KIT, "press"),
        "people": authors_of(voice),
        "contact": imprint_of(voice)["contact"],
        "boilerplate": voice.t(
            "press.boilerplate.text",
            title=voice.own(voice.edition.case.title),
            publisher=voice.own(voice.edition.case.publisher),
            days=days(voice),
        ),
        "citation": citation(voice),
        "share_picture": shared_file(FRONT),
        "share_alt": str(material.title_of(ANNOUNCEMENT)),
    }


def quotes_of(document: Document) -> list[str]:
    """Give the sentences that may be quoted: the first claims of the announcement; they know their figures."""
    for block in document.blocks:
        if block.id == CLAIMS and isinstance(block.content, ListBody):
            return [_words(_claim(item.runs)) for item in block.content.items[:MOST_QUOTES]]
    return []


def _claim(runs: tuple[Run, ...]) -> tuple[Run, ...]:
    """Give what stands in bold at the beginning of an item, or all of it."""
    return runs[0].runs if runs and isinstance(runs[0], Strong) else runs


def _words(runs: tuple[Run, ...]) -> str:
    """Join runs to a sentence; sources that they cite stay behind."""
    parts: list[str] = []
    for run in leaves(runs):
        if isinstance(run, ValueRun):
            parts.append(Quoted(run.text, run.value_id, run.style))
        elif isinstance(run, Text | DirectionRun | MeasureRun):
            parts.append(run.text)
    return Marked(*parts)


def _has_announcement(edition: EditionView) -> bool:
    return not edition.without_text and all(ANNOUNCEMENT in texts for texts in edition.texts.values())


PAGES = (
    Page(slug="imprint", context=_imprint, group="about"),
    Page(slug="press", context=_press, group="about", shown=_has_announcement),
)
