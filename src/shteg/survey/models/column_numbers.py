"""Columns of numbers, with rows that must have one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from shteg.errors import DesignError
from shteg.survey.inference.linear import AnyDesign
from shteg.survey.one_pass.answers import read_numbers
from shteg.survey.one_pass.kernel import Floats


def read_known_numbers(design: AnyDesign, column: str, needed: NDArray[np.bool_]) -> Floats:
    """Read numbers (n,) of which none may be missing where `needed` (n,); elsewhere a blank is 0.

    Raises
    ------
    DesignError
        A number that is needed is missing.
    """
    numbers = read_numbers(design, column)
    lost = np.flatnonzero(np.isnan(numbers) & needed)
    if len(lost):
        at = int(lost[np.argmin(design.row[lost])])
        raise DesignError(
            f"the number is missing ({len(lost)} such row(s))",
            "impute it, or leave these rows out of the design",
            f"column {column!r}, row {int(design.row[at])}",
        )
    return np.nan_to_num(numbers)
