"""Published figures with what sampling error they must have: base, assumed design effect, interval."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

import numpy as np

from shteg.evidence.case import Case
from shteg.evidence.records.surveys import PublishedDesign, PublishedFigure
from shteg.survey.inference.intervals import wilson_interval

ALL = "all"
"""Subgroup variable and subgroup of a figure about the whole sample."""


def slug(text: str) -> str:
    """Give a name in the form that ids have: lower case, ASCII, dashes.

    >>> slug("Trust (trust + fully trust)")
    'trust-trust-fully-trust'
    """
    plain = (
        unicodedata.normalize("NFKD", re.sub("['’]", "", text.replace("_", "-")))
        .encode("ascii", "ignore")
        .decode()
        .lower()
    )
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "x"


def value_id(text: str) -> str:
    """Give an id that a value may have: each dotted part of `text`, with what ids may not hold replaced by dashes."""
    parts = (re.sub(r"[^A-Za-z0-9_-]+", "-", part).strip("-_") or "x" for part in text.split("."))
    first, *rest = parts
    return ".".join((first.lower(), *rest))


def lexicon_args(case: Case, **names: str) -> dict[str, str]:
    """Make lexicon ids of the names that the case translates ("answer:yes"); the others stay as they are printed."""
    args = {}
    for placeholder, name in names.items():
        kind = placeholder.removeprefix("other_")
        known = {"question": case.questions, "scheme": case.schemes}.get(kind) or case.labels.get(kind, {})
        args[placeholder] = f"{kind}:{name}" if name in known else name
    return args


def unique(name: str, taken: set[str]) -> str:
    """Give `name`, or `name-2`, `name-3` … if it is taken, and take it."""
    tries = [name]
    while tries[-1] in taken:
        tries.append(f"{name}-{len(tries) + 1}")
    taken.add(tries[-1])
    return tries[-1]


def population_stem(population: str | None) -> str:
    """Whom a figure is about, without the age limit that follows the first comma: "Ruritania, 18+" → "Ruritania"."""
    return (population or "").partition(",")[0].strip()


def main_population(figures: Iterable[PublishedFigure]) -> str:
    """The population that most figures are about; figures that name none are about it too."""
    counts = Counter(stem for figure in figures if (stem := population_stem(figure.population)))
    return min(counts, key=lambda stem: (-counts[stem], stem)) if counts else ""


def year_of(figure: PublishedFigure) -> int:
    """Year of the fieldwork: that of its middle day."""
    return figure.happened_on.middle.year


def is_whole_sample(figure: PublishedFigure) -> bool:
    """True for a figure about everyone asked."""
    return figure.subgroup_variable == ALL


def is_elsewhere(figure: PublishedFigure, other_populations: Collection[str]) -> bool:
    """True for a figure about another population, which was asked about itself: no part of the sample at hand."""
    return figure.subgroup_variable in other_populations


ASSUMED_DESIGN_EFFECT = 1.5
"""Assumed: no house printed one; 1.5 is usual for clustered face-to-face samples of about 1,000 with ten interviews a
starting point and an intra-cluster correlation near .05."""

ASSUMED_SAMPLE_SIZE = 1000
"""Assumed for a whole sample whose house never printed a size."""

BaseSource = Literal["printed", "design", "series", "assumed", "unknown"]
"""Where the base comes from: printed beside the figure; the design on record of the same wave; the median of the
house's printed whole samples; the constant above; not known (subgroups)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A printed share with its base and sampling interval; no interval where the base is not of this wave."""

    figure: PublishedFigure
    n: int | None
    base: BaseSource
    low: float | None
    high: float | None

    @property
    def share(self) -> float | None:
        """The printed percentage as a share of 0–1."""
        return None if self.figure.percent is None else self.figure.percent / 100


def read_figures(
    figures: Sequence[PublishedFigure],
    designs: Sequence[PublishedDesign],
    *,
    design_effect: float = ASSUMED_DESIGN_EFFECT,
    level: float = 0.95,
) -> tuple[Reading, ...]:
    """Give each figure its base and, where the base belongs to it, its sampling interval.

    The interval is Wilson's with n / `design_effect` answers; at 0 and 100 % the exact one-sided bound.

    Parameters
    ----------
    figures, designs : sequences of records
        Of the case.
    design_effect : float, >= 1
        Assumed, the same for every figure.
    level : float in (0, 1)
        Coverage.

    Returns
    -------
    tuple of Reading
        In the order of the figures.
    """
    typical = _typical_sizes(figures, designs)
    readings = []
    for figure in figures:
        n, base = _base(figure, designs, typical)
        low = high = None
        if n is not None and base in ("printed", "design") and figure.percent is not None:
            low, high = wilson_interval(figure.percent / 100, n / design_effect, level)
        readings.append(Reading(figure=figure, n=n, base=base, low=low, high=high))
    return tuple(readings)


def logit_of(reading: Reading, design_effect: float) -> tuple[float, float]:
    """Empirical logit of a printed share and its variance, rounding included.

    log((x + ½)/(m − x + ½)) with m = n / design effect and x = m p; variance 1/(x + ½) + 1/(m − x + ½), plus that of
    rounding to the printed decimals, (10^−decimals / 100)²/12 on the scale of shares.

    References
    ----------
    Cox and Snell (1989), Analysis of Binary Data, 2.1.
    """
    if reading.n is None or reading.share is None:
        raise ValueError(f"figure {reading.figure.id} has no base")
    m = reading.n / design_effect
    yes, no = m * reading.share + 0.5, m * (1 - reading.share) + 0.5
    slope = (m + 1) ** 2 / (yes * no)
    rounding = (10.0**-reading.figure.decimals / 100) ** 2 / 12
    return float(np.log(yes / no)), 1 / yes + 1 / no + rounding * slope**2


def _base(
    figure: PublishedFigure, designs: Sequence[PublishedDesign], typical: dict[str, int]
) -> tuple[int | None, BaseSource]:
    if figure.n is not None and figure.n > 0:
        return figure.n, "printed"
    if not is_whole_sample(figure):
        return None, "unknown"
    for design in designs:
        if design.series == figure.series and design.wave == figure.wave and design.sample_size:
            return design.sample_size, "design"
    if figure.series in typical:
        return typical[figure.series], "series"
    return ASSUMED_SAMPLE_SIZE, "assumed"


def _typical_sizes(figures: Sequence[PublishedFigure], designs: Sequence[PublishedDesign]) -> dict[str, int]:
    """Median size of a house's whole samples, each wave once: from the figures, else from the designs."""
    by_wave: dict[str, dict[tuple[str, int], int]] = {}
    for figure in figures:
        if figure.n and is_whole_sample(figure):
            by_wave.setdefault(figure.series, {})[(figure.wave or "", year_of(figure))] = figure.n
    for design in designs:
        if design.sample_size:
            waves = by_wave.setdefault(design.series, {})
            waves.setdefault((design.wave, design.happened_on.middle.year), design.sample_size)
    return {series: round(median(waves.values())) for series, waves in by_wave.items()}
