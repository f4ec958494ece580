"""Charts: Vega-Lite to SVG with vl-convert, kept by the hash of the specification, dressed for a page or for paper."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from shteg.errors import A_FAULT, PublishError
from shteg.keeping import keep, recall, version_of
from shteg.publish.drawing import lighter, svg
from shteg.publish.drawing.svg import Paint, clean_svg, page_colours, print_colours
from shteg.report import PALETTE, ChartSpec

_ROLES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "ink": ("--ink", "#15191d"),
        "muted": ("--c-axis", "#4d565e"),
        "grid": ("--c-grid", "#dfe4e7"),
        "paper": ("--paper", "#ffffff"),
        "series-1": ("--c-1", "#00566b"),
        "series-2": ("--c-2", "#b4541a"),
        "series-3": ("--c-3", "#5d4a8a"),
        "series-4": ("--c-4", "#47702c"),
        "series-5": ("--c-5", "#8a6d00"),
        "series-6": ("--c-6", "#8c2f5b"),
        "positive": ("--c-1", "#00566b"),
        "negative": ("--c-2", "#b4541a"),
        "neutral": ("--c-muted", "#8b959d"),
        "observed": ("--c-1", "#00566b"),
        "estimated": ("--c-4", "#47702c"),
        "borrowed": ("--c-3", "#5d4a8a"),
        "assumed": ("--c-2", "#b4541a"),
    }
)
"""What each role of the palette is on a page (a CSS variable of `site.css`) and on paper."""

PAGE_COLOURS: Mapping[str, str] = MappingProxyType({PALETTE[role]: _ROLES[role][0] for role in PALETTE})
PRINT_COLOURS: Mapping[str, str] = MappingProxyType({PALETTE[role]: _ROLES[role][1] for role in PALETTE})


def draw_svg(spec: dict[str, Any], *, language: str, name: str, cache: Path | None = None) -> str:
    """Draw a specification; a drawing made before is taken from `cache` if its checksum holds.

    Parameters
    ----------
    spec : dict
        Vega-Lite.
    language, name : str
        Language and id of the chart, for errors.
    cache : Path, optional
        Folder of drawings made before.

    Returns
    -------
    str
        As vl-convert drew it, in sentinel colours.

    Raises
    ------
    PublishError
        vl-convert refuses the specification.
    """
    import vl_convert

    text = json.dumps(spec, ensure_ascii=False, sort_keys=True)
    kept = None
    if cache is not None:
        digest = hashlib.sha256(f"{version_of('vl-convert-python')}\n{text}".encode()).hexdigest()
        kept = cache / f"{digest}.drawing"
        drawn = recall(kept)
        if drawn is not None:
            return drawn.decode()
    try:
        made = str(vl_convert.vegalite_to_svg(spec))
    except ValueError as error:
        raise PublishError(f"the chart {name} ({language}) cannot be drawn: {error}", A_FAULT, name) from error
    if kept is not None:
        keep(kept, made.encode())
    return made


def chart_for_page(chart: ChartSpec, *, place: str, phone: bool = False, cache: Path | None = None) -> str:
    """Give a chart as inline SVG; `place` makes its ids unlike those of every other drawing on the page.

    Parameters
    ----------
    chart : ChartSpec
        In the language of the page.
    place : str
        Prefix of ids, another one for each drawing on a page.
    phone : bool
        The form for small screens; it has ids of its own.
    cache : Path, optional
        Folder of drawings made before.

    Returns
    -------
    str
        SVG whose colours are variables of the style sheet, of the class `wide` or `phone`.
    """
    paint = page_colours(PAGE_COLOURS, "phone" if phone else "wide")
    spec, prefix = (chart.phone, f"{place}-phone") if phone else (chart.spec, place)
    return _dressed(chart, spec, prefix, "page", paint, cache)


def chart_for_paper(chart: ChartSpec, *, font: str, cache: Path | None = None) -> str:
    """Give a chart as SVG with fixed colours and a font of the PDF, drawn for the width of its text.

    Parameters
    ----------
    chart : ChartSpec
        In the language of the document.
    font : str
        Name of a font of the PDF.
    cache : Path, optional
        Folder of drawings made before.

    Returns
    -------
    str
        SVG in print colours.
    """
    return _dressed(chart, chart.paper, chart.id, f"paper {font}", print_colours(PRINT_COLOURS, font), cache)


@functools.cache
def _hand() -> str:
    """Tell apart drawings that other code cleaned or coloured."""
    return "".join(
        hashlib.sha256(Path(file).read_bytes()).hexdigest() for file in (svg.__file__, lighter.__file__, __file__)
    )


def _dressed(chart: ChartSpec, spec: dict[str, Any], prefix: str, kind: str, paint: Paint, cache: Path | None) -> str:
    """Clean and colour a drawing; what was made before is taken as it is."""
    words = {"title": chart.title, "sentence": str(chart.sentence), "language": chart.language}
    kept = None
    if cache is not None:
        made_of = json.dumps([_hand(), version_of("vl-convert-python"), spec, prefix, kind, words], sort_keys=True)
        kept = cache / f"{hashlib.sha256(made_of.encode()).hexdigest()}.svg"
        drawn = recall(kept)
        if drawn is not None:
            return drawn.decode()
    raw = draw_svg(spec, language=chart.language, name=chart.id, cache=cache)
    clean = clean_svg(raw, prefix=prefix, paint=paint, **words)
    if kept is not None:
        keep(kept, clean.encode())
    return clean
