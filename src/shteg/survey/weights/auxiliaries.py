"""Known totals as columns of numbers with their targets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from shteg.arrays import Floats, Ints
from shteg.errors import DesignError, UsageError
from shteg.hints import counted
from shteg.survey.code_texts import code_key, code_text, column_texts, require_column
from shteg.survey.inference.linear import AnyDesign
from shteg.survey.models.model_matrix import read_known_numbers
from shteg.survey.one_pass.domains import JOINT
from shteg.survey.requests import check_number, first_in_file, mapping_of, names_of
from shteg.survey.weights.residuals import Constraint, constraints_of

Variable = str | tuple[str, ...]
"""A column, or several crossed with each other."""
Counts = Mapping[Any, float]
"""Category (for a crossed variable a tuple of categories) to number of persons in the population."""

CONSISTENT = 1e-9
"""Largest relative difference between the sums of two margins that passes as rounding in the last place."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Margin:
    """A variable with the known total of each category.

    `codes` is (row,): the place of the row's category, or `len(labels)` for a row of weight 0 without one.
    """

    name: str
    labels: tuple[str, ...]
    totals: Floats
    codes: Ints

    def sums(self, weight: Floats) -> Floats:
        """Weight of each category, (category,)."""
        return np.bincount(self.codes, weights=weight, minlength=len(self.labels) + 1)[:-1].astype(np.float64)

    def spread(self, values: Floats) -> Floats:
        """Give each row the value of its category, rows without one 0."""
        return np.append(values, 0.0)[self.codes]


def _variable_name(variable: Variable) -> str:
    """Name of a variable as errors and tables give it."""
    return variable if isinstance(variable, str) else JOINT.join(variable)


def read_margin(
    data: pl.DataFrame,
    row: Ints,
    weight: Floats,
    variable: Variable,
    counts: Counts,
    *,
    partial: bool = False,
) -> Margin:
    """Match the rows with the categories of a margin.

    Parameters
    ----------
    data : polars.DataFrame, (n) rows
    row : (n,) int
        Row numbers for errors.
    weight : (n,) float
        Weights before calibration; a row of weight 0 needs no category.
    variable : str or tuple of str
    counts : mapping of category to number
        Numbers above 0, one for each category found.
    partial : bool
        Leave out categories that nobody in the sample has, as R does with `partial = TRUE`.

    Returns
    -------
    Margin

    Raises
    ------
    DesignError
        A column is not there; a row has no category or one without a total; a total is no number above 0; nobody in
        the sample has a category.
    UsageError
        The margin is no mapping.
    """
    columns = names_of(variable, "margins")
    name = JOINT.join(columns)
    for column in columns:
        require_column(data, column)
    if not isinstance(counts, Mapping) or not counts:
        raise UsageError("a margin is a mapping of category to number", "write {'north': 1200, …}", f"margin {name!r}")
    totals = {_category(key, len(columns), name): _total(value, key, name) for key, value in counts.items()}
    if len(totals) != len(counts):
        raise DesignError("two entries of the margin have the same category", "give each once", f"margin {name!r}")
    texts = _read_texts(data, columns)
    by_key = {_key(label): i for i, label in reversed(list(enumerate(totals)))}
    place = {text: by_key.get(_key(text), len(totals)) for text in set(texts) if text is not None}
    place |= {label: i for i, label in enumerate(totals)}
    codes = np.array([len(totals) if text is None else place[text] for text in texts], dtype=np.int64)
    margin = Margin(name=name, labels=tuple(totals), totals=np.array(list(totals.values())), codes=codes)
    _check_rows(margin, texts, row, weight)
    return _check_present(margin, weight, partial=partial)


def _key(label: str) -> str:
    return JOINT.join(code_key(part) for part in label.split(JOINT))


def _check_rows(margin: Margin, texts: Sequence[str | None], row: Ints, weight: Floats) -> None:
    known = margin.labels
    lost = (margin.codes == len(known)) & (weight != 0)
    at = first_in_file(lost, row)
    if at is None:
        return
    problem = "the category is missing" if texts[at] is None else f"the margin has no total for {texts[at]!r}"
    raise DesignError(
        f"{problem} ({counted(int(lost.sum()), 'such row')})",
        "give every respondent one of the categories " + ", ".join(known[:12]) + (" …" if len(known) > 12 else ""),
        f"column {margin.name!r}, row {int(row[at])}",
    )


def _check_present(margin: Margin, weight: Floats, *, partial: bool) -> Margin:
    empty = np.flatnonzero(margin.sums(weight) <= 0)
    if not len(empty):
        return margin
    if not partial:
        raise DesignError(
            f"nobody in the sample with a weight above 0 is in the category {margin.labels[empty[0]]!r}",
            "merge it with a neighbour, or leave it out of the margin",
            f"margin {margin.name!r}",
        )
    keep = np.setdiff1d(np.arange(len(margin.labels)), empty)
    renumber = np.full(len(margin.labels) + 1, len(keep))
    renumber[keep] = np.arange(len(keep))
    labels = tuple(margin.labels[one] for one in keep)
    return replace(margin, labels=labels, totals=margin.totals[keep], codes=renumber[margin.codes])


def _check_consistent(margins: Sequence[Margin]) -> tuple[Margin, ...]:
    """Refuse margins of different population sizes; differences in the last place are scaled away."""
    if not margins:
        raise UsageError("no margin to calibrate to", "give at least one variable with its totals", "margins")
    size = float(margins[0].totals.sum())
    for margin in margins[1:]:
        other = float(margin.totals.sum())
        if abs(other - size) > CONSISTENT * size:
            raise DesignError(
                f"the margin adds to {other:.10g}, the margin {margins[0].name!r} to {size:.10g}",
                "scale both to the same population",
                f"margin {margin.name!r}",
            )
    return tuple(replace(one, totals=one.totals * (size / float(one.totals.sum()))) for one in margins)


def _category(key: Any, columns: int, name: str) -> str:
    parts = key if isinstance(key, tuple) else (key,)
    if columns > 1 and len(parts) == 1 and JOINT in str(key):
        return str(key)
    if len(parts) != columns:
        raise DesignError(
            f"the category {key!r} has {counted(len(parts), 'part')}, the margin crosses {counted(columns, 'column')}",
            "write one category of each column, as a tuple",
            f"margin {name!r}",
        )
    return JOINT.join(code_text(part, f"margin {name!r}") for part in parts)


def _total(value: Any, key: Any, name: str) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = float("nan")
    if not np.isfinite(number) or number <= 0:
        raise DesignError(
            f"the total of {key!r} is {value!r}",
            "give the number of persons, above 0; leave out categories that nobody has, and their rows",
            f"margin {name!r}",
        )
    return number


def _read_texts(data: pl.DataFrame, columns: Sequence[str]) -> list[str | None]:
    texts = pl.DataFrame([column_texts(data[column]).alias(str(i)) for i, column in enumerate(columns)])
    return texts.select(pl.concat_str(pl.all(), separator=JOINT).alias("text"))["text"].to_list()


SIZE = "(size)"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Auxiliaries:
    """Columns (n, p) with their targets (p,) and names (margin, category); codes of the margins."""

    matrix: Floats
    targets: Floats
    names: tuple[tuple[str, str], ...]
    codes: tuple[np.ndarray[tuple[int], np.dtype[np.int64]], ...]

    def constraints(self, before: Floats, after: Floats) -> tuple[Constraint, ...]:
        """How well weights meet the targets."""
        return constraints_of(self.names, self.targets, self.matrix.T @ before, self.matrix.T @ after)


def read_auxiliaries(
    design: AnyDesign,
    weight: Floats,
    margins: Mapping[Variable, Counts] | None,
    totals: Mapping[str, float] | None,
    size: float | None,
) -> Auxiliaries:
    """Put margins, totals of numbers and the size into one matrix with its targets.

    Parameters
    ----------
    design : Design or ReplicateDesign
    weight : (n,) float
        Before the calibration.
    margins : mapping of variable to {category: number}, optional
    totals : mapping of column to number, optional
    size : float, optional
        Of the population.

    Returns
    -------
    Auxiliaries

    Raises
    ------
    DesignError
        See `read_margin`; the margins do not add to one size; a total is not finite.
    UsageError
        Nothing to calibrate to, or an argument has another form.
    """
    margins = mapping_of(margins, "margins", '{"sex": {"women": 210_000}}')
    totals = mapping_of(totals, "totals", '{"income": 5e9}')
    read = [read_margin(design.data, design.row, weight, variable, counts) for variable, counts in margins.items()]
    if read:
        read = list(_check_consistent(read))
    if size is not None:
        check_number(size, "size", "give the number of persons in the population")
    if size is not None and read and abs(size - read[0].totals.sum()) > CONSISTENT * abs(size):
        raise DesignError(
            f"the margin adds to {read[0].totals.sum():.10g}, the size is {size:.10g}",
            "scale both to the same population",
            f"margin {read[0].name!r}",
        )
    columns: list[Floats] = []
    targets: list[float] = []
    names: list[tuple[str, str]] = []
    for margin in read:
        for k, label in enumerate(margin.labels):
            columns.append((margin.codes == k).astype(np.float64))
            targets.append(float(margin.totals[k]))
            names.append((margin.name, label))
    if size is not None and not read:
        columns.append(np.ones(len(weight)))
        targets.append(_finite(size, SIZE))
        names.append((SIZE, ""))
    for column, total in totals.items():
        columns.append(read_known_numbers(design, column, weight != 0))
        targets.append(_finite(total, column))
        names.append((column, ""))
    if not columns:
        raise UsageError("no total to calibrate to", "give margins, totals or a size", "margins")
    return Auxiliaries(
        matrix=np.stack(columns, axis=1),
        targets=np.array(targets),
        names=tuple(names),
        codes=tuple(margin.codes for margin in read),
    )


def _finite(total: float, name: str) -> float:
    if isinstance(total, bool) or not isinstance(total, int | float | np.number) or not np.isfinite(total):
        raise DesignError(f"the total is {total!r}", "give a finite number", f"total of {name!r}")
    return float(total)


def check_reach(known: Auxiliaries, lowest: Floats, highest: Floats) -> None:
    """Refuse a category whose target no weights between `lowest` and `highest` (n,) can give.

    Parameters
    ----------
    known : Auxiliaries
    lowest, highest : (n,) float
        Between which a weight may lie.

    Raises
    ------
    DesignError
        Names margin and category.
    """
    for j, (margin, category) in enumerate(known.names):
        if not category:
            continue
        column, target = known.matrix[:, j] > 0, known.targets[j]
        least, most = float(lowest[column].sum()), float(highest[column].sum())
        if not least * (1 - 1e-12) - 1e-12 <= target <= most * (1 + 1e-12):
            raise DesignError(
                f"within the bounds the weights give {least:.10g} to {most:.10g}, never {target:.10g}",
                "widen the bounds, or merge the category with a neighbour",
                f"margin {margin!r}, category {category!r}",
            )
