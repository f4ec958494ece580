"""The map of members: Europe with North America as an inset, coloured and hatched by class of stance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup, escape

from shteg.publish.drawing.projection import Window, country_codes, extent_of, middle_of, path_of, read_geometry
from shteg.report.language.locale import exact
from shteg.report.layout.lettering import width_of

StanceClass = Literal["support", "open", "unclear", "against"]
CLASSES: tuple[StanceClass, ...] = ("support", "open", "unclear", "against")
"""From most to least favourable."""
HATCHED: Mapping[StanceClass, str] = {"unclear": "M-2 2L2-2M0 8L8 0M6 10L10 6", "against": "M0 4H8"}
"""Lines drawn over a class, so that it is told apart without colour too."""

MAIN = Window(geometry="europe", centre=(14.0, 52.0), x=(-0.55, 0.43), y=(-0.317, 0.325), width=760)
INSET = Window(
    geometry="north_america", centre=(-97.0, 50.0), x=(-0.62, 0.62), y=(-0.5, 0.72), width=170, left=0.5, top=330
)
NARROW = Window(geometry="europe", centre=(14.0, 52.0), x=(-0.37, 0.41), y=(-0.317, 0.325), width=320)
NARROW_INSET = Window(
    geometry="north_america", centre=(-97.0, 50.0), x=(-0.62, 0.62), y=(-0.5, 0.72), width=70, left=0.5, top=52
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What a map is drawn on: its windows, and the size of its letters in pixels."""

    kind: Literal["wide", "phone"]
    main: Window
    inset: Window
    size: float

    @property
    def line(self) -> float:
        """Height of a line of names."""
        return self.size * 1.25

    @property
    def height(self) -> int:
        """Height of the map, in pixels."""
        return round(self.main.height)


WIDE = Sheet(kind="wide", main=MAIN, inset=INSET, size=14)
PHONE = Sheet(kind="phone", main=NARROW, inset=NARROW_INSET, size=12)
PAPER_STYLE = (
    ".water{fill:#fff}.land{fill:#e9ecee;stroke:#fff;stroke-width:.6}.member{stroke:#fff;stroke-width:.8}"
    ".support{fill:#00566b}.open{fill:#7fb0bd}.unclear{fill:#c3c8cc}.against{fill:#b4541a}.subject{fill:#15191d}"
    ".hatch{stroke:#fff;stroke-width:1.5}.inset{fill:none;stroke:#c6ccd1}.ring{fill:none;stroke:#15191d;stroke-width:1.2}"
    "text{font-family:Libertinus Serif;fill:#15191d;stroke:#fff;stroke-width:2.5;paint-order:stroke}"
)
"""The colours of `site.css`, for paper."""
SMALL = 18.0
"""A country narrower than this, in pixels, has its name beside it."""

EDGE = 3.0
"""Pixels that stay free at the edge."""


def class_of(support: float) -> StanceClass:
    """Give the class that a probability of support (a share, 0–1) is drawn in."""
    share = float(exact(support))
    if share >= 0.9:
        return "support"
    if share >= 0.5:
        return "open"
    return "unclear" if share >= 0.1 else "against"


def can_be_drawn(codes: frozenset[str], subject: str) -> bool:
    """Tell whether the package has a shape for the aspirant and for most of these countries."""
    known = codes & country_codes()
    return subject in country_codes() and 2 * len(known) > len(codes)


def without_shape(codes: frozenset[str]) -> frozenset[str]:
    """Give the countries that are too small for the map."""
    return codes - country_codes()


def draw_map(
    classes: Mapping[str, StanceClass],
    *,
    subject: str,
    names: Mapping[str, str],
    sentence: str,
    language: str,
    sheet: Sheet = WIDE,
    rows: Mapping[str, int] | None = None,
) -> Markup:
    """Draw the map as inline SVG.

    Parameters
    ----------
    classes : mapping
        `{country code: class}` of the members.
    subject : str
        Country code of the aspirant.
    names : mapping
        Names to print on the map.
    sentence : str
        Alternative text, in the page's language.
    language : str
        Language of the page.
    sheet : Sheet
        For a page or for a phone.
    rows : mapping, optional
        Rows of the table below the map, by code of the member.

    Returns
    -------
    Markup
    """
    main, own = sheet.main, sheet.inset
    shapes = _shapes(main, classes, subject, sheet.kind, rows or {})
    overseas = {code for code, _ in read_geometry(own.geometry)} - {code for code, _ in read_geometry(main.geometry)}
    inset = _shapes(own, classes, subject, sheet.kind, rows or {}) if overseas & {*classes, subject} else ""
    frame = f'x="{own.left}" y="{own.top}" width="{own.width}" height="{own.height:.0f}"'
    kind, size = sheet.kind, f'width="{main.width:.0f}" height="{sheet.height}"'
    patterns = "".join(
        f'<pattern id="hatch-{name}-{kind}" width="8" height="8" patternUnits="userSpaceOnUse">'
        f'<path d="{lines}" class="hatch"/></pattern>'
        for name, lines in HATCHED.items()
    )
    return Markup(
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{kind}" viewBox="0 0 {main.width:.0f} {sheet.height}" '
        f'role="img" lang="{language}" aria-label="{escape(sentence)}"><defs>{patterns}'
        f'<clipPath id="map-main-{kind}"><rect {size}/></clipPath>'
        f'<clipPath id="map-inset-{kind}"><rect {frame}/></clipPath></defs>'
        f'<rect class="water" {size}/><g clip-path="url(#map-main-{kind})">{shapes}</g>'
        + (
            f'<rect class="water" {frame}/><g clip-path="url(#map-inset-{kind})">{inset}</g>'
            f'<rect class="inset" {frame}/>'
            if inset
            else ""
        )
        + f"{_names(names, subject, sheet)}</svg>"
    )


def _shapes(
    window: Window, classes: Mapping[str, StanceClass], subject: str, kind: str, rows: Mapping[str, int]
) -> str:
    land: list[str] = []
    members: list[str] = []
    for code, polygons in read_geometry(window.geometry):
        path = path_of(polygons, window)
        if not path:
            continue
        if code == subject:
            members.append(f'<path class="subject" d="{path}"/>')
        elif code in classes:
            row = f' data-row="{rows[code]}"' if code in rows else ""
            members.append(f'<path class="member {classes[code]}"{row} d="{path}"/>')
            if classes[code] in HATCHED:
                members.append(f'<path{row} fill="url(#hatch-{classes[code]}-{kind})" d="{path}"/>')
        else:
            land.append(path)
    return f'<path class="land" d="{"".join(land)}"/>' + "".join(members)


def _names(names: Mapping[str, str], subject: str, sheet: Sheet) -> str:
    """Print names in the middle of their countries; beside a ring where the country is too small for a name.

    A name that would run over another one moves up or down by a line or two; one that would run over the edge moves
    inside. Where that does not help, or where the middle of the country lies off the map, it is left out, and stands
    in the sentence below the map only. The aspirant and large countries go first.
    """
    window = sheet.main
    shapes = {code: polygons for code, polygons in read_geometry(window.geometry) if code in names}
    order = sorted(shapes, key=lambda code: (code != subject, -extent_of(shapes[code], window), code))
    parts: list[str] = []
    taken: list[tuple[float, float, float]] = []  # left, right and middle line of each name
    for code in order:
        x, y = middle_of(shapes[code], window)
        if not (0 < x < window.width and 0 < y < window.height):
            continue  # the map cuts the country off
        width = width_of(names[code], sheet.size)
        small = extent_of(shapes[code], window) < SMALL
        wished = x - 16 - width if small else x - width / 2
        left = max(EDGE, min(wished, window.width - width - EDGE))
        shifts = [n * sheet.line for n in (0, -1, 1, -2, 2)]
        inside = [y + shift for shift in shifts if sheet.line < y + shift < window.height - sheet.line / 2]
        lines = [line for line in inside if _is_free(left, left + width, line, taken, sheet.line)]
        if small:
            parts.append(f'<circle class="ring" cx="{x:.0f}" cy="{y:.0f}" r="{sheet.size - 2:.0f}"/>')
        if lines:
            taken.append((left, left + width, lines[0]))
            place = f'x="{left + width / 2:.0f}" y="{lines[0] + sheet.size * 0.35:.0f}" font-size="{sheet.size:g}"'
            parts.append(f'<text {place} text-anchor="middle">{escape(names[code])}</text>')
    return "".join(parts)


def _is_free(
    left: float, right: float, line: float, taken: Sequence[tuple[float, float, float]], height: float
) -> bool:
    return all(right < other[0] or left > other[1] or abs(line - other[2]) >= height for other in taken)


def legend_swatch(name: StanceClass) -> Markup:
    """Draw the small square of a class, hatched as on the map; a hatch of its own, since one map of two is hidden."""
    hatch = f'<rect fill="url(#hatch-{name}-legend)" width="24" height="16"/>' if name in HATCHED else ""
    defs = (
        f'<defs><pattern id="hatch-{name}-legend" width="8" height="8" patternUnits="userSpaceOnUse">'
        f'<path d="{HATCHED[name]}" class="hatch"/></pattern></defs>'
        if name in HATCHED
        else ""
    )
    return Markup(
        f'<svg viewBox="0 0 24 16" aria-hidden="true">{defs}<rect class="{name}" width="24" height="16"/>{hatch}</svg>'
    )
