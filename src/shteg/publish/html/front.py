"""What the front page shows above its text: lead figures, claims, how it was done, who made it, how to cite it."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from shteg.estimates import Value
from shteg.publish.html.figures import Figures
from shteg.publish.html.naming import DOI, ORCID
from shteg.publish.html.text import Inserts, render_runs
from shteg.publish.printed import Voice
from shteg.report import Document
from shteg.report.marks import value_marks
from shteg.report.text.addresses import contact_link, followed_address, web_address
from shteg.report.text.front_page import CLAIMS
from shteg.report.text.leads import is_probability
from shteg.report.text.tree import ListBody, Strong, Text

LONG_NUMBER = 12
"""Signs of a lead figure beyond which it is words and set smaller."""


def leads_of(voice: Voice, document: Document, inserts: Inserts) -> list[dict[str, Any]]:
    """Give the figures that an editor named: number, words for its marks, what it is, interval, frequency.

    Parameters
    ----------
    voice : Voice
        The language.
    document : Document
        The announcement, resolved.
    inserts : Inserts
        Of the page.

    Returns
    -------
    list of dict
        None where the text names no leads.
    """
    found = []
    for lead in document.leads:
        value = voice.edition.value(lead.value_id)
        found.append(
            {
                "value": voice.value(value),
                "what": render_runs(lead.caption, inserts) if lead.caption else voice.what(value),
                "range": range_of(voice, value),
                "frequency": voice.value(value, "Frequency") if is_probability(value) else "",
                "marks": [{"kind": mark, "words": voice.text(f"mark.{mark}")} for mark in value_marks(value)],
                "long": len(voice.show(value)) > LONG_NUMBER,
            }
        )
    return found


def range_of(voice: Voice, value: Value) -> Markup:
    """Print the interval with its coverage, to be read again; empty if there is none."""
    if value.low is None or value.level is None:
        return Markup()
    level = voice.number(value.level * 100)
    return voice.figured(voice.t("interval", interval=voice.interval(value), level=level))


def claims_of(document: Document, inserts: Inserts) -> list[dict[str, Markup]]:
    """Give the claims of the announcement, each with what supports it; none where it has no such list."""
    found = []
    for block in document.blocks:
        if block.id == CLAIMS and isinstance(block.content, ListBody):
            for item in block.content.items:
                runs = [run for run in item.runs if not (isinstance(run, Text) and not run.text.strip())]
                head = runs[0].runs if isinstance(runs[0], Strong) else ()
                rest = item.runs[item.runs.index(runs[0]) + 1 :] if head else item.runs
                found.append({"head": render_runs(head, inserts), "rest": render_runs(rest, inserts)})
    return found


def front_figures(document: Document, figures: Figures) -> list[Markup]:
    """Draw the figures that stand on the front page; a map of a made-up world has no shape and is left out."""
    drawn = (figures.html("index", chart_id) for chart_id in document.figures)
    return [figure for figure in drawn if figure]


def authors_of(voice: Voice) -> list[dict[str, str]]:
    """Give name, lines and addresses of each author; empty what the case does not say."""
    return [
        {
            "name": voice.own(one.name),
            "about": voice.own(one.about),
            "address": followed_address(one.address),
            "orcid": ORCID + one.orcid if one.orcid else "",
            "orcid_id": one.orcid or "",
            "email": one.email or "",
            "mail": contact_link(one.email),
        }
        for one in voice.edition.case.authors
    ]


def imprint_of(voice: Voice) -> dict[str, Any]:
    """Give who reviewed and paid for the publication, where to write, and its numbers."""
    case = voice.edition.case
    return {
        "reviewers": [
            {"name": voice.own(one.name), "text": voice.own(one.about), "address": followed_address(one.address)}
            for one in case.reviewers
        ],
        "funders": [
            {"name": voice.own(one.name), "text": voice.own(one.text), "address": followed_address(one.address)}
            for one in case.funders
        ],
        "contact": {"words": case.contact, "address": contact_link(case.contact)} if case.contact else None,
        "address": web_address(case.address),
        "doi": {"words": case.doi, "address": DOI + case.doi} if case.doi else None,
        "isbn": case.isbn or "",
    }
