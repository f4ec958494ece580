"""Who made the publication and answers for it, and what the press may take from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from shteg.publish.html.naming import author_names, citation, days
from shteg.publish.html.page import Material, Page
from shteg.publish.pages.texts import text_parts
from shteg.publish.printed import Voice
from shteg.report import EditionView
from shteg.report.language.marked import Marked, Quoted
from shteg.report.text.addresses import contact_link, followed_address
from shteg.report.text.tree import DirectionRun, Document, ListBody, MeasureRun, Run, Strong, Text, ValueRun, leaves

ANNOUNCEMENT, KIT = "announcement", "press"
CLAIMS = "claims"
"""The list of the announcement whose items are claims, each in bold, and what supports it."""
KEY_CHARTS = ("who-must-agree", "forecast-path")
"""Charts that tell the finding, the first that the edition has."""
MOST_QUOTES = 2
ORCID = "https://orcid.org/"


def _said(voice: Voice, one: Any) -> str:
    """Give a text of the case: by language, or the same in all."""
    if isinstance(one, Mapping):
        return voice.own({language: str(text) for language, text in one.items() if text})
    return str(one or "")


def _people(voice: Voice, key: str) -> list[dict[str, str]]:
    """Give authors, reviewers or funders as the case has them."""
    return [
        {
            "name": _said(voice, one.get("name")),
            "about": _said(voice, one.get("about") or one.get("text")),
            "address": followed_address(one.get("address")),
            "orcid": f"{ORCID}{one['orcid']}" if one.get("orcid") else "",
            "orcid_id": one.get("orcid") or "",
            "email": one.get("email") or "",
            "mail": contact_link(one.get("email")),
        }
        for one in voice.edition.contents["case"].get(key) or ()
    ]


def _imprint(material: Material) -> dict[str, Any]:
    voice = material.voice
    case = voice.edition.contents["case"]
    facts = [
        (voice.t("imprint.publisher"), voice.own(voice.edition.case.publisher)),
        (voice.t("imprint.authors"), author_names(voice)),
        (
            voice.t("imprint.edition"),
            f"{days(voice)}. {voice.t('footer.edition', edition=voice.edition.manifest.edition)}",
        ),
        *((voice.t(f"imprint.{key}"), str(case[key])) for key in ("doi", "isbn") if case.get(key)),
        (voice.t("imprint.licence"), voice.edition.case.licence),
    ]
    return {
        "facts": facts,
        "contact": contact_of(voice),
        "groups": [
            {"id": key, "title": voice.t(f"imprint.{key}"), "people": people}
            for key in ("authors", "reviewers", "funders")
            if (people := _people(voice, key))
        ],
        "status": voice.own(voice.edition.case.footnote),
        "citation": citation(voice),
        "made": [
            voice.t("imprint.made.software", version=voice.edition.manifest.shteg),
            voice.t("imprint.made.map"),
            voice.t("imprint.made.sources"),
        ],
    }


def contact_of(voice: Voice) -> Markup:
    """Give the contact of the case as a link; empty where it has none."""
    given = str(voice.edition.contents["case"].get("contact") or "")
    if not given:
        return Markup()
    address = followed_address(given if ":" in given else f"mailto:{given}")
    return (
        Markup('<a href="{}">{}</a>').format(address, given.removeprefix("mailto:"))
        if address
        else Markup("{}").format(given)
    )


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
        "people": _people(voice, "authors"),
        "contact": contact_of(voice),
        "boilerplate": voice.t(
            "press.boilerplate.text",
            title=voice.own(voice.edition.case.title),
            publisher=voice.own(voice.edition.case.publisher),
            days=days(voice),
        ),
        "citation": citation(voice),
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
