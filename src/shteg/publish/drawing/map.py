"""The map of members: Europe with North America as an inset, coloured and hatched by class of stance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from markupsafe import Markup, escape

from shteg.publish.drawing.projection import Window, country_codes, extent_of, middle_of, path_of, read_geometry
from shteg.report.language.locale import exact

StanceClass = Literal["support", "open", "unclear", "against"]
CLASSES: tuple[StanceClass, ...] = ("support", "open", "unclear", "against")
"""From most to least favourable."""
HATCHED: Mapping[StanceClass, str] = {"unclear": "M-2 2L2-2M0 8L8 0M6 10L10 6", "against": "M0 4H8"}
"""Lines drawn over a class, so that it is told apart without colour too."""

MAIN = Window(geometry="europe", centre=(14.0, 52.0), x=(-0.55, 0.43), y=(-0.317, 0.325), width=760)
INSET = Window(
    geometry="north_america", centre=(-97.0, 50.0), x=(-0.62, 0.62), y=(-0.5, 0.72), width=170, left=0.5, top=330
)
PAPER_STYLE = (
    ".water{fill:#fff}.land{fill:#e9ecee;stroke:#fff;stroke-width:.6}.member{stroke:#fff;stroke-width:.8}"
    ".support{fill:#00566b}.open{fill:#7fb0bd}.unclear{fill:#c3c8cc}.against{fill:#b4541a}.subject{fill:#15191d}"
    ".hatch{stroke:#fff;stroke-width:1.5}.inset{fill:none;stroke:#c6ccd1}.ring{fill:none;stroke:#15191d;stroke-width:1.2}"
    "text{font-family:Libertinus Serif;font-size:13px;fill:#15191d;stroke:#fff;stroke-width:2.5;paint-order:stroke}"
)
"""The colours of `site.css`, for paper."""
SMALL = 18.0
"""A country narrower than this, in pixels, has its name beside it."""
LETTER, LINE = 6.6, 14.0
"""About how wide a letter of a name is, and how high a line, in pixels."""
HEIGHT = round(MAIN.height)


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
    classes: Mapping[str, StanceClass], *, subject: str, names: Mapping[str, str], sentence: str, language: str
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

    Returns
    -------
    Markup
    """
    shapes = _shapes(MAIN, classes, subject)
    overseas = {code for code, _ in read_geometry(INSET.geometry)} - {code for code, _ in read_geometry(MAIN.geometry)}
    inset = _shapes(INSET, classes, subject) if overseas & {*classes, subject} else ""
    frame = f'x="{INSET.left}" y="{INSET.top}" width="{INSET.width}" height="{INSET.height:.0f}"'
    patterns = "".join(
        f'<pattern id="hatch-{name}" width="8" height="8" patternUnits="userSpaceOnUse">'
        f'<path d="{lines}" class="hatch"/></pattern>'
        for name, lines in HATCHED.items()
    )
    return Markup(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {MAIN.width:.0f} {HEIGHT}" role="img" '
        f'lang="{language}" aria-label="{escape(sentence)}"><defs>{patterns}'
        f'<clipPath id="map-main"><rect width="{MAIN.width:.0f}" height="{HEIGHT}"/></clipPath>'
        f'<clipPath id="map-inset"><rect {frame}/></clipPath></defs>'
        f'<rect class="water" width="{MAIN.width:.0f}" height="{HEIGHT}"/><g clip-path="url(#map-main)">{shapes}</g>'
        + (
            f'<rect class="water" {frame}/><g clip-path="url(#map-inset)">{inset}</g><rect class="inset" {frame}/>'
            if inset
            else ""
        )
        + f"{_names(names, subject)}</svg>"
    )


def _shapes(window: Window, classes: Mapping[str, StanceClass], subject: str) -> str:
    land: list[str] = []
    members: list[str] = []
    for code, polygons in read_geometry(window.geometry):
        path = path_of(polygons, window)
        if not path:
            continue
        if code == subject:
            members.append(f'<path class="subject" d="{path}"/>')
        elif code in classes:
            members.append(f'<path class="member {classes[code]}" d="{path}"/>')
            if classes[code] in HATCHED:
                members.append(f'<path fill="url(#hatch-{classes[code]})" d="{path}"/>')
        else:
            land.append(path)
    return f'<path class="land" d="{"".join(land)}"/>' + "".join(members)


def _names(names: Mapping[str, str], subject: str) -> str:
    """Print names in the middle of their countries; beside a ring where the country is too small for a name.

    A name that would run over another one, or over the edge of the map, moves up or down by a line. Where that does not
    help, or where the middle of the country lies off the map, it is left out, and stands in the sentence below the map
    only. The aspirant and large countries go first.
    """
    shapes = {code: polygons for code, polygons in read_geometry(MAIN.geometry) if code in names}
    order = sorted(shapes, key=lambda code: (code != subject, -extent_of(shapes[code], MAIN), code))
    parts: list[str] = []
    taken: list[tuple[float, float, float]] = []  # left, right and middle line of each name
    for code in order:
        x, y = middle_of(shapes[code], MAIN)
        if not (0 < x < MAIN.width and 0 < y < MAIN.height):
            continue  # the map cuts the country off
        width = LETTER * len(names[code])
        small = extent_of(shapes[code], MAIN) < SMALL
        left = x - 16 - width if small else min(x - width / 2, MAIN.width - width - 2)
        lines = [y + shift for shift in (0, -LINE, LINE) if _is_free(left, left + width, y + shift, taken)]
        if small:
            parts.append(f'<circle class="ring" cx="{x:.0f}" cy="{y:.0f}" r="12"/>')
        if lines:
            taken.append((left, left + width, lines[0]))
            place = f'x="{left + width / 2:.0f}" y="{lines[0] + 4:.0f}"'
            parts.append(f'<text {place} text-anchor="middle">{escape(names[code])}</text>')
    return "".join(parts)


def _is_free(left: float, right: float, line: float, taken: Sequence[tuple[float, float, float]]) -> bool:
    return all(right < other[0] or left > other[1] or abs(line - other[2]) >= LINE for other in taken)


def legend_swatch(name: StanceClass) -> Markup:
    """Draw the small square of a class; its hatch is the one of the map on the same page."""
    hatch = f'<rect fill="url(#hatch-{name})" width="24" height="16"/>' if name in HATCHED else ""
    return Markup(
        f'<svg viewBox="0 0 24 16" aria-hidden="true"><rect class="{name}" width="24" height="16"/>{hatch}</svg>'
    )
