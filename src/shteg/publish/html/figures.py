"""Figures and tables as HTML, made by the macros of the templates, so that every page draws them alike."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType
from typing import Any

from jinja2 import BytecodeCache, Environment, PackageLoader, StrictUndefined
from jinja2.bccache import Bucket
from markupsafe import Markup

from shteg.keeping import keep, recall
from shteg.publish.drawing.map import CLASSES, StanceClass, legend_swatch
from shteg.publish.drawing.members_map import MembersMap, draw_members
from shteg.publish.drawing.vega import chart_for_page
from shteg.publish.html.tables import table_markup
from shteg.publish.printed import Voice
from shteg.report import ChartSpec, available_charts, chart
from shteg.report.edition_view import subject
from shteg.report.language.tables import make_table

MAP = "members-map"
"""The figure that the publisher draws itself."""
MOST_SOURCES = 6
"""Sources named below a figure."""
FEW_ROWS = 4
"""A table of so many rows stands open below its chart."""
LONG_SENTENCE = 260
"""A sentence of more letters stands with the table behind the figure."""


_SETTINGS: Mapping[str, Any] = MappingProxyType(
    {
        "autoescape": True,
        "auto_reload": False,
        "trim_blocks": True,
        "lstrip_blocks": True,
        "keep_trailing_newline": True,
    }
)


@cache
def template_environment(kept: Path | None = None) -> Environment:
    """Open the templates: escaped by default, an unknown name is an error; `kept` is a folder for compiled ones."""
    environment = Environment(
        loader=PackageLoader("shteg.publish", "templates"),
        undefined=StrictUndefined,
        bytecode_cache=None if kept is None else _CompiledTemplates(kept),
        **_SETTINGS,
    )
    environment.globals["table_markup"] = table_markup
    return environment


class _CompiledTemplates(BytecodeCache):
    """Compiled templates in a folder, each under its text, the settings, and all that compiles it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        made_by = [sys.version, *(version(name) for name in ("jinja2", "markupsafe"))]
        self._how = repr((made_by, sorted(_SETTINGS.items())))

    def _path(self, bucket: Bucket) -> Path:
        mark = hashlib.sha256(repr((bucket.key, bucket.checksum, self._how)).encode()).hexdigest()
        return self._folder / f"{mark}.template"

    def load_bytecode(self, bucket: Bucket) -> None:
        """Load a template that was compiled before, if its checksum holds."""
        raw = recall(self._path(bucket))
        if raw is not None:
            bucket.bytecode_from_string(raw)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a compiled template."""
        keep(self._path(bucket), bucket.bytecode_to_string())


@dataclass(slots=True, kw_only=True, eq=False)
class Figures:
    """All figures of one language; each specification is made once.

    Attributes
    ----------
    voice : Voice
        The language.
    cache : Path or None
        Where drawings and compiled templates are kept between builds.
    """

    voice: Voice
    cache: Path | None = None
    _specs: dict[str, ChartSpec] = field(default_factory=dict)
    _macros: Any = None

    def spec(self, chart_id: str) -> ChartSpec:
        """Make a chart's specification, once."""
        if chart_id not in self._specs:
            self._specs[chart_id] = chart(self.voice.edition, chart_id, self.voice.language)
        return self._specs[chart_id]

    def page_figure(self, slug: str, chart_id: str) -> dict[str, Any]:
        """Give what the macro `figure` needs; ids are made for this page."""
        return self.figure_of(slug, self.spec(chart_id))

    def figure_of(self, slug: str, spec: ChartSpec) -> dict[str, Any]:
        """Give what the macro `figure` needs for a chart of one thing (`member_stance`, `question_chart`)."""
        drawn = [
            Markup(chart_for_page(spec, place=f"{slug}-{spec.id}", phone=phone, cache=self.cache))
            for phone in (False, True)
        ]
        return {
            "place": f"figure-{spec.id}",
            "title": spec.title,
            "open": len(spec.table.rows) <= FEW_ROWS,
            "says": self.voice.figured(spec.sentence),
            "long": len(spec.sentence) >= LONG_SENTENCE,
            "note": self.voice.figured(spec.note),
            "svg": drawn[0],
            "phone": drawn[1],
            "sources": [self.voice.source(one) for one in spec.source_ids[:MOST_SOURCES]],
            "more": self.more(len(spec.source_ids) - MOST_SOURCES),
            "table": replace(spec.table, rows=tuple(tuple(map(self.voice.figured, row)) for row in spec.table.rows)),
        }

    def more(self, count: int) -> str:
        """Say how many sources are not named."""
        return " " + self.voice.t("sources.more", count=count) if count > 0 else ""

    def some(self, slug: str, *chart_ids: str) -> list[dict[str, Any]]:
        """Give those of these charts that the edition has."""
        known = available_charts(self.voice.edition)
        return [self.page_figure(slug, chart_id) for chart_id in chart_ids if chart_id in known]

    def html(self, slug: str, chart_id: str) -> Markup:
        """Draw a figure inside a text."""
        if chart_id == MAP:
            return members_map(self.voice)
        return self.render("figure", self.page_figure(slug, chart_id))

    def render(self, macro: str, *args: Any) -> Markup:
        """Call a macro of `macros.html.j2`."""
        if self._macros is None:
            self._macros = (
                template_environment(self.cache).get_template("macros.html.j2").make_module({"t": self.voice.t})
            )
        return Markup(getattr(self._macros, macro)(*args))


# --- the map of members -----------------------------------------------------------------------------------------------


def members_map(voice: Voice) -> Markup:
    """Draw the map with legend and notes; empty if the members have no shape (a made-up world)."""
    found = draw_members(voice)
    if found is None:
        return Markup()
    title = voice.t("members.map.title")
    return Markup(
        '<figure class="figure map" id="{}"><figcaption><span class="kind">{}</span>'
        '<span class="head">{}</span></figcaption><div class="plot mapped" tabindex="0" role="group" aria-label="{}" '
        'data-how="{}">{}{}</div>{}<p class="says">{}</p><p class="note">{}{}</p>'
        '<details class="figures"><summary>{}</summary>{}</details></figure>'
    ).format(
        MAP,
        voice.t("figure"),
        title,
        title,
        voice.t("figure.values.how"),
        found.drawing,
        found.phone,
        _legend(voice, found.classes),
        voice.figured(found.sentence),
        Markup("{}<br>").format(found.note) if found.note else "",
        voice.t("members.map.note"),
        voice.t("figure.table"),
        _table(voice, found),
    )


def _table(voice: Voice, found: MembersMap) -> Markup:
    """Print what stands behind the map: a row for each member."""
    heads = [voice.t("column.member"), voice.t("column.support"), voice.text("chart.column.interval")]
    cells = [
        (voice.named(f"member:{subject(value, 'member')}"), voice.value(value), voice.bare_interval(value))
        for value in found.rows
    ]
    return table_markup(make_table(voice.t("members.map.title"), heads, cells, (1, 2)), MAP, voice.t, named=True)


def _legend(voice: Voice, used: frozenset[StanceClass]) -> Markup:
    half, most, least = (voice.percent(share) for share in (0.5, 0.9, 0.1))
    words = {
        "support": voice.t("members.class.support", share=most),
        "open": voice.t("members.class.open", low=half, high=most),
        "unclear": voice.t("members.class.unclear", low=least, high=half),
        "against": voice.t("members.class.against", share=least),
    }
    items = [Markup("<li>{}{}</li>").format(legend_swatch(name), words[name]) for name in CLASSES if name in used]
    return Markup('<p class="label">{}</p><ul class="legend">{}</ul>').format(
        voice.t("column.support"), Markup().join(items)
    )
