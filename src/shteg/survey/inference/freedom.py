"""Degrees of freedom by rule: those of the domain, of the whole design, or what R takes when nothing is said."""

from __future__ import annotations

import numpy as np

from shteg.arrays import Floats
from shteg.errors import UsageError
from shteg.survey.requests import Freedom


def freedom_by(
    rule: Freedom, domain: Floats, design: float | None, *, shares: bool, quantiles: bool
) -> tuple[Floats, Floats | None]:
    """Give the degrees of freedom (k,) of intervals, and of t intervals and tests where these differ.

    Parameters
    ----------
    rule : {"domain", "design", "r"}
    domain : (k,) float
        Those of each domain.
    design : float, optional
        Those of the whole sample.
    shares : bool
        R's `svyciprop` takes the domain's for its intervals, `confint(svymean(…))` and `svycontrast` the normal law.
    quantiles : bool
        Their intervals are made when they are estimated, by R with those of the domain.

    Returns
    -------
    df, wald_df : (k,) float, (k,) float or None

    Raises
    ------
    UsageError
        Those of the whole sample are not known, or the intervals are made already.
    """
    if rule == "domain" or (rule == "r" and quantiles):
        return domain, None
    if rule == "r":
        normal = np.full(len(domain), np.inf)
        return (domain, normal) if shares else (normal, None)
    if design is None:
        hint = 'give a number, or ask with df="design" where they are estimated'
        raise UsageError("the degrees of freedom of the whole design are not known here", hint, "df")
    if quantiles and not (domain == design).all():
        hint = 'write estimate_quantiles(…, df="design"): the interval is made with them'
        raise UsageError("the intervals of these quantiles have other degrees of freedom", hint, "df")
    return np.full(len(domain), design), None


def flags_by(flags: tuple[str, ...], errors: Floats, df: Floats) -> tuple[str, ...]:
    """Take the flag "no_df" from estimates that have degrees of freedom now.

    Parameters
    ----------
    flags : tuple of str, (k,)
    errors, df : (k,) float

    Returns
    -------
    tuple of str, (k,)
    """
    told = zip(flags, errors, df, strict=True)
    return tuple(flag if flag != "no_df" or one < 1 else "no_spread" if error == 0 else "" for flag, error, one in told)
