"""Targets of a sheet matched with the codes of the data: by code, by label, or as bands of a number."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

import polars as pl

from shteg.arrays import Floats
from shteg.errors import DataError, DesignError, Problem
from shteg.hints import list_names, suggest
from shteg.survey.code_texts import code_key
from shteg.survey.one_pass.domains import JOINT
from shteg.survey.weights.auxiliaries import Counts, Variable
from shteg.survey.weights.target_forms import CROSS
from shteg.survey.weights.target_sheet import MarginTarget, Target, TargetSheet

Missing = Literal["refuse", "keep"]
"""What becomes of respondents without an answer to a weighting variable: keep: their share stays as it is."""
NO_ANSWER = "(no answer)"
_BAND = re.compile(r"(\d+(?:\.\d+)?)\s*(?:-|–|to|deri)\s*(\d+(?:\.\d+)?)")
_FROM = re.compile(r"(\d+(?:\.\d+)?)\s*\+|(?:≥|>=)\s*(\d+(?:\.\d+)?)")
_BELOW = re.compile(r"(?:<)\s*(\d+(?:\.\d+)?)")


Note = tuple[str, Mapping[str, str | float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Aims:
    """What weights are to reach, in persons, with the data that have the columns they are told in.

    Attributes
    ----------
    data : polars.DataFrame
        With a column for each variable that was divided into bands, or whose missing answers form a category.
    margins : mapping of variable to {category: number}
    totals : mapping of column to number
    size : float or None
    labels : mapping of (variable, category) to text
        What the sheet calls a category, for reports; both as the engine writes them.
    notes : tuple of (key, values)
        What was taken for granted: `size`, `keep` or `scaled`, with the values that the sentence tells.
    """

    data: pl.DataFrame
    margins: Mapping[Variable, Counts]
    totals: Mapping[str, float]
    size: float | None
    labels: Mapping[tuple[str, str], str] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """The data whose weights are sought.

    Attributes
    ----------
    answers : polars.DataFrame
        Codes as text, null where nothing was answered.
    weight : (n,) float
        Weights before; their sum is the size where nothing says it.
    value_labels : mapping of column to {code: label}
    name : str
        Of the file, for errors.
    total : float, optional
        What the weights add to where some who have one did not answer; default: the sum of `weight`.
    """

    answers: pl.DataFrame
    weight: Floats
    value_labels: Mapping[str, Mapping[str, str]]
    name: str
    total: float | None = None


def match_targets(
    sheet: TargetSheet,
    weighed: Weighed,
    *,
    size: float | None = None,
    scale_to: str | None = None,
    missing: Missing = "refuse",
) -> Aims:
    """Find what each row of the sheet means in the data, and bring all margins to one size.

    Parameters
    ----------
    sheet : TargetSheet
    weighed : Weighed
    size : float, optional
        Number of persons; else that of the sheet, of its counts, or the sum of the weights.
    scale_to : str, optional
        The margin whose total counts where counts disagree.
    missing : "refuse" or "keep"
        Respondents without an answer to a weighting variable.

    Returns
    -------
    Aims

    Raises
    ------
    DataError
        Every row that fits nothing in the data: an unknown column, a category that nobody has or that means two codes.
    DesignError
        Counts of different sizes, categories of the data without a target, answers that are missing.
    """
    problems: list[Problem] = []
    matched = [_match_margin(sheet.file, margin, weighed, problems) for margin in sheet.margins]
    problems += [
        _problem(sheet.file, target, f"the data have no column {column!r}", _columns_hint(column, weighed))
        for column, target in sheet.totals.items()
        if column not in weighed.answers.columns
    ]
    if problems:
        raise DataError(problems)
    _refuse_few(sheet, weighed)
    whole, notes = _size(sheet, weighed, size, scale_to)
    margins: dict[Variable, Counts] = {}
    labels: dict[tuple[str, str], str] = {}
    added = []
    for margin, made in zip(sheet.margins, matched, strict=True):
        _refuse_rest(sheet.file, margin, made, weighed)
        kept = _unanswered(made.column, margin, weighed, missing)
        column = made.column.fill_null(NO_ANSWER) if kept else made.column
        added.append(column.alias(made.name))
        counts = {code: whole * (1 - kept) * one.number / margin.total for code, one in made.targets.items()}
        if kept:
            counts[NO_ANSWER] = whole * kept
            notes.append(("keep", {"variable": margin.name, "share": kept}))
        margins[made.name] = counts
        labels |= {(made.name, code): CROSS.join(one.category) for code, one in made.targets.items()}
    totals = {column: target.number for column, target in sheet.totals.items()}
    alone = whole if not margins and (sheet.size or size) else None
    data = weighed.answers.with_columns(added)
    return Aims(data=data, margins=margins, totals=totals, size=alone, labels=labels, notes=tuple(notes))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Matched:
    """A margin in the data: the column that it needs, by name, and the target of each of its codes."""

    name: str
    column: pl.Series
    targets: Mapping[str, Target]


def _problem(file: str, target: Target, problem: str, hint: str) -> Problem:
    return Problem(file, target.line, target.column, problem, hint)


def _columns_hint(column: str, weighed: Weighed) -> str:
    there_are = list_names(weighed.answers.columns, "the columns are", "the data have no columns at all")
    return suggest(column, weighed.answers.columns, there_are)


def _match_margin(file: str, margin: MarginTarget, weighed: Weighed, problems: list[Problem]) -> _Matched:
    """Find the codes of a margin; for several columns they are joined as the engine joins them."""
    parts: list[tuple[pl.Series, dict[str, str]]] = []
    for place, column in enumerate(margin.variables):
        if column not in weighed.answers.columns:
            told = f"the data have no column {column!r}"
            problems.append(_problem(file, margin.targets[0], told, _columns_hint(column, weighed)))
            continue
        parts.append(_match_column(file, margin, place, weighed, problems))
    if len(parts) < len(margin.variables):
        return _Matched(name=margin.name, column=pl.Series([], dtype=pl.String), targets={})
    texts = pl.DataFrame([series.alias(str(i)) for i, (series, _) in enumerate(parts)])
    joined = texts.select(pl.concat_str(pl.all(), separator=JOINT).alias("text"))["text"]
    targets: dict[str, Target] = {}
    for one in margin.targets:
        codes = [found.get(part) for part, (_, found) in zip(one.category, parts, strict=True)]
        if None in codes:
            continue
        code = JOINT.join(str(part) for part in codes)
        if code in targets:
            told = f"{margin.name}: {CROSS.join(one.category)!r} is the same as {CROSS.join(targets[code].category)!r}"
            problems.append(_problem(file, one, told, "give each category once, by its code or by its label"))
        targets[code] = one
    _refuse_empty(file, margin, joined, targets, weighed, problems)
    plain = len(parts) == 1 and parts[0][0].name == margin.variables[0]
    return _Matched(name=margin.name if plain else f"{margin.name} (targets)", column=joined, targets=targets)


def _refuse_empty(
    file: str,
    margin: MarginTarget,
    joined: pl.Series,
    targets: Mapping[str, Target],
    weighed: Weighed,
    problems: list[Problem],
) -> None:
    there = set(joined.filter(pl.Series(weighed.weight > 0)).drop_nulls().unique().to_list())
    for code, one in targets.items():
        if code not in there:
            told = f"{margin.name}: nobody in the data with a weight above 0 is {CROSS.join(one.category)!r}"
            hint = "merge it with a neighbour in the sheet and in the data, or leave the row out"
            problems.append(_problem(file, one, told, hint))


def _match_column(
    file: str, margin: MarginTarget, place: int, weighed: Weighed, problems: list[Problem]
) -> tuple[pl.Series, dict[str, str]]:
    """Give a column of codes, and the code of each category that the sheet names in it."""
    name = margin.variables[place]
    column = weighed.answers[name].cast(pl.String).str.strip_chars()
    labels = weighed.value_labels.get(name, {})
    codes = {code_key(code): code for code in (*labels, *column.drop_nulls().unique().to_list())}
    by_label: dict[str, list[str]] = {}
    for code, label in labels.items():
        by_label.setdefault(label.strip().casefold(), []).append(code)
    found: dict[str, str] = {}
    unknown: dict[str, Target] = {}
    for one in margin.targets:
        text = one.category[place]
        if text in found or text in unknown:
            continue
        meant = dict.fromkeys(by_label.get(text.casefold(), ()))
        if code_key(text) in codes:
            meant[codes[code_key(text)]] = None
        if len(meant) == 1:
            found[text] = next(iter(meant))
        elif meant:
            told = f"{name}: {text!r} may mean the codes {', '.join(meant)}"
            problems.append(_problem(file, one, told, "write the code"))
        else:
            unknown[text] = one
    if unknown and not found and (bands := _read_bands(list(unknown))):
        return _in_bands(file, name, column, bands, next(iter(unknown.values()))), {text: text for text in bands}
    for text, one in unknown.items():
        there = [f"{code} ({labels[code]})" if code in labels else code for code in codes.values()]
        hint = suggest(text, [*codes.values(), *labels.values()], list_names(there, "the data have", "nobody answered"))
        problems.append(_problem(file, one, f"{name}: the data have no category {text!r}", hint))
    return column.alias(name), found


Band = tuple[float, float]


def _read_bands(texts: Sequence[str]) -> dict[str, Band]:
    """Read bands such as 18-29, 60+, <18 as [from, below): 18-29 ends before 30 if bands are of whole numbers."""
    bands: dict[str, Band] = {}
    whole = not any("." in text for text in texts)
    for text in texts:
        if found := _BAND.fullmatch(text):
            bands[text] = (float(found[1]), float(found[2]) + (1.0 if whole else 0.0))
        elif found := _FROM.fullmatch(text):
            bands[text] = (float(found[1] or found[2]), float("inf"))
        elif found := _BELOW.fullmatch(text):
            bands[text] = (float("-inf"), float(found[1]))
        else:
            return {}
    return bands


def _in_bands(file: str, name: str, column: pl.Series, bands: Mapping[str, Band], first: Target) -> pl.Series:
    """Give each number the text of its band; refuse bands that overlap, and numbers outside all of them."""
    ordered = sorted(bands.items(), key=lambda band: band[1])
    for (one, (_, end)), (other, (begin, _)) in pairwise(ordered):
        if begin < end:
            raise DataError(
                [_problem(file, first, f"{name}: {one!r} and {other!r} overlap", "end each before the next")]
            )
    numbers = column.cast(pl.Float64, strict=False)
    if column.filter(numbers.is_null() & column.is_not_null()).len():
        told = f"{name}: the sheet has bands of numbers, the data have answers that are no numbers"
        raise DataError([_problem(file, first, told, "name the categories as the data have them")])
    found = pl.Series(f"{name} (bands)", [None] * column.len(), dtype=pl.String)
    for text, (begin, end) in ordered:
        found = found.set((numbers >= begin) & (numbers < end), text)
    outside = column.filter(found.is_null() & numbers.is_not_null())
    if outside.len():
        told = f"{name}: {outside[0]} of the data lies in no band ({outside.len()} such)"
        raise DataError([_problem(file, first, told, "add a band, or take such respondents out of the data")])
    return found


def _refuse_few(sheet: TargetSheet, weighed: Weighed) -> None:
    """Refuse numbers of persons that are most likely shares which do not add up."""
    respondents = int((weighed.weight > 0).sum())
    mixed = any(margin.unit != "count" for margin in sheet.margins)
    for margin in sheet.margins:
        if margin.unit == "count" and margin.total < respondents / (1 if mixed else 2):
            told = f"{margin.name} adds to {margin.total:.10g}: neither to 1, nor to 100, nor to so many persons as"
            hint = "look for a category that is missing or stands twice"
            problem = f"{told} there are respondents ({respondents})"
            raise DataError([_problem(sheet.file, margin.targets[0], problem, hint)])


def _size(sheet: TargetSheet, weighed: Weighed, size: float | None, scale_to: str | None) -> tuple[float, list[Note]]:
    """Find the number of persons that all margins stand for, and say where it is from if nobody gave it."""
    counts = {margin.name: margin for margin in sheet.margins if margin.unit == "count"}
    if scale_to is not None and scale_to not in counts:
        hint = list_names(list(counts), "margins in numbers of persons are", "the sheet has no margin in persons")
        raise DesignError(f"{scale_to!r} is no margin in numbers of persons", hint, sheet.file)
    given = size if size is not None else sheet.size.number if sheet.size else None
    if scale_to is not None:
        whole = counts[scale_to].total
    elif given is not None:
        whole = given
    elif counts:
        whole = next(iter(counts.values())).total
    else:
        whole = float(weighed.weight.sum()) if weighed.total is None else weighed.total
        return whole, [("size", {"size": whole})]
    notes: list[Note] = []
    for margin in counts.values():
        off = margin.total - whole
        if abs(off) <= 1e-9 * whole:
            continue
        told = (
            f"{margin.name} adds to {margin.total:.10g} persons, {abs(off):.10g} {'more' if off > 0 else 'fewer'} than"
        )
        told += f" {whole:.10g}"
        if scale_to is None:
            hint = "name the margin to which the others are scaled (scale-to), or mend the sheet"
            raise DataError([_problem(sheet.file, margin.targets[0], told, hint)])
        notes.append(("scaled", {"variable": margin.name, "total": margin.total, "size": whole}))
    return whole, notes


def _refuse_rest(file: str, margin: MarginTarget, made: _Matched, weighed: Weighed) -> None:
    """Refuse categories of the data that have no target."""
    alive = made.column.filter(pl.Series(weighed.weight > 0)).drop_nulls()
    counts = alive.value_counts(sort=True)
    rest = [(str(code), int(n)) for code, n in counts.iter_rows() if code not in made.targets]
    if rest:
        labels = weighed.value_labels.get(margin.variables[0], {}) if len(margin.variables) == 1 else {}
        told = ", ".join(f"{code}{f' ({labels[code]})' if code in labels else ''}: {n}" for code, n in rest[:8])
        raise DataError(
            [
                _problem(
                    file,
                    margin.targets[-1],
                    f"{margin.name}: categories of the data have no target ({told} respondents)",
                    "add a row for each, or take such respondents out of the data",
                )
            ]
        )


def _unanswered(column: pl.Series, margin: MarginTarget, weighed: Weighed, missing: Missing) -> float:
    """Give the share of the weight that has no answer; refuse it unless it is to keep its share."""
    lost = (column.is_null() & pl.Series(weighed.weight > 0)).to_numpy()
    if not lost.any():
        return 0.0
    if missing == "refuse":
        raise DesignError(
            f"{int(lost.sum())} respondents have no answer to {margin.name}",
            "let them keep their share (missing: keep): the targets hold among the others; or fill the answers in",
            f"{weighed.name}, row {int(lost.argmax()) + 1}",
        )
    return float(weighed.weight[lost].sum() / weighed.weight.sum())
