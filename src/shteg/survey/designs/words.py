"""A sample in words, for the title of what is estimated from it."""

from __future__ import annotations

import numpy as np

from shteg.hints import counted
from shteg.survey.designs.design import Design
from shteg.survey.designs.replicate_design import ReplicateDesign


def in_words(design: Design | ReplicateDesign) -> str:
    """Say what a sample is: respondents, primary sampling units, strata, weights.

    Examples
    --------
    >>> import polars as pl
    >>> in_words(Design.from_frame(pl.DataFrame({"h": [1, 1, 2, 2]}), stratum="h"))
    '4 respondents in 2 strata'
    """
    alive = design.weight > 0
    count = int(np.count_nonzero(alive))
    people = counted(count, "respondent")
    if isinstance(design, ReplicateDesign):
        return f"{people}, {counted(design.rep_weights.shape[1], 'replicate')} ({design.type})"
    used = np.logical_or.reduceat(alive, design.psu_start[:-1])
    psus, strata = int(used.sum()), int(np.count_nonzero(np.bincount(design.psu_stratum[used])))
    weights = design.weight if count == len(alive) else design.weight[alive]
    parts = people if psus == count else f"{people} in {counted(psus, 'PSU')}"
    parts += f" {'in' if parts == people else 'of'} {counted(strata, 'stratum', 'strata')}" if strata > 1 else ""
    more = [
        text
        for text, told in (
            (f"{len(design.stages) + 1} stages", bool(design.stages)),
            ("weighted", count > 0 and float(np.ptp(weights)) > 0),
            ("finite population", bool(design.fpc) and design.pps is None),
            (f"unequal probabilities ({design.pps})", design.pps is not None),
            ("calibrated", design.calibration is not None),
        )
        if told
    ]
    return ", ".join([parts, *more])
