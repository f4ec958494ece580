"""Pages of formulas: each with its legend in the language of the page."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from shteg.publish.formulas import Formula, FormulaPage, formula_pages, mathml, worded
from shteg.publish.html.page import Material, Page
from shteg.report import EditionView

ROOM_OF = {"ladder": "accession", "ratification": "accession"}
"""Pages of formulas that the page of the method tells of under another name."""


def formula_site_pages(edition: EditionView) -> tuple[Page, ...]:
    """Give a page for each page of formulas."""
    return tuple(_page(page) for page in formula_pages().values())


def _page(page: FormulaPage) -> Page:
    return Page(
        slug=page.slug,
        template="formulas",
        context=lambda material: _context(material, page),
        title=lambda material: material.voice.t(f"page.{page.slug}"),
        within="method",
    )


def _context(material: Material, page: FormulaPage) -> dict[str, Any]:
    voice = material.voice
    return {
        "formulas": [_formula(material, page.name, one) for one in page.formulas],
        "room": ROOM_OF.get(page.name, page.name),
        "others": [
            {"slug": one.slug, "title": voice.t(f"page.{one.slug}")} for one in formula_pages().values() if one != page
        ],
    }


def _formula(material: Material, page: str, one: Formula) -> dict[str, Any]:
    voice, cache = material.voice, material.figures.cache
    return {
        "id": f"formula-{one.id}",
        "title": voice.text(f"formula.{page}.{one.id}.title"),
        "text": voice.text(f"formula.{page}.{one.id}.text"),
        "math": Markup(mathml(worded(one.latex, voice), cache, block=True)),
        "symbols": [
            (Markup(mathml(worded(symbol.latex, voice), cache)), voice.text(f"formula.symbol.{symbol.key}"))
            for symbol in one.symbols
        ],
    }


MAKERS = (formula_site_pages,)
