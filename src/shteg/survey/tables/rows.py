"""Rows of a table: options, boxes, net and mean of an item, each as numbers per respondent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import polars as pl

from shteg.arrays import Bools, Floats, Ints
from shteg.errors import DesignError
from shteg.hints import counted
from shteg.survey.code_texts import code_key, sort_codes
from shteg.survey.designs.replicate_design import ReplicateDesign
from shteg.survey.inference.linear import AnyDesign
from shteg.survey.one_pass.answers import read_codes, read_numbers
from shteg.survey.readers.missing_codes import box_columns
from shteg.survey.tables.plan import MOST_ROWS, Net, TableItem

BOX = 2
"""Options in a box, unless another number is asked for."""

Direction = Literal["falling", "rising", "unknown"]
"""The first options are the top; the last ones are; nothing says which."""


RowKind = Literal["option", "combined", "top", "bottom", "net", "first", "last", "difference", "mean"]
"""An answer, several as one, boxes at the ends of a scale with their difference, the mean."""

NOT_SHARES: tuple[RowKind, ...] = ("net", "difference", "mean")
"""Rows whose figure is no share: it may be below 0, or above 1."""

_YES, _NO = ("1", "true"), ("0", "false")


def _scale_direction(item: TableItem, labels: Sequence[str]) -> Direction:
    """Say which end of a scale is the top: the favourable one, else that of the higher scores, else unknown."""
    place = f"column {item.column!r}"
    size = item.boxes or BOX
    if len(labels) < 2 * size:
        hint = "leave out `ordered`" if item.boxes is None else "ask for smaller boxes, or leave the item out"
        hint += f": boxes of {size} at each end need {2 * size} options or more"
        raise DesignError(f"the item has {counted(len(labels), 'option')}", hint, place)
    first, last = labels[0] in item.favourable, labels[-1] in item.favourable
    if first != last:
        return "falling" if first else "rising"
    if item.scores:
        steps = np.diff(_option_scores(item, labels))
        if (steps < 0).all():
            return "falling"
        if (steps > 0).all():
            return "rising"
        problem = "the item is `ordered`, but its scores neither rise nor fall from option to option"
        hint = "put the options in the order of their scores, or leave out `ordered`"
        raise DesignError(problem, hint, place)
    if item.boxes is not None:
        hint = "list the favourable options of the item under `favourable`, or give its options `scores`"
        raise DesignError("nothing says which end of the scale is the top", hint, place)
    return "unknown"


def _option_scores(item: TableItem, labels: Sequence[str]) -> list[float]:
    """Give the score of each option; one without a score is an error."""
    lacking = [label for label in labels if label not in item.scores]
    if lacking:
        hint = "give every option a score, or list it under `missing`"
        raise DesignError(f"the option {lacking[0]!r} has no score", hint, f"column {item.column!r}")
    return [float(item.scores[label]) for label in labels]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Row:
    """One row: `values` (n,) is 1, 0 (or a number, for net and mean) and NaN where not answered."""

    kind: RowKind
    option: str
    values: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ItemRows:
    """All rows of an item in one design, and who answered it."""

    item: TableItem
    rows: tuple[Row, ...]
    answered: Bools


def read_rows(design: AnyDesign, item: TableItem) -> ItemRows:
    """Turn the answers to an item into rows.

    Raises
    ------
    DesignError
        Codes that are not in the questionnaire, too many of them, numbers that are none; column and row are named.
    """
    if item.form == "number":
        return _number_rows(design, item)
    if item.form == "multiple":
        return _multiple_rows(design, item)
    codes, labels = read_codes(design, item.column, item.substantive, item.missing)
    _check_count(len(labels), item)
    if not labels:
        raise DesignError("nobody answered", "is this the right column?", f"column {item.column!r}")
    answered = codes < len(labels)
    rows = [_share(codes == i, answered, "option", label) for i, label in enumerate(labels)]
    rows += [_net_row(item, net, labels, np.eye(len(labels) + 1, dtype=bool)[codes], answered) for net in item.nets]
    rows += _box_rows(item, labels, codes.astype(np.int64), answered)
    if item.scores:
        rows.append(_mean_row(item, labels, codes.astype(np.int64), answered))
    return ItemRows(item=item, rows=tuple(rows), answered=answered)


def _share(chosen: Bools, answered: Bools, kind: RowKind, option: str) -> Row:
    return Row(kind=kind, option=option, values=np.where(answered, chosen.astype(float), np.nan))


def _net_row(item: TableItem, net: Net, labels: Sequence[str], chosen: Bools, answered: Bools) -> Row:
    """Those who gave any answer of a net; `chosen` is (n, options)."""
    known = {code_key(label): i for i, label in reversed(list(enumerate(labels)))}
    at = [labels.index(code) if code in labels else known.get(code_key(code)) for code in net.codes]
    places = [one for one in at if one is not None]
    if len(places) < len(at) or not at:
        lost = next((code for code, one in zip(net.codes, at, strict=True) if one is None), None)
        problem = "has no answers" if lost is None else f"holds {lost!r}, which is none of the answers"
        hint = f"the answers that count are {', '.join(labels)}"
        raise DesignError(f"the net {net.name!r} {problem}", hint, f"column {item.column!r}")
    return _share(np.asarray(chosen[:, places].any(axis=1)), answered, "combined", net.name)


def _box_rows(item: TableItem, labels: Sequence[str], codes: Ints, answered: Bools) -> list[Row]:
    if not item.ordered and item.boxes is None:
        return []
    count, size, direction = len(labels), item.boxes or BOX, _scale_direction(item, labels)
    first, last = codes < size, (codes >= count - size) & answered
    names: tuple[RowKind, RowKind, RowKind] = ("top", "bottom", "net")
    if direction == "rising":
        first, last = last, first
    elif direction == "unknown":
        names = ("first", "last", "difference")
    net = np.where(answered, first.astype(float) - last.astype(float), np.nan)
    return [
        _share(first, answered, names[0], ""),
        _share(last, answered, names[1], ""),
        Row(kind=names[2], option="", values=net),
    ]


def _mean_row(item: TableItem, labels: Sequence[str], codes: Ints, answered: Bools) -> Row:
    scores = np.array(_option_scores(item, labels))
    values = np.where(answered, scores[np.minimum(codes, len(labels) - 1)], np.nan)
    return Row(kind="mean", option="", values=values)


def _number_rows(design: AnyDesign, item: TableItem) -> ItemRows:
    values = read_numbers(design, item.column, item.missing)
    row = Row(kind="mean", option="", values=values)
    return ItemRows(item=item, rows=(row,), answered=np.isfinite(values))


def _multiple_rows(design: AnyDesign, item: TableItem) -> ItemRows:
    """A set with several answers: the base is everyone who answered the set, so that shares add up to more than 1."""
    if item.column in design.data.columns:
        chosen, answered, options = _split_codes(design, item)
    else:
        chosen, answered, options = _join_columns(design, item)
    _check_count(len(options), item)
    rows = [_share(chosen[:, i], answered, "option", option) for i, option in enumerate(options)]
    rows += [_net_row(item, net, options, chosen, answered) for net in item.nets]
    return ItemRows(item=item, rows=tuple(rows), answered=answered)


def _split_codes(design: AnyDesign, item: TableItem) -> tuple[Bools, Bools, tuple[str, ...]]:
    texts = design.data[item.column].cast(pl.String).fill_null("").str.split(" ").to_list()
    parts = [[code for code in one if code] for one in texts]
    found = sort_codes({code for one in parts for code in one} - set(item.missing))
    options: tuple[str, ...] = item.substantive if item.substantive is not None else tuple(found)
    unknown = next((code for code in found if code not in options), None)
    if unknown is not None:
        row = min(int(design.row[i]) for i, one in enumerate(parts) if unknown in one)
        hint = "the options are " + ", ".join(options)
        place = f"column {item.column!r}, row {row}"
        raise DesignError(f"the answer {unknown!r} is not in the questionnaire", hint, place)
    place_of = {code: i for i, code in enumerate(options)}
    chosen = np.zeros((len(parts), len(options)), bool)
    for i, one in enumerate(parts):
        for code in one:
            if code in place_of:
                chosen[i, place_of[code]] = True
    return chosen, np.asarray(chosen.any(axis=1), bool), options


def _join_columns(design: AnyDesign, item: TableItem) -> tuple[Bools, Bools, tuple[str, ...]]:
    options = item.substantive or ()
    names = box_columns(item.column, options, design.data.columns)
    if not names:
        hint = f"give the column {item.column!r}, or one column `{item.column}/code` of 0 and 1 for each option"
        raise DesignError("the data have no such column", hint, f"column {item.column!r}")
    chosen = np.zeros((design.data.height, len(options)), bool)
    answered = np.zeros(design.data.height, bool)
    for i, code in enumerate(options):
        name = names[code]
        texts = design.data[name].cast(pl.String).str.strip_chars().str.to_lowercase().fill_null("")
        wrong = ~texts.is_in([*_YES, *_NO, "", *item.missing]).to_numpy()
        if wrong.any():
            row = int(design.row[wrong].min())
            raise DesignError("an answer is neither 0 nor 1", "mend it", f"column {name!r}, row {row}")
        chosen[:, i] = texts.is_in(list(_YES)).to_numpy()
        answered |= texts.is_in([*_YES, *_NO]).to_numpy()
    return chosen, answered, options


def with_values(design: AnyDesign, columns: dict[str, pl.Series]) -> AnyDesign:
    """The same design with further columns, in its row order."""
    series = [column.alias(name) for name, column in columns.items()]
    return with_data(design, design.data.with_columns(series))


def with_data(design: AnyDesign, data: pl.DataFrame) -> AnyDesign:
    """The same design with other columns; rows stay as they are."""
    return design.with_data(data) if isinstance(design, ReplicateDesign) else replace(design, data=data)


def _check_count(count: int, item: TableItem) -> None:
    if count > MOST_ROWS:
        hint = f"a table holds at most {MOST_ROWS}; is this a number? then ask for its mean"
        raise DesignError(f"{count} different answers are too many for a table", hint, f"column {item.column!r}")
