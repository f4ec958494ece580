"""The data that `shteg weight` weighs: a data file with its design by options, or a wave of a case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click
import numpy as np
import polars as pl

from shteg.cli.wave.load import find_wave, read_wave_of
from shteg.cli.wave.names import require_names
from shteg.errors import DesignError, UsageError
from shteg.evidence.case import Wave
from shteg.report.language.messages import languages as known_languages
from shteg.survey import Design
from shteg.survey.readers import Responses, read_responses
from shteg.survey.readers.missing_codes import blank_codes, declared_missing, refuse_conflicts, substantive_answers
from shteg.survey.weights.target_match import Weighed
from shteg.survey.weights.weigh import WeightResult

Words = tuple[Mapping[str, str], Mapping[str, Mapping[str, str]]]
"""Names of columns, and of the codes of each column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """Data, what is known of their design, and what they are called."""

    responses: Responses
    weighed: Weighed
    columns: Mapping[str, str | None]
    nest: bool
    title: str
    read: tuple[Path, ...]
    """The data file, or the folder of the case: nothing is written there."""
    words: Mapping[str, Words]
    """By language, of the case or of the program: what columns and codes are called in reports."""

    def design(self, data: pl.DataFrame) -> Design:
        """Give the design of the data, with columns that were added for the targets."""
        try:
            return Design.from_frame(
                data,
                weight=self.columns["weight"],
                stratum=self.columns["stratum"],
                psu=self.columns["psu"],
                nest=self.nest,
                lonely_psu="adjust",
            )
        except DesignError as error:
            error.where = ", ".join(part for part in (self.responses.name, error.where) if part)
            raise

    def in_file_order(self, result: WeightResult) -> pl.Series:
        """Give the new weights in the order of the file; a design has an order of its own."""
        found = np.zeros(self.responses.frame.height)
        found[result.design.row - 1] = result.design.weight
        return pl.Series(found)


def open_data(name: str, asked: Mapping[str, Any]) -> Opened:
    """Read the data that are to be weighed.

    Parameters
    ----------
    name : str
        A data file, the folder of a wave, or CASE/WAVE.
    asked : mapping
        Options: `base`, `stratum`, `psu`, `nest`, `encoding`.

    Returns
    -------
    Opened

    Raises
    ------
    UsageError
        There is no such wave or column, or an option says what design.toml says.
    DesignError
        The file cannot be read, or a weight is no number.
    """
    found = find_wave(name)
    if isinstance(found, Path | str):
        responses = read_responses(found, encoding=asked["encoding"])
        for note in responses.notes:
            click.echo(f"Note: {note}", err=True)
        answers = substantive_answers(responses)
        columns = {"weight": asked["base"], "stratum": asked["stratum"], "psu": asked["psu"]}
        title, words = responses.name, dict.fromkeys(known_languages(), (responses.labels, responses.value_labels))
        read = found.resolve() if isinstance(found, Path) else Path(responses.name).resolve()
    else:
        for option in ("stratum", "psu", "nest", "encoding"):
            if asked[option]:
                raise UsageError("design.toml says this", "leave the option out", f"--{option}")
        case, wave = read_wave_of(*found)
        languages = tuple(case.header.languages)
        responses = read_responses(wave.data, encoding=wave.design.encoding, form=wave.questionnaire)
        refuse_conflicts(responses, wave.questionnaire)
        answers = blank_codes(substantive_answers(responses), declared_missing(wave.questionnaire.items))
        plan = wave.design
        columns = {"weight": asked["base"] or plan.weight, "stratum": plan.stratum, "psu": plan.psu}
        title, read = name, found[0].resolve()
        spoken = {language: _labelled(responses, wave, language) for language in languages}
        words = {language: (one.labels, one.value_labels) for language, one in spoken.items()}
        responses = spoken[asked["language"] if asked["language"] in spoken else languages[0]]
    owner = f"the file {responses.name}"
    for option, column in (
        ("--weight", columns["weight"]),
        ("--stratum", columns["stratum"]),
        ("--psu", columns["psu"]),
    ):
        require_names([column] if column else [], answers.columns, owner, option)
    for option in ("responded", "classes"):
        asked_for = [one.strip() for one in (asked[option] or "").split(",") if one.strip()]
        require_names(asked_for, answers.columns, owner, f"--{option}")
    design = Opened(
        responses=responses,
        weighed=_weigh(answers, np.ones(0), responses.value_labels, title),
        columns=columns,
        nest=asked["nest"],
        title=title,
        read=(read,),
        words=words,
    )
    weight = np.zeros(answers.height)
    arranged = design.design(answers)
    weight[arranged.row - 1] = arranged.weight
    total = float(weight.sum())
    if asked["responded"]:  # who did not answer needs no category, and leaves the weight to the others
        weight = np.where((answers[asked["responded"]] == "1").fill_null(value=False).to_numpy(), weight, 0.0)
    return replace(
        design, weighed=replace(_weigh(answers, weight, responses.value_labels, responses.name), total=total)
    )


def _labelled(responses: Responses, wave: Wave, language: str) -> Responses:
    """Give the answers of a wave with the words of its questionnaire and design, for formats that hold labels."""
    labels, value_labels = dict(responses.labels), dict(responses.value_labels)
    for column, title in wave.design.domains.items():
        labels[column] = title[language]
    for column, named in wave.design.codes.items():
        value_labels[column] = {code: text[language] for code, text in named.items()}
    for column, item in wave.questionnaire.items.items():
        labels[column] = item.wording[language]
        value_labels[column] = {code: text[language] for code, text in item.options.items()}
    missing = {**responses.missing, **declared_missing(wave.questionnaire.items)}
    return replace(responses, labels=labels, value_labels=value_labels, missing=missing)


def _weigh(
    answers: pl.DataFrame, weight: np.ndarray[Any, Any], labels: Mapping[str, Mapping[str, str]], name: str
) -> Weighed:
    return Weighed(answers=answers, weight=weight, value_labels=labels, name=name)
