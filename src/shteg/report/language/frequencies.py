"""Probabilities as frequencies, which readers grasp sooner than percentages: “about 1 in 20”."""

from __future__ import annotations

from decimal import Decimal

from shteg.report.language.locale import exact, format_number, rounded
from shteg.report.language.messages import message

RARE = (100, 80, 60, 50, 40, 30, 25, 20, 15, 12)
"""Below one in ten: one in so many, whichever is nearest."""
HALF = Decimal("0.5")


def frequency_of(share: float | Decimal) -> tuple[str, int, int]:
    """Find the frequency nearest to a share.

    Parameters
    ----------
    share : float or Decimal
        In [0, 1].

    Returns
    -------
    bound, times, of : str, int, int
        "about", "fewer" or "more"; `times` in `of`. Below a hundredth: fewer than 1 in 100. Below a tenth: 1 in one of
        `RARE`. Up to nine tenths: so many in 10, a half as 1 in 2. Above, the mirror image: 19 in 20, more than 99 in
        100.
    """
    p = exact(share) if isinstance(share, float) else share
    if p > HALF:
        bound, times, of = frequency_of(1 - p)
        return {"fewer": "more", "about": "about"}[bound], of - times, of
    if p < Decimal("0.01"):
        return "fewer", 1, 100
    tenths = int(rounded(p * 10, 0))
    if p < Decimal("0.095"):
        return "about", 1, min(RARE, key=lambda of: (abs(p - Decimal(1) / of), of))
    return ("about", 1, 2) if tenths == 5 else ("about", tenths, 10)


def format_frequency(share: float, language: str) -> str:
    """Write a share as a frequency.

    Parameters
    ----------
    share : float
        In [0, 1].
    language : str
        Such as "en" or "sq".

    Returns
    -------
    str
        Such as “about 1 in 20” or “fewer than 1 in 100”.
    """
    bound, times, of = frequency_of(share)
    counts = {"times": format_number(times, language, 0), "of": format_number(of, language, 0)}
    return message(language, f"frequency.{bound}", counts)
