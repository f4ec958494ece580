"""Read a wave's data file: every answer as the code that stands in the file, nothing recoded, nothing dropped."""

from __future__ import annotations

from shteg.errors import DesignError
from shteg.evidence.case import Wave
from shteg.survey.designs.design import Design
from shteg.survey.readers import read_responses


def read_wave(wave: Wave) -> Design:
    """Read the data of a wave and check them against its `design.toml`.

    Parameters
    ----------
    wave : Wave
        From the case; `data_path` is any file that `read_responses` reads.

    Raises
    ------
    DesignError
        The file cannot be read, a column occurs twice, or the design does not fit (see `Design.from_frame`).
    """
    plan = wave.design
    data = read_responses(wave.data_path, encoding=plan.encoding).frame
    try:
        design = Design.from_frame(
            data, stratum=plan.stratum, psu=plan.psu, weight=plan.weight, lonely_psu=plan.lonely_psu
        )
    except DesignError as error:
        where = ", ".join(part for part in (plan.data, error.where) if part)
        raise DesignError(error.problem, error.hint, where) from error
    return design
