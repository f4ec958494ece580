"""Read a wave's data file: every answer as the code that stands in the file, codes declared missing blank."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import replace

import numpy as np
import polars as pl

from shteg.errors import DataError, DesignError, UsageError
from shteg.evidence.case import Wave
from shteg.evidence.records.surveys import WaveDesign, WaveReplicates, WaveWeights
from shteg.survey.designs.conversion import read_replicates
from shteg.survey.designs.design import Design
from shteg.survey.designs.replicate_columns import replicate_columns
from shteg.survey.designs.replicate_design import ReplicateDesign
from shteg.survey.inference.linear import AnyDesign
from shteg.survey.readers import Responses, read_responses
from shteg.survey.readers.missing_codes import blank_codes, declared_missing, refuse_conflicts, substantive_answers
from shteg.survey.readers.sets import set_columns
from shteg.survey.weights.calibration import NO_BOUNDS
from shteg.survey.weights.target_match import Weighed, match_targets
from shteg.survey.weights.target_sheet import sheet_of
from shteg.survey.weights.weigh import WeightPlan, make_weights

UNIQUE_CODES = "give every PSU a code of its own in the data file, for example stratum and PSU joined"


def read_wave(wave: Wave) -> AnyDesign:
    """Read the data of a wave and check them against its `design.toml`.

    Parameters
    ----------
    wave : Wave
        From the case; `data_path` is any file that `read_responses` reads, as the field delivers it: columns that are
        called by groups or labels, and answers written as labels, are those of its questionnaire.

    Raises
    ------
    DesignError
        The file cannot be read, a column occurs twice, the file declares a code missing that `questionnaire.toml` lists
        as an answer, or the design does not fit (see `Design.from_frame`).
    """
    return wave_design(wave, blank_codes(read_wave_answers(wave), declared_missing(wave.questionnaire.items)))


def read_wave_answers(wave: Wave, tell: Callable[[str], None] | None = None) -> pl.DataFrame:
    """Read the answers of a wave, codes that its data file declares missing blank, the columns of its sets added.

    Parameters
    ----------
    wave : Wave
    tell : callable, optional
        Is given each note of the reader: columns matched by groups or labels, answers that are no option.

    Returns
    -------
    polars.DataFrame

    Raises
    ------
    DesignError
        The file cannot be read, or it declares a code missing that `questionnaire.toml` lists as an answer.
    """
    responses = read_responses(wave.data, encoding=wave.design.encoding, form=wave.questionnaire)
    _refuse_twice(responses, wave.design)
    if tell is not None:
        for note in responses.notes:
            tell(note)
    refuse_conflicts(responses, wave.questionnaire)
    answers = substantive_answers(responses)
    return answers.with_columns(set_columns(responses, answers, bare=True))


def _refuse_twice(responses: Responses, plan: WaveDesign) -> None:
    """Refuse columns of the design that the file has twice: which of them is meant nobody knows."""
    for name in (plan.stratum, plan.psu, plan.weight, *plan.domains):
        again = f"{name} (column "
        if name is not None and any(column.startswith(again) for column in responses.frame.columns):
            where = f"{responses.name}, header"
            raise DesignError(f"the column {name!r} occurs twice", "give each its own name", where)


def wave_design(wave: Wave, answers: pl.DataFrame) -> AnyDesign:
    """Check the answers of a wave against its `design.toml`, and make its weights meet the targets there.

    Parameters
    ----------
    wave : Wave
    answers : polars.DataFrame
        As `read_wave_answers` gives them.

    Returns
    -------
    Design or ReplicateDesign
        Where `[weights]` gives targets, its variance is that of calibrated weights.

    Raises
    ------
    DesignError
        The design does not fit, or the targets cannot be met; it names the data file.
    """
    plan = wave.design
    try:
        design = _sampled(plan, answers)
        return design if plan.weights is None else _weighted(plan.weights, wave, design, answers)
    except DataError:  # says the place of each target itself
        raise
    except (DesignError, UsageError) as error:
        where = ", ".join(part for part in (plan.data, error.where) if part)
        hint = UNIQUE_CODES if "nest=True" in error.hint else error.hint  # design.toml has no such key
        raise DesignError(error.problem, hint, where) from error


def _sampled(plan: WaveDesign, answers: pl.DataFrame) -> AnyDesign:
    if plan.replicates is not None:
        return replicated(plan.replicates, answers, plan.weight, plan.stratum or plan.psu)
    return Design.from_frame(
        answers, stratum=plan.stratum, psu=plan.psu, weight=plan.weight, lonely_psu=plan.lonely_psu
    )


def replicated(
    told: WaveReplicates, answers: pl.DataFrame, weight: str | None, other: str | None = None
) -> ReplicateDesign:
    """Take the replicate weights of a file.

    Parameters
    ----------
    told : WaveReplicates
        Their prefix and type.
    answers : polars.DataFrame
    weight : str or None
        Column of the weight of the estimates.
    other : str, optional
        A stratum or PSU that is named as well: the variance is one or the other.

    Returns
    -------
    ReplicateDesign

    Raises
    ------
    DesignError
        There is no such column, one is left out or no number, or a stratum is named as well.
    """
    if weight is None:
        raise DesignError("replicate weights go with a weight", "name the column of the weight of the estimates", "")
    if other is not None:
        raise DesignError(
            f"replicate weights and {other!r} are both named", "leave stratum and psu out: the replicates know them", ""
        )
    return read_replicates(
        answers,
        weight=weight,
        rep_weights=replicate_columns(answers.columns, told.prefix),
        type=told.type,
        scale=told.scale,
        rscales=told.rscales,
        fay_rho=told.fay_rho,
        mse=told.mse,
        combined_weights=told.combined,
    )


def _weighted(told: WaveWeights, wave: Wave, design: AnyDesign, answers: pl.DataFrame) -> AnyDesign:
    """Give the design with weights that meet the targets of the wave."""
    if wave.targets is None:
        raise AssertionError(f"the weights of {wave.id} were read without their targets")
    weight = np.zeros(answers.height)
    weight[design.row - 1] = design.weight
    sheet = sheet_of(wave.targets.numbers, wave.targets.file, wave.targets.places)
    wanted: dict[str, set[str]] = {}
    for margin in sheet.margins:
        for place, name in enumerate(margin.variables):
            wanted.setdefault(name, set()).update(one.category[place] for one in margin.targets)
    labels = {name: _called(wave, name, texts) for name, texts in wanted.items()}
    weighed = Weighed(answers=answers, weight=weight, value_labels=labels, name=wave.design.data)
    aims = match_targets(sheet, weighed, size=told.size, missing=told.missing)
    lower, upper = told.trim or (None, None)
    plan = WeightPlan(
        method=told.method,
        distance=told.distance,
        bounds=told.bounds or NO_BOUNDS,
        lower=lower,
        upper=upper,
    )
    arranged = replace(design, data=aims.data[design.row - 1])
    return make_weights(arranged, plan, aims.margins, aims.totals, aims.size).design


def _called(wave: Wave, column: str, wanted: AbstractSet[str]) -> dict[str, str]:
    """Give what the codes of a column are called, in the language that knows most of the categories wanted."""
    item = wave.questionnaire.items.get(column)
    codes = wave.design.codes.get(column, {}) if item is None else item.options
    languages = dict.fromkeys(language for text in codes.values() for language in text.root)
    named = [{code: text.root[one] for code, text in codes.items() if one in text.root} for one in languages]
    return max(named, key=lambda one: len(set(one.values()) & wanted), default={})
