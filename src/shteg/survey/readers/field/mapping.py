"""A data file under the names and codes of its form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

import polars as pl

from shteg.errors import DesignError
from shteg.evidence.records.surveys import Questionnaire
from shteg.hints import counted
from shteg.survey.readers.field.answers import code_answers, code_several, fill_boxes, join_boxes, tick_box
from shteg.survey.readers.field.asked import Asked, asked_of
from shteg.survey.readers.field.headings import EXPORT_NAMES, REPEATED, Matched, match_headings
from shteg.survey.readers.field.tools import delivered_by
from shteg.survey.readers.responses import Responses, at_column

_MOST_LISTED = 8
_Told = TypeVar("_Told")


def map_to_form(responses: Responses, form: Questionnaire) -> Responses:
    """Bring headings and answers to the names and codes of a form.

    Parameters
    ----------
    responses : Responses
        As read: a column may be called by the question's name, with its groups, or by its label in any language.
    form : Questionnaire
        The form, or the questionnaire of a wave.

    Returns
    -------
    Responses
        Columns of the form under their names, answers as codes; a column `question/code` of 1 and 0 for each option of
        a question with several answers that the file keeps in columns. Other columns are as they were. `notes` tells
        what was matched by other than its name, what was not, and which values are neither codes nor labels.

    Raises
    ------
    DesignError
        A heading or an answer may be one of two; file, column and both are named.
    """
    asked = {one.name: one for one in asked_of(form)}
    frame = responses.frame
    matched = match_headings(frame.columns, tuple(asked.values()), frozenset(form.items), responses.name)
    mapping = _Mapping(responses, asked, matched, form)
    columns = mapping.columns()
    taken = {one for made in columns.values() for one in made}
    kept = _told_apart({one: frame[one] for one in frame.columns if one not in matched.columns}, frame.columns)
    if clash := next((one for one in kept if one in taken), None):
        raise DesignError(
            f"the column {clash!r} is none of the form's, yet called like one", EXPORT_NAMES, responses.name
        )
    order = _order(frame.columns, matched, columns, kept)
    renamed = {column: target.column for column, target in matched.columns.items()}
    made = pl.DataFrame(order)
    return replace(
        responses,
        frame=made,
        rewritten=responses.rewritten or not made.equals(frame),
        renamed={old: new for old, new in renamed.items() if old != new},
        labels=_under(responses.labels, renamed),
        value_labels=_under(responses.value_labels, renamed),
        missing=_under(responses.missing, renamed),
        declared=_under(responses.declared, renamed),
        notes=(*responses.notes, *_say_matched(responses, matched), *mapping.notes),
    )


def _told_apart(kept: Mapping[str, pl.Series], columns: Sequence[str]) -> dict[str, pl.Series]:
    """Call columns that stand under one heading by their places, the first of them too: none is taken for all."""
    again = {match["heading"] for one in kept if (match := REPEATED.fullmatch(one)) and match["heading"] in kept}
    return {
        one: series.alias(f"{one} (column {columns.index(one) + 1})") if one in again else series
        for one, series in kept.items()
    }


def _under(told: Mapping[str, _Told], renamed: Mapping[str, str]) -> dict[str, _Told]:
    return {renamed.get(column, column): one for column, one in told.items()}


def _order(
    before: Sequence[str],
    matched: Matched,
    columns: Mapping[str, Mapping[str, pl.Series]],
    kept: Mapping[str, pl.Series],
) -> list[pl.Series]:
    """Columns in the order of the file, those of a question where its first stood."""
    order: dict[str, pl.Series] = {}
    for column in before:
        if column in kept:
            order[kept[column].name] = kept[column]
            continue
        for name, series in columns[matched.columns[column].question].items():
            order.setdefault(name, series)
    return list(order.values())


@dataclass(slots=True)
class _Mapping:
    """Columns of the form made out of those of the file."""

    responses: Responses
    asked: Mapping[str, Asked]
    matched: Matched
    form: Questionnaire
    notes: list[str] = field(default_factory=list)

    def columns(self) -> dict[str, dict[str, pl.Series]]:
        """Give, by question, every column that is its own or an option's, under its name."""
        whole: dict[str, str] = {}
        boxes: dict[str, dict[str, str]] = {}
        for column, target in self.matched.columns.items():
            if target.option is None:
                whole[target.question] = column
            else:
                boxes.setdefault(target.question, {})[target.option] = column
        found: dict[str, dict[str, pl.Series]] = {}
        for name in dict.fromkeys(target.question for target in self.matched.columns.values()):
            one = self.asked[name]
            ticks = self._ticks(one, boxes[name]) if name in boxes else {}
            made = found.setdefault(name, {})
            if name in whole:
                made[name] = self._answers(one, whole[name], ticks)
            elif len(ticks) < len(self._substantive(one)):
                self._say_lacking(one, ticks)
            made |= {f"{name}/{code}": box.alias(f"{name}/{code}") for code, box in ticks.items()}
            for code in one.written:
                if code in boxes.get(name, {}):
                    text = self.responses.frame[boxes[name][code]]
                    made[f"{name}_{code}"] = text.alias(f"{name}_{code}")
            found[name] = made
        return found

    def _substantive(self, one: Asked) -> list[str]:
        item = self.form.items.get(one.name)
        return [code for code in one.options if item is None or code not in item.missing]

    def _kept(self, one: Asked, column: str) -> set[str]:
        """Codes that are no answers, and need no label."""
        item = self.form.items.get(one.name)
        return {*self.responses.missing.get(column, ()), *(item.missing if item else ())}

    def _answers(self, one: Asked, column: str, ticks: Mapping[str, pl.Series]) -> pl.Series:
        series = self.responses.frame[column].alias(one.name)
        if not one.options:
            return series
        kept = self._kept(one, column)
        place = at_column(self.responses.name, column)
        if not one.multiple:
            coded, unknown, mixed = code_answers(series, one.options, kept, place)
            if mixed:
                count = counted(int(series.is_in(mixed).sum()), "label")
                self.notes.append(f"{place}: {count} among codes, such as {mixed[0]!r}, read as codes")
        else:
            try:
                coded, unknown = code_several(series, one.options, kept, place)
            except DesignError:
                if len(ticks) < len(one.options):
                    raise
                coded, unknown = join_boxes(ticks, one.name), []  # the boxes tell what the cell does not
            if unknown and len(ticks) == len(one.options):
                coded, unknown = join_boxes(ticks, one.name), []
        self._say_unknown(series, column, one.name, unknown)
        return coded.alias(one.name)

    def _ticks(self, one: Asked, columns: Mapping[str, str]) -> dict[str, pl.Series]:
        ticks = {}
        for code in one.options:
            if code in columns:
                series = self.responses.frame[columns[code]]
                if code in one.written:
                    ticks[code] = series.is_not_null().cast(pl.Int8).cast(pl.String).replace("0", None)
                    continue
                kept = self._kept(one, columns[code])
                ticks[code], unknown = tick_box(series, code, one.options[code], kept)
                self._say_unknown(series, columns[code], one.name, unknown)
        filled = dict(zip(ticks, fill_boxes(list(ticks.values())), strict=True))
        return _fill_written(filled, one.written)

    def _say_lacking(self, one: Asked, ticks: Mapping[str, pl.Series]) -> None:
        """Say that a question cannot be read: of an option without a column nobody knows whether it was chosen."""
        lacking = [code for code in one.options if code not in ticks]
        self.notes.append(
            f"{self.responses.name}: the options {_listed(lacking)} of {one.name!r} have no column, so that the "
            "question is not read"
        )

    def _say_unknown(self, series: pl.Series, column: str, name: str, unknown: Sequence[str]) -> None:
        if not unknown:
            return
        first = (series == unknown[0]).fill_null(value=False).arg_max() or 0
        lines = self.responses.lines
        row = int(lines[first]) if lines is not None else first + 1
        count = int(series.is_in(list(unknown)).sum())
        self.notes.append(
            f"{at_column(self.responses.name, column)}, row {row}: {unknown[0]!r} is neither a code nor a label of "
            f"{name!r} and stands as it is ({counted(count, 'such answer')} in the column)"
        )


def _fill_written(ticks: dict[str, pl.Series], written: Sequence[str]) -> dict[str, pl.Series]:
    """Who answered a question and wrote nothing has not chosen the option for which something is written."""
    others = [box for code, box in ticks.items() if code not in written]
    if not others or len(others) == len(ticks):
        return ticks
    frame = pl.DataFrame([box.alias(str(number)) for number, box in enumerate(others)])
    answered = frame.select(pl.any_horizontal(pl.all().is_not_null())).to_series()
    return {
        code: pl.select(pl.when(answered).then(box.fill_null("0")).otherwise(box)).to_series()
        if code in written
        else box
        for code, box in ticks.items()
    }


def _say_matched(responses: Responses, matched: Matched) -> list[str]:
    """Tell what was matched by other than its name, and what was not; nothing where all went by names."""
    notes = []
    if by_groups := matched.how["group"]:
        notes.append(f"{responses.name}: {counted(by_groups, 'column')} matched to questions by their groups")
    if by_labels := matched.how["label"]:
        notes.append(f"{responses.name}: {counted(by_labels, 'column')} matched to questions by their labels")
    if matched.unclear:
        count = counted(len(matched.unclear), "column")
        listed = _listed(matched.unclear)
        notes.append(f"{responses.name}: {count} may be one of several open questions: {listed}")
    if matched.rest and (by_groups or by_labels or delivered_by(responses.frame.columns)):
        count = counted(len(matched.rest), "column")
        notes.append(f"{responses.name}: {count} of no question of the form: {_listed(matched.rest)}")
    return notes


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:_MOST_LISTED]) + (" …" if len(names) > _MOST_LISTED else "")
