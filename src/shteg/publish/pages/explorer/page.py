"""The page of switches: members, rule, settlement and measures, answered in the page from the worlds of the engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from shteg.publish.html.page import Material, Page
from shteg.publish.pages.explorer.scripts import BASE, PACKAGE, steps_asked, words_script
from shteg.publish.pages.path import forecast_years
from shteg.publish.printed import Voice
from shteg.report import EditionView, TableView
from shteg.report.charts.path import FORECAST
from shteg.report.edition_view import AT
from shteg.report.language.tables import make_table
from shteg.report.language.words import NOTHING

SIMULATED, WEIGHT = "value.pathways.forecast", "value.pool.weight.pathways"
SCRIPT = "explorer/words.js"


def _explorer(material: Material) -> dict[str, Any]:
    voice = material.voice
    worlds = {name: voice.show(voice.edition.value(f"explorer.{name}")) for name in ("draws", "worlds", "error")}
    return {
        "base": _base(voice),
        "counted": voice.figured(voice.t("explorer.counted", **worlds)),
        "measures": bool(voice.edition.measures),
        "words": SCRIPT,
    }


def _base(voice: Voice) -> TableView | None:
    """Show, before anything is switched, the published forecast, the simulated path, and the worlds of this page."""
    places = {(row["step"], str(row["year"])): row[AT] for row in voice.edition.rows(BASE)}
    rows, groups = [], []
    for step in steps_asked(voice.edition):
        weight = voice.edition.find(WEIGHT, step=f"step:{step.id}")
        for year in forecast_years(voice):
            about = {"step": f"step:{step.id}", "year": year}
            rows.append(
                (
                    year,
                    voice.with_interval(voice.edition.find(FORECAST, **about), otherwise=NOTHING),
                    voice.with_interval(voice.edition.find(SIMULATED, **about), otherwise=NOTHING),
                    voice.cell(BASE, places[step.id, year], "probability", "share"),
                    voice.value(weight, "short", NOTHING),
                )
            )
            groups.append(voice.own(step.title))
    headers = [voice.t(f"explorer.column.{name}") for name in ("year", "published", "simulated", "here", "weight")]
    return make_table(voice.t("explorer.base"), headers, rows, range(1, 5), groups=groups) if rows else None


def _beside(material: Material) -> Mapping[str, Callable[[], bytes]]:
    return {SCRIPT: lambda: words_script(material.voice).encode("utf-8")}


def _shown(edition: EditionView) -> bool:
    return PACKAGE in edition.table_names and bool(steps_asked(edition)) and bool(edition.select(FORECAST))


PAGES = (Page(slug="explorer", group="publication", context=_explorer, beside=_beside, shown=_shown),)
