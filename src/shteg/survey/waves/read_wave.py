"""Read a wave's data file: every answer as the code that stands in the file, codes declared missing blank."""

from __future__ import annotations

import polars as pl

from shteg.errors import DesignError
from shteg.evidence.case import Wave
from shteg.survey.designs.design import Design
from shteg.survey.readers import read_responses
from shteg.survey.readers.missing_codes import blank_codes, declared_missing, refuse_conflicts, substantive_answers

UNIQUE_CODES = "give every PSU a code of its own in the data file, for example stratum and PSU joined"


def read_wave(wave: Wave) -> Design:
    """Read the data of a wave and check them against its `design.toml`.

    Parameters
    ----------
    wave : Wave
        From the case; `data_path` is any file that `read_responses` reads.

    Raises
    ------
    DesignError
        The file cannot be read, a column occurs twice, the file declares a code missing that `questionnaire.toml` lists
        as an answer, or the design does not fit (see `Design.from_frame`).
    """
    return wave_design(wave, blank_codes(read_wave_answers(wave), declared_missing(wave.questionnaire.items)))


def read_wave_answers(wave: Wave) -> pl.DataFrame:
    """Read the answers of a wave, codes that its data file declares missing blank.

    Raises
    ------
    DesignError
        The file cannot be read, or it declares a code missing that `questionnaire.toml` lists as an answer.
    """
    responses = read_responses(wave.data, encoding=wave.design.encoding)
    refuse_conflicts(responses, wave.questionnaire)
    return substantive_answers(responses)


def wave_design(wave: Wave, answers: pl.DataFrame) -> Design:
    """Check the answers of a wave against its `design.toml`; an error names the data file."""
    plan = wave.design
    try:
        return Design.from_frame(
            answers, stratum=plan.stratum, psu=plan.psu, weight=plan.weight, lonely_psu=plan.lonely_psu
        )
    except DesignError as error:
        where = ", ".join(part for part in (plan.data, error.where) if part)
        hint = UNIQUE_CODES if "nest=True" in error.hint else error.hint  # design.toml has no such key
        raise DesignError(error.problem, hint, where) from error
