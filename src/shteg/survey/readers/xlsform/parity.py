"""Whether a form asks the same in each of its languages: texts, numbers, placeholders, options and their order."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from shteg.survey.readers.xlsform.printed import KINDS, Cell, PrintedChoice, PrintedForm

SAME_WORDS, SAME_LETTERS = 3, 15
"""A text that is the same in two languages, this many words and letters long, has not been translated."""

_PLACEHOLDER = re.compile(r"\$\{\s*([^}]*?)\s*\}")
_TAG = re.compile(r"<[^<>]*>")
_NUMBER = re.compile(r"\d+(?:[.,'’\u00a0\u202f ]\d{3}(?!\d))*(?:[.,]\d+)?")
_GROUP = re.compile(r"[.,'’\u00a0\u202f ](?=\d{3}(?!\d))")
_CALLED = {
    "label": "label",
    "hint": "hint",
    "guidance_hint": "guidance hint",
    "constraint_message": "message of its constraint",
    "required_message": "message that it is required",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs between the languages, where, and how to mend it."""

    place: str
    problem: str
    hint: str


def compare_languages(form: PrintedForm) -> tuple[Difference, ...]:
    """Find what differs between the languages of a form.

    Parameters
    ----------
    form : PrintedForm

    Returns
    -------
    tuple of Difference
        In the order of the form, options after the questions; () if it asks the same in each language.
    """
    found = [
        Difference(place, "the language of this column cannot be told", "write its code, as in `label::Shqip (sq)`")
        for place in form.untold
    ]
    found += _columns(form)
    for row in form.rows:
        for kind in KINDS:
            found += _compare(row.texts.get(kind, {}), f"the {_CALLED[kind]} of {row.name or 'this row'}", form)
    used = {row.list_name for row in form.rows if row.list_name}
    for name, choices in form.lists.items():
        if name in used:
            for choice in choices:
                found += _compare(choice.labels, f"the option {choice.code!r} of the list {name!r}", form)
            found += _counts(name, choices, form)
            found += _twice(name, choices)
    found += _orders(form, used)
    return tuple(dict.fromkeys(found))


def _columns(form: PrintedForm) -> Iterator[Difference]:
    """Find a language that has labels and no column of another kind of text that others have."""
    for (sheet, kind), columns in form.headers.items():
        lacking = [code for code in form.languages if code not in columns]
        if not columns or not lacking or (kind == "label" and sheet == "choices" and not form.lists):
            continue
        cells = [row.texts.get(kind, {}) for row in form.rows] if sheet == "survey" else []
        cells += [choice.labels for one in form.lists.values() for choice in one] if sheet == "choices" else []
        first = next((cell for one in cells for cell in one.values() if cell.text), None)
        if first is not None:
            for code in lacking:
                problem = f"there is no column for the {_CALLED[kind]} in language {code!r}, and here is one in another"
                yield Difference(first.place, problem, f"add a column `{kind}::… ({code})` to the sheet {sheet!r}")


def _compare(texts: Mapping[str, Cell], what: str, form: PrintedForm) -> Iterator[Difference]:
    filled = {code: cell for code, cell in texts.items() if cell.text}
    if not filled:
        return
    for code, cell in texts.items():
        if not cell.text:
            others = ", ".join(filled)
            problem = f"{what} is missing in language {code!r} (it stands in {others})"
            yield Difference(cell.place, problem, "fill it in")
    for one, two in combinations([code for code in form.languages if code in filled], 2):
        first, second = filled[one], filled[two]
        for named, read in (("placeholders", _placeholders), ("numbers", _numbers)):
            left, right = Counter(read(first.text)), Counter(read(second.text))
            if left != right:
                shown = [", ".join(sorted(side.elements())) or "none" for side in (left, right)]
                problem = f"{what} has other {named} in {two!r} than in {one!r}: {shown[1]}, not {shown[0]}"
                yield Difference(second.place, problem, f"compare it with {_cell(first.place)}")
        if first.text == second.text and _long(first.text):
            problem = f"{what} is the same in {one!r} and {two!r}"
            yield Difference(second.place, problem, "translate it")


def _cell(place: str) -> str:
    return place.rpartition(", ")[2]


def _long(text: str) -> bool:
    words = re.findall(r"[^\W\d_]+", _PLACEHOLDER.sub(" ", _TAG.sub(" ", text)))
    return len(words) >= SAME_WORDS and sum(map(len, words)) >= SAME_LETTERS


def _placeholders(text: str) -> list[str]:
    return [f"${{{name}}}" for name in _PLACEHOLDER.findall(text)]


def _numbers(text: str) -> list[str]:
    """Give the numbers of a text as they are meant: "1,000", "1.000" and "1 000" are one, "2,5" and "2.5" too."""
    bare = _TAG.sub(" ", _PLACEHOLDER.sub(" ", text))
    return [_GROUP.sub("", one).replace(",", ".") for one in _NUMBER.findall(bare)]


def _counts(name: str, choices: Sequence[PrintedChoice], form: PrintedForm) -> Iterator[Difference]:
    counts = {
        code: sum(bool(choice.labels[code].text) for choice in choices if code in choice.labels)
        for code in form.languages
        if any(code in choice.labels for choice in choices)
    }
    most = max(counts.values(), default=0)
    for code, count in counts.items():
        if count < most:
            problem = f"the list {name!r} has {count} options in language {code!r}, and {most} in another"
            yield Difference(choices[0].place, problem, "give every option a label in each language")


def _twice(name: str, choices: Sequence[PrintedChoice]) -> Iterator[Difference]:
    """Find a label that two options share in one language and not in another: one of them is the wrong one."""
    codes = dict.fromkeys(code for choice in choices for code in choice.labels)
    for code in codes:
        seen: dict[str, PrintedChoice] = {}
        for choice in choices:
            cell = choice.labels.get(code)
            if cell is None or not cell.text:
                continue
            before = seen.setdefault(cell.text.casefold(), choice)
            if before is not choice and any(
                before.labels[other].text.casefold() != choice.labels[other].text.casefold()
                for other in codes
                if other != code and other in before.labels and other in choice.labels
            ):
                problem = f"two options of the list {name!r} are called {cell.text!r} in language {code!r} only"
                yield Difference(cell.place, problem, f"compare it with {_cell(before.labels[code].place)}")


def _orders(form: PrintedForm, used: set[str]) -> Iterator[Difference]:
    """Find options that stand in another order in one language, going by how the same words are said in other lists."""
    lists = {name: choices for name, choices in form.lists.items() if name in used}
    for one, two in combinations(form.languages, 2):
        for name, choices in lists.items():
            pairs = [
                (choice.labels[one].text.casefold(), choice.labels[two])
                for choice in choices
                if one in choice.labels and two in choice.labels and choice.labels[two].text
            ]
            here = {cell.text.casefold() for _, cell in pairs}
            for said, cell in pairs:
                elsewhere = _said_elsewhere(lists, name, one, two, said)
                if elsewhere and cell.text.casefold() not in elsewhere and elsewhere & here:
                    meant = next(iter(sorted(elsewhere & here)))
                    problem = (
                        f"the options of the list {name!r} stand in another order in {two!r} than in {one!r}: here is "
                        f"{cell.text!r}, and other lists call this option {meant!r}"
                    )
                    yield Difference(cell.place, problem, "put the labels of this list into one order")


def _said_elsewhere(lists: Mapping[str, Sequence[PrintedChoice]], name: str, one: str, two: str, said: str) -> set[str]:
    """Give what other lists call an option in the second language."""
    return {
        choice.labels[two].text.casefold()
        for other, choices in lists.items()
        if other != name
        for choice in choices
        if one in choice.labels and two in choice.labels and choice.labels[two].text
        if choice.labels[one].text.casefold() == said
    }
