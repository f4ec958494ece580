"""The export of LimeSurvey without its structure: question, subquestion and text out of each heading."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from shteg.hints import counted
from shteg.survey.readers.field.answers import fill_boxes
from shteg.survey.readers.field.texts import plain_text
from shteg.survey.readers.field.tools import is_added
from shteg.survey.readers.responses import MultipleSet, Responses

_BRACKETS = re.compile(r"\[([^\[\]]*)\]")
_CODE = re.compile(r"(?P<question>[A-Za-z]\w*)(?P<parts>(?:\[[^\[\]]*\])*)(?:\.\s+(?P<text>.*))?", re.DOTALL)
_UNDERSCORED = re.compile(r"(?P<question>[A-Za-z]\w*?)_(?P<part>SQ\d+|other)")
_TEXT = re.compile(r"(?P<question>.*\S)\s*\[(?P<part>[^\[\]]*)\]", re.DOTALL)
OTHER, COMMENT = "other", "comment"
_TICKS = ({"Y"}, {"1"}, {"0", "1"})
"""What columns of a multiple choice hold beside blanks; those of an array hold codes of answers."""
MOST_ANSWERS = 12
_MOST_LISTED = 8


@dataclass(frozen=True, slots=True)
class Heading:
    """A column: the code of its question, of its subquestion and scale, and its texts."""

    column: str
    question: str
    parts: tuple[str, ...]
    text: str = ""
    part_text: str = ""
    coded: bool = True

    @property
    def name(self) -> str:
        """The name of the column as LimeSurvey writes it for SPSS and R; headings that are texts stay as they are."""
        if not self.coded:
            return self.column
        return "_".join((self.question, *self.parts))


def name_limesurvey(responses: Responses) -> Responses:
    """Give the columns the names `Q1` and `Q1_SQ001`, and say which are a set or a battery.

    Parameters
    ----------
    responses : Responses
        Headings as codes, as codes and texts, with underscores, or as texts alone, which stay names then.

    Returns
    -------
    Responses
        A multiple choice is a set with columns `Q1/SQ001` of 1 and 0, an array a battery.
    """
    headings = {column: read_heading(column) for column in responses.frame.columns}
    names = {column: one.name for column, one in headings.items()}
    twice = {name for name, count in Counter(names.values()).items() if count > 1}
    names = {column: column if name in twice else name for column, name in names.items()}
    labels = dict(responses.labels)
    for column, one in headings.items():
        if one.text:
            labels[names[column]] = one.part_text or one.text
            labels.setdefault(one.question, one.text)
    rewritten = responses.rewritten or any(old != new for old, new in names.items())
    named = replace(
        responses,
        frame=responses.frame.rename(names),
        labels=labels,
        rewritten=rewritten,
        renamed={old: new for old, new in names.items() if old != new},
    )
    found = _Found(named, {names[column]: one for column, one in headings.items() if names[column] not in twice})
    return found.grouped()


def read_heading(column: str) -> Heading:
    """Take a heading of LimeSurvey apart.

    Parameters
    ----------
    column : str
        Such as `Q1[SQ001]`, `Q1[SQ001]. What do you trust? [Courts]`, `Q1_SQ001` or `What do you trust? [Courts]`.

    Returns
    -------
    Heading
    """
    text = plain_text(column)
    if match := _CODE.fullmatch(text):
        parts = tuple(_BRACKETS.findall(match["parts"]))
        whole = match["text"] or ""
        if parts and (inner := _TEXT.fullmatch(whole)):
            return Heading(column, match["question"], parts, inner["question"], inner["part"])
        if not parts and not whole and (plain := _UNDERSCORED.fullmatch(text)):
            return Heading(column, plain["question"], (plain["part"],))
        return Heading(column, match["question"], parts, whole)
    if match := _TEXT.fullmatch(text):
        return Heading(column, match["question"], (match["part"],), match["question"], match["part"], coded=False)
    return Heading(column, column, (), coded=False)


@dataclass(slots=True)
class _Found:
    """Columns by question."""

    responses: Responses
    headings: Mapping[str, Heading]

    def grouped(self) -> Responses:
        """Declare sets and batteries."""
        families: dict[tuple[str, ...], list[str]] = {}
        for name, one in self.headings.items():
            if one.parts and not is_added(one.column):
                families.setdefault((one.question, *one.parts[1:]), []).append(name)
        frame, sets, batteries = self.responses.frame, dict(self.responses.sets), dict(self.responses.batteries)
        labels = dict(self.responses.labels)
        for (question, *scale), names in families.items():
            answers = [one for one in names if not self._is_text(one, names)]
            kinds = [set(frame[one].drop_nulls().unique().to_list()) for one in answers]
            called = "_".join((question, *scale))
            if len(answers) < 2 or not any(kinds) or called in frame.columns:
                continue
            if not scale and any(set().union(*kinds) == ticks for ticks in _TICKS):
                frame, boxes = self._ticked(frame, question, names, answers)
                sets[question] = MultipleSet(
                    label=labels.get(question, ""), kind="dichotomy", counted="1", columns=tuple(boxes)
                )
                labels |= boxes
            elif len(set().union(*kinds)) <= MOST_ANSWERS and "_" not in self.headings[answers[0]].parts[0]:
                batteries[called] = tuple(answers)
        notes = _say(self.responses.name, sets.keys() - self.responses.sets.keys(), batteries)
        return replace(
            self.responses,
            frame=frame,
            rewritten=self.responses.rewritten or bool(sets),
            sets=sets,
            batteries=batteries,
            labels=labels,
            notes=(*self.responses.notes, *notes),
        )

    def _is_text(self, name: str, family: Sequence[str]) -> bool:
        """Tell whether a column holds what a respondent wrote beside an answer."""
        part = self.headings[name].parts[0]
        if part.lower() == OTHER:
            return True
        base = part.removesuffix(COMMENT)
        return base != part and any(self.headings[one].parts[0] == base for one in family)

    def _ticked(
        self, frame: pl.DataFrame, question: str, names: Sequence[str], answers: Sequence[str]
    ) -> tuple[pl.DataFrame, dict[str, str]]:
        """Turn the columns of a multiple choice into boxes of 1 and 0; who wrote another answer has chosen `other`."""
        series, labels = [], {}
        for name in names:
            one = self.headings[name]
            if name in answers:
                box = frame[name].replace("Y", "1")
            elif one.parts[0].lower() == OTHER:
                box = frame.select(pl.when(pl.col(name).is_not_null()).then(pl.lit("1")).otherwise(None)).to_series()
            else:
                continue
            called = f"{question}/{one.parts[0]}"
            labels[called] = one.part_text or one.parts[0]
            series.append(box.alias(called))
        filled = iter(fill_boxes(series))
        columns = []
        for column in frame.columns:
            if column in names and f"{question}/{self.headings[column].parts[0]}" in labels:
                columns.append(next(filled))
            if column not in answers:
                columns.append(frame[column])
        return pl.DataFrame(columns), labels


def _say(file: str, sets: Sequence[str] | set[str], batteries: Mapping[str, Sequence[str]]) -> list[str]:
    notes = []
    if sets:
        count = counted(len(sets), "question")
        listed = ", ".join(sorted(sets)[:_MOST_LISTED])
        notes.append(f"{file}: {count} with several answers, whose columns hold ticks and blanks: {listed}")
    if batteries:
        arrays = counted(len(batteries), "array")
        listed = ", ".join(list(batteries)[:_MOST_LISTED])
        notes.append(f"{file}: {arrays} of questions with the same answers: {listed}")
    return notes
