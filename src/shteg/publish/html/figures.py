"""Figures and tables as HTML, made by the macros of the templates, so that every page draws them alike."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from jinja2 import BytecodeCache, Environment, PackageLoader, StrictUndefined
from jinja2.bccache import Bucket
from markupsafe import Markup

from shteg.keeping import keep, recall, version_of
from shteg.publish.drawing.vega import chart_for_page
from shteg.publish.html.members_map import members_map
from shteg.publish.html.taken_along import taken_along
from shteg.publish.printed import Voice
from shteg.publish.table_markup import table_markup
from shteg.report import ChartSpec, available_charts, chart

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
        made_by = [sys.version, *(version_of(name) for name in ("jinja2", "markupsafe"))]
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
            "row": taken_along(self.voice, slug, spec) if spec.id in available_charts(self.voice.edition) else None,
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
