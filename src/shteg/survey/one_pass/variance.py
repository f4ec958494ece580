"""Variance between PSUs by Taylor linearisation, with R's ways to treat a stratum that has one PSU."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from shteg.arrays import Floats, Ints
from shteg.survey.designs.design import LonelyPsu
from shteg.survey.one_pass.sufficient import ScoreMoments


class Strata(Protocol):
    """What the algebra between PSUs asks of a design, in memory or read chunk by chunk."""

    @property
    def strata(self) -> tuple[str, ...]:
        """Names of the strata."""
        ...

    @property
    def lonely_psu(self) -> LonelyPsu:
        """What to do about a stratum with one PSU."""
        ...

    @property
    def psus_per_stratum(self) -> Ints:
        """Number of PSUs of each stratum."""
        ...

    def lonely_strata(self) -> tuple[int, ...]:
        """Give the strata with one PSU; under "fail" they are an error."""
        ...


def combine_strata(design: Strata, moments: ScoreMoments) -> Floats:
    """Variance V = Σ_h n_h/(n_h − 1) Σ_i (u_hi − ū_h)², (domain, category); NaN where no stratum can tell.

    PSUs with no member of the domain count in n_h with u = 0: joining them to the moments of the others is exact.

    Raises
    ------
    DesignError
        A stratum has one PSU and the design says "fail".

    References
    ----------
    Woodruff (1971), JASA 66(334); Binder (1983), Int. Stat. Rev. 51(3); R `survey::svyrecvar`.
    """
    lonely = list(design.lonely_strata())
    size = design.psus_per_stratum[:, None, None].astype(float)
    present = moments.psus[:, :, None].astype(float)
    spread = moments.spread + moments.mean**2 * present * (size - present) / size
    factor = np.where(size > 1, size / np.maximum(size - 1, 1), 0.0)
    variance: Floats = (factor * spread).sum(axis=0)
    if lonely and design.lonely_psu == "adjust":
        variance = variance + ((moments.mean * present) ** 2)[lonely].sum(axis=0)  # scores of a ratio sum to 0
    if lonely and design.lonely_psu == "average":
        variance = variance * _average_factor(moments, lonely)[:, None]
    return variance


def _average_factor(moments: ScoreMoments, lonely: list[int]) -> Floats:
    """H/(H − lonely) over the strata with an answering member of the domain, as in R; NaN where all are lonely."""
    here = moments.psus > 0
    strata, alone = here.sum(axis=0).astype(float), here[lonely].sum(axis=0)
    told = strata - alone
    return np.asarray(np.where(told > 0, strata / np.maximum(told, 1.0), np.nan), dtype=np.float64)


def psus_that_tell(design: Strata, moments: ScoreMoments) -> Floats:
    """PSUs with an answering member of the domain in strata whose variance is estimated, (domain,)."""
    tells = np.ones(len(design.strata), bool)
    if design.lonely_psu not in ("adjust",):
        tells[list(design.lonely_strata())] = False
    return np.asarray(moments.psus[tells].sum(axis=0), dtype=np.float64)
