"""Everything in the data of a wave that would stop a build, all at once, with file, line and column."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl

from shteg.arrays import Bools, Ints
from shteg.errors import DataError, DesignError, Problem
from shteg.evidence.case import Wave
from shteg.evidence.files.explain_invalid import suggest
from shteg.evidence.files.toml_positions import Path as KeyPath
from shteg.evidence.files.toml_positions import find_keys
from shteg.evidence.records.surveys import WaveItem
from shteg.hints import counted
from shteg.survey.designs.design import Design
from shteg.survey.readers import Responses, read_responses
from shteg.survey.readers.missing_codes import (
    blank_codes,
    box_columns,
    declared_missing,
    missing_conflicts,
    substantive_answers,
)
from shteg.survey.readers.sets import set_columns
from shteg.survey.waves.read_wave import wave_design

MOST_LINES = 20
"""So many cells with the same defect are listed one by one; the rest is counted."""


_MERGE = "merge it with a neighbour in the data, or set `lonely_psu` to remove, adjust, average or certainty"

MOST_PEOPLE = 1e10
"""No respondent stands for more."""

_WORDLESS = re.compile(r"\d+(\.\d+)?|.*[^\W\d_].*")
"""Codes that a reader must be told the meaning of: bare numbers, and words of one language; `18-34` needs none."""

MOST_DOMAINS = 200
"""No breakdown has more groups: a column with more holds numbers or names."""


class _Places:
    """Makes problems of one wave; `columns` are those of its data file, `lines` the line of each respondent."""

    def __init__(self, wave: Wave, root: Path) -> None:
        self.folder, self.root = f"surveys/{wave.id}", root
        self.data = wave.data_path.name
        self.columns: tuple[str, ...] = ()
        self.lines: Ints | None = None
        self._keys: dict[str, dict[KeyPath, tuple[int, int]]] = {}

    @property
    def data_file(self) -> str:
        """The data file, relative to the case."""
        return f"{self.folder}/{self.data}"

    def at_design(self, path: KeyPath, problem: str, hint: str) -> Problem:
        """Make a problem at a key of design.toml."""
        return self._at_key("design.toml", path, problem, hint)

    def at_question(self, path: KeyPath, problem: str, hint: str) -> Problem:
        """Make a problem at a key of questionnaire.toml."""
        return self._at_key("questionnaire.toml", path, problem, hint)

    def at_cells(self, rows: Ints, column: str, problem: str, hint: str) -> Iterator[Problem]:
        """Make a problem for each of these cells (rows from 0), and count those beyond the first few."""
        for row in rows[:MOST_LINES]:
            yield self._at_cell(int(row), column, problem, hint)
        if len(rows) > MOST_LINES:
            more = f"{problem} (and so in {counted(len(rows) - MOST_LINES, 'more row')})"
            yield self._at_cell(int(rows[MOST_LINES]), column, more, hint)

    def refiled(self, problem: Problem) -> Problem:
        """Give a problem of the data file under its name in the case."""
        return Problem(self.data_file, problem.line, problem.column, problem.problem, problem.hint)

    def more(self, count: int) -> Iterator[Problem]:
        """Say that a file has further defects which its reader did not list."""
        if count:
            problem = f"{counted(count, 'further problem')} of the same kinds, not listed"
            yield Problem(self.data_file, 0, 0, problem, "mend those that are listed, or export the file again")

    def of_error(self, error: DesignError) -> Problem:
        """Turn an error into a problem of the data file, in the line and column that it names."""
        row, line = re.search(r"\brow (\d+)", error.where), re.search(r"\bline (\d+)", error.where)
        column = re.search(r"\bcolumn '([^']*)'", error.where)
        said = error.problem
        if row is not None:
            return self._at_cell(int(row[1]) - 1, column[1] if column else "", said, error.hint)
        rest = error.where.removeprefix(self.data).strip(", ")
        if rest and line is None:
            said = f"{rest}: {said}"
        number = self._number(column[1]) if column else 0
        return Problem(self.data_file, int(line[1]) if line else 0, number, said, error.hint)

    def _at_cell(self, row: int, column: str, problem: str, hint: str) -> Problem:
        if self.lines is None or not 0 <= row < len(self.lines):
            return Problem(self.data_file, 0, self._number(column), f"row {row + 1}: {problem}", hint)
        return Problem(self.data_file, int(self.lines[row]), self._number(column), problem, hint)

    def _number(self, column: str) -> int:
        return self.columns.index(column) + 1 if column in self.columns else 0

    def _at_key(self, name: str, path: KeyPath, problem: str, hint: str) -> Problem:
        file = f"{self.folder}/{name}"
        if file not in self._keys:
            text = (self.root / file).read_text(encoding="utf-8-sig")
            self._keys[file] = find_keys(text.replace("\r\n", "\n"))
        while path and path not in self._keys[file]:
            path = path[:-1]
        line, column = self._keys[file].get(path, (1, 1))
        return Problem(file, line, column, problem, hint)


def _design_problems(wave: Wave, data: pl.DataFrame, places: _Places) -> list[Problem]:
    """Find what keeps the answers, in the order of the file, from being a sample of this design."""
    plan = wave.design
    named = [column for column in (plan.stratum, plan.psu, plan.weight) if column is not None]
    if any(column not in data.columns for column in named):
        return []  # said already: nothing more can be known
    found = [*_weights(plan.weight, data, places), *_codes(plan.stratum, plan.psu, data, places)]
    if found:
        return found
    try:
        design = wave_design(replace(wave, design=plan.model_copy(update={"weights": None})), data)
    except DesignError as error:
        return [places.of_error(error)]
    if plan.weights is not None:
        try:
            wave_design(wave, blank_codes(data, declared_missing(wave.questionnaire.items)))
        except DataError as error:
            return list(error.problems)
        except DesignError as error:
            return [places.at_design(("weights",), error.problem, error.hint)]
    if plan.lonely_psu == "fail" and isinstance(design, Design):
        for place in np.flatnonzero(design.psus_per_stratum == 1):
            name = f"stratum `{design.strata[place]}`" if plan.stratum else "the sample"
            problem = f"{name} has one primary unit: its variance cannot be estimated"
            found.append(places.at_design(("lonely_psu",), problem, _MERGE))
    return found


def _weights(column: str | None, data: pl.DataFrame, places: _Places) -> Iterator[Problem]:
    if column is None:
        return
    raw = data[column]
    numbers = raw.cast(pl.Float64, strict=False).to_numpy().astype(np.float64)
    wrong = ~np.isfinite(numbers)
    hint = "give every respondent a weight of 0 or more, with a decimal point"
    for value, rows in _by_value(raw, wrong):
        yield from places.at_cells(rows, column, f"the weight {_shown(value)} is not a finite number", hint)
    for value, rows in _by_value(raw, np.nan_to_num(numbers) < 0):
        yield from places.at_cells(rows, column, f"the weight {_shown(value)} is negative", hint)
    for value, rows in _by_value(raw, np.where(wrong, 0.0, numbers) > MOST_PEOPLE):
        problem = f"the weight {_shown(value)} is more people than there are"
        yield from places.at_cells(rows, column, problem, "correct it: a respondent stands for so many people")
    if not wrong.any() and not numbers.any():
        problem = f"all weights in the column `{column}` are 0"
        yield places.at_design(("weight",), problem, "name the column that holds the weights")


def _codes(stratum: str | None, psu: str | None, data: pl.DataFrame, places: _Places) -> Iterator[Problem]:
    for column, what in ((stratum, "stratum"), (psu, "primary unit")):
        if column is not None:
            blank = data[column].cast(pl.String).str.strip_chars().fill_null("") == ""
            rows = np.flatnonzero(blank.to_numpy())
            yield from places.at_cells(rows, column, f"the respondent has no {what}", "fill it in")
    if stratum is None or psu is None:
        return
    pairs = data.select(pl.col(stratum).cast(pl.String).alias("s"), pl.col(psu).cast(pl.String).alias("p"))
    first = pairs.with_columns(pl.col("s").first().over("p").alias("first")).with_row_index("row")
    clash = first.filter(pl.col("s") != pl.col("first"))
    for (unit, here, there), group in clash.group_by("p", "s", "first", maintain_order=True):
        problem = f"the primary unit `{unit}` lies in the stratum `{there}` above, and here in `{here}`"
        hint = "correct the code, or give each primary unit a code of its own"
        yield from places.at_cells(group["row"].to_numpy().astype(np.int64), psu, problem, hint)


def _by_value(raw: pl.Series, wrong: Bools) -> Iterator[tuple[object, Ints]]:
    """Give the rows of each wrong value, in the order of the file."""
    rows: dict[object, list[int]] = {}
    for row in np.flatnonzero(wrong):
        rows.setdefault(raw[int(row)], []).append(int(row))
    yield from ((value, np.array(found, dtype=np.int64)) for value, found in rows.items())


def _shown(value: object) -> str:
    return "(empty)" if value is None or not str(value).strip() else f"`{value}`"


def check_wave(wave: Wave, root: Path, words: frozenset[str] = frozenset()) -> tuple[Problem, ...]:
    """Find every problem of a wave's data file, and of its design and questionnaire against it.

    Parameters
    ----------
    wave : Wave
        Whose own files are valid.
    root : Path
        Folder of the case; problems name files relative to it.
    words : frozenset of str
        Subgroups that `labels.toml` names: codes of breakdowns that need no words in design.toml.

    Returns
    -------
    tuple of Problem
        In file and line order; () if the wave can be estimated.
    """
    places = _Places(wave, root)
    try:
        responses = read_responses(wave.data, encoding=wave.design.encoding, form=wave.questionnaire)
    except DataError as error:
        return tuple(sorted({places.refiled(one) for one in error.problems} | set(places.more(error.more))))
    except DesignError as error:
        return (places.of_error(error),)
    answers = substantive_answers(responses)
    answers = answers.with_columns(set_columns(responses, answers, bare=True))
    places.lines, places.columns = responses.lines, tuple(answers.columns)
    data = blank_codes(answers, declared_missing(wave.questionnaire.items))
    found = [
        *_conflicts(wave, responses, places),
        *_columns(wave, places),
        *_answers(wave, data, places),
        *_domains(wave, responses, data, places, words),
        *_design_problems(wave, data, places),
    ]
    return tuple(sorted(set(found)))


def _conflicts(wave: Wave, responses: Responses, places: _Places) -> Iterator[Problem]:
    for one in missing_conflicts(responses, wave.questionnaire):
        yield places.at_question(("items", one.item, "options", one.code), one.problem, one.hint)


def _columns(wave: Wave, places: _Places) -> Iterator[Problem]:
    """Columns that design or questionnaire name and the file does not have."""
    plan = wave.design
    named: list[tuple[KeyPath, str | None]] = [((key,), getattr(plan, key)) for key in ("stratum", "psu", "weight")]
    named += [(("domains", column), column) for column in plan.domains]
    named += [(("codes", column), column) for column in plan.codes]
    for path, column in named:
        if column is not None and column not in places.columns:
            yield places.at_design(path, *_absent(plan.data, column, places))
    for name, item in wave.questionnaire.items.items():
        if name not in places.columns and not _boxes(name, item, places):
            yield places.at_question(("items", name), *_absent(plan.data, name, places))


def _absent(data: str, column: str, places: _Places) -> tuple[str, str]:
    return f"{data} has no column `{column}`", suggest(column, places.columns, "correct the name")


def _substantive(item: WaveItem) -> list[str]:
    return [code for code in item.options if code not in item.missing]


def _boxes(name: str, item: WaveItem, places: _Places) -> dict[str, str]:
    return box_columns(name, _substantive(item), places.columns) if item.multiple else {}


def _answers(wave: Wave, data: pl.DataFrame, places: _Places) -> Iterator[Problem]:
    """Answers that the questionnaire does not know, and items that nobody answered."""
    for name, item in wave.questionnaire.items.items():
        options = _substantive(item)
        if not options:
            continue  # a number or a text: whatever stands there is the answer
        if name in data.columns:
            yield from _unknown(name, name, options, data, places, several=item.multiple)
            if not item.multiple and data[name].is_null().all():
                problem = f"nobody answered `{name}`: the column is empty"
                yield places.at_question(("items", name), problem, "name the right column, or take the item out")
            continue
        for column in _boxes(name, item, places).values():
            yield from _unknown(name, column, ["0", "1", "true", "false"], data, places, several=False)


def _unknown(
    item: str, column: str, options: Sequence[str], data: pl.DataFrame, places: _Places, *, several: bool
) -> Iterator[Problem]:
    texts = data[column].cast(pl.String).str.strip_chars()
    for code in texts.unique(maintain_order=True).drop_nulls():
        parts = code.split() if several else [code] if code else []
        wrong = [part for part in parts if part not in options]
        if wrong:
            rows = np.flatnonzero((texts == code).fill_null(value=False).to_numpy())
            problem = f"the answer `{wrong[0]}` to `{item}` is not in the questionnaire"
            hint = suggest(wrong[0], options, "correct it, or add the option to questionnaire.toml")
            yield from places.at_cells(rows, column, problem, hint)


def _domains(
    wave: Wave, responses: Responses, data: pl.DataFrame, places: _Places, words: frozenset[str]
) -> Iterator[Problem]:
    """Codes of breakdowns that pages would print as they stand."""
    for column in wave.design.domains:
        if column not in data.columns:
            continue
        named = wave.design.codes.get(column, {})
        found = data[column].cast(pl.String).str.strip_chars().unique(maintain_order=True).drop_nulls()
        if found.len() > MOST_DOMAINS:
            problem = f"`{column}` has {found.len()} different values, too many to break results down by"
            yield places.at_design(("domains", column), problem, f"give a column of at most {MOST_DOMAINS} groups")
            continue
        for code in sorted(one for one in found if one and one not in named and one not in words):
            if named or _WORDLESS.fullmatch(code):
                label = responses.value_labels.get(column, {}).get(code)
                called = f" (the data file calls it “{label}”)" if label else ""
                hint = f'add `"{code}" = {{ en = "…", sq = "…" }}` under [codes.{column}]{called}'
                path = ("codes", column) if named else ("domains", column)
                yield places.at_design(path, f"the code `{code}` of `{column}` has no words", hint)
