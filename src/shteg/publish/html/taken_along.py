"""The row under a chart: where its files lie, how it is embedded and cited, how an error is reported."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from shteg.publish.html.naming import citation, site_address
from shteg.publish.printed import Voice
from shteg.report import ChartSpec
from shteg.report.text.addresses import contact_link

FOLDER = "figures"
KINDS = ("CSV", "XLSX", "SVG", "PNG")


def file_names(chart_id: str) -> dict[str, str]:
    """Give where the files of a chart lie, seen from a page of its language, by what they are."""
    return {kind: f"{FOLDER}/{chart_id}.{kind.lower()}" for kind in KINDS}


def taken_along(voice: Voice, slug: str, spec: ChartSpec) -> dict[str, Any]:
    """Give what the row under a chart says.

    Parameters
    ----------
    voice : Voice
        The language.
    slug : str
        Of the page that the chart stands on.
    spec : ChartSpec
        The chart.

    Returns
    -------
    dict
    """
    address, place, embed = site_address(voice.edition), f"figure-{spec.id}", f"embed-{spec.id}.html"
    here = f"{address}/{voice.language}/" if address else ""
    edition = voice.edition.manifest.edition
    message = voice.t("report.body", edition=edition, page=f"{voice.language}/{slug}", figure=spec.title)
    contact = voice.edition.case.contact or ""
    return {
        "files": file_names(spec.id),
        "embed": embed,
        "code": f'<iframe src="{here}{embed}" title="{spec.title}" width="100%" height="600"></iframe>',
        "place": place,
        "address": f"{here}{slug}.html#{place}",
        "cited": voice.t("row.cite.text", citation=citation(voice), title=spec.title),
        "how": voice.t("report.how" if contact else "report.nobody"),
        "contact": contact,
        "send": _sent(contact, voice.t("report.subject", page=slug, edition=edition), message),
        "message": message,
    }


def _sent(contact: str, subject: str, message: str) -> str:
    """Give the address that opens a letter with the message in it, or leads to a page; empty without a contact."""
    link = contact_link(contact) if contact else ""
    return f"{link}?subject={quote(subject)}&body={quote(message)}" if link.startswith("mailto:") else link
