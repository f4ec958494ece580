"""A page for each chart that holds nothing else, to be put into other pages as a frame; its files lie beside it."""

from __future__ import annotations

from typing import Any

from shteg.publish.citable.chart_files import chart_files
from shteg.publish.html.naming import days
from shteg.publish.html.page import Material, Page
from shteg.report import EditionView, available_charts
from shteg.report.history_view import this_edition


def embed_slug(chart_id: str) -> str:
    """Give the slug of the page that holds a chart alone."""
    return f"embed-{chart_id}"


def embed_pages(edition: EditionView) -> tuple[Page, ...]:
    """Give a page for each chart of the edition."""
    return tuple(_embed_page(chart_id) for chart_id in available_charts(edition))


def _embed_page(chart_id: str) -> Page:
    def context(material: Material) -> dict[str, Any]:
        voice = material.voice
        case = voice.edition.case
        figure = material.figures.page_figure(embed_slug(chart_id), chart_id)
        return {
            "figure": figure | {"row": None},
            "credit": voice.t(
                "embed.credit",
                publisher=voice.own(case.publisher),
                days=days(voice),
                edition=this_edition(voice.edition, voice.language),
                licence=case.licence,
            ),
            "from_title": voice.t("embed.from", title=voice.own(case.title)),
        }

    return Page(
        slug=embed_slug(chart_id),
        template="embed",
        context=context,
        title=lambda material: material.figures.spec(chart_id).title,
        deck=lambda material: "",
        beside=lambda material: chart_files(material.figures, chart_id),
    )


MAKERS = (embed_pages,)
