"""Which question, and which of its options, the heading of a column stands for: names, then groups, then labels."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from shteg.errors import DesignError
from shteg.survey.readers.field.asked import Asked
from shteg.survey.readers.field.texts import plain_text

SEPARATORS = ("/", "-", ":", ".")
"""Between groups, and between a question and an option, as Kobo, ODK Central, Aggregate and older servers write."""
_BOX_MARKS = (*SEPARATORS, "_")
REPEATED = re.compile(r"(?P<heading>.*) \(column \d+\)", re.DOTALL)
"""What the reader calls the second and later columns under one heading."""
_CODE_AND_TEXT = re.compile(r"(?P<code>[^\s.\[\]]+(?:\[[^\[\]]*\])*)[.:]\s")
_CUT = re.compile(r"(?:\.\.\.?|…|&hellip;)\s*$")
_NAMES_ONLY = re.compile(r"[\w.-]+(?:[/:.-][\w.-]+)*")
EXPORT_NAMES = (
    "export the answers again with names as headings: KoboToolbox “XML values and headers”, LimeSurvey “Question code”"
)


@dataclass(frozen=True, slots=True, order=True)
class Target:
    """A question, or one of its options: then the column says whether that was chosen."""

    question: str
    option: str | None = None

    @property
    def column(self) -> str:
        """Its column in a plain export."""
        return self.question if self.option is None else f"{self.question}/{self.option}"


@dataclass(slots=True)
class Matched:
    """What the headings stand for: `columns` by column, `how` counts the ways, `rest` are no question of the form."""

    columns: dict[str, Target] = field(default_factory=dict)
    how: Counter[str] = field(default_factory=Counter)
    rest: list[str] = field(default_factory=list)
    unclear: list[str] = field(default_factory=list)


Index = dict[str, set[Target]]


def match_headings(columns: Sequence[str], asked: Sequence[Asked], closed: frozenset[str], file: str) -> Matched:
    """Find the question of each column.

    Parameters
    ----------
    columns : sequence of str
        The headings.
    asked : sequence of Asked
        The questions of the form.
    closed : frozenset of str
        Those with options, which tables need: a heading that may be one of several of them is refused.
    file : str
        For errors.

    Returns
    -------
    Matched

    Raises
    ------
    DesignError
        A heading fits two questions, or two columns fit one.
    """
    told = [one for one in asked if not one.repeated]
    names, boxes = _names(told)
    plain: Index = {
        f"{one.name}/{code}": {Target(one.name, code)} for one in told if one.multiple for code in one.options
    }
    paths = _paths(told)
    labels = _labels(told)
    found, taken = Matched(), dict[Target, tuple[int, str]]()
    spoken, twice = _spoken(columns, labels), _standing_twice(columns)
    tiers: tuple[tuple[str, Callable[[str], set[Target]]], ...] = (
        ("name", lambda text: names.get(text) or plain.get(text, set())),
        ("name", lambda text: boxes.get(text, set())),
        ("group", lambda text: paths.get(text) or _suffix(text, names, boxes)),
        ("label", lambda text: _labelled(text, labels, spoken)),
        ("label", lambda text: _code_and_text(text, names, boxes)),
        ("label", lambda text: _cut(text, labels, spoken)),
    )
    for place, (way, fits) in enumerate(tiers):
        for column in columns:
            if column in found.columns or column in found.unclear:
                continue
            targets = fits(_heading(column))
            if not targets:
                continue
            if len(targets) > 1 or column in twice:
                _refuse_two_questions(column, targets, closed, file)
                found.unclear.append(column)
                continue
            (target,) = targets
            if target in taken:
                if taken[target][0] == place:
                    _refuse_two_columns(column, taken[target][1], target, closed, file)
                    found.unclear.append(column)
                continue
            taken[target] = (place, column)
            found.columns[column] = target
            found.how[way] += 1
    found.rest = [one for one in columns if one not in found.columns and one not in found.unclear]
    return found


def _heading(column: str) -> str:
    match = REPEATED.fullmatch(column)
    return plain_text(match["heading"] if match else column)


def _standing_twice(columns: Sequence[str]) -> set[str]:
    """Columns whose heading another has as well."""
    there, found = set(columns), set[str]()
    for column in columns:
        match = REPEATED.fullmatch(column)
        if match and match["heading"] in there:
            found |= {column, match["heading"]}
    return found


def _names(asked: Sequence[Asked]) -> tuple[Index, Index]:
    names: Index = {}
    boxes: Index = {}
    for one in asked:
        for name in (one.name, *one.names):
            names.setdefault(name, set()).add(Target(one.name))
        for code in one.options if one.multiple else ():
            written = [f"{one.name}{mark}{code}" for mark in _BOX_MARKS]
            for name in (*written, f"{one.name}[{code}]", *one.boxes.get(code, ())):
                boxes.setdefault(name, set()).add(Target(one.name, code))
    return names, boxes


def _paths(asked: Sequence[Asked]) -> Index:
    """Headings with the groups, all or only the inner ones, that the form says."""
    index: Index = {}
    for one in asked:
        groups = [name for name, _ in one.groups]
        for first in range(len(groups)):
            for mark in SEPARATORS:
                path = mark.join([*groups[first:], one.name])
                index.setdefault(path, set()).add(Target(one.name))
                for code in one.options if one.multiple else ():
                    for between in {mark, "/", "_"}:
                        index.setdefault(f"{path}{between}{code}", set()).add(Target(one.name, code))
    return index


def _suffix(text: str, names: Index, boxes: Index) -> set[Target]:
    """What follows a group that the form does not say."""
    if not _NAMES_ONLY.fullmatch(text):
        return set()
    tails = [text[at + 1 :] for at, sign in enumerate(text) if sign in SEPARATORS]
    for index in (names, boxes):
        found = {target for tail in tails for target in index.get(tail, ())}
        if found:
            return found
    return set()


def _labels(asked: Sequence[Asked]) -> dict[str, Index]:
    """By language, headings with labels: the question, its groups before it, an option after it."""
    index: dict[str, Index] = {}
    for one in asked:
        for language, title in (*one.titles.items(), *one.short.items()):
            found = index.setdefault(language, {})
            for text in _with_groups(one, language, title):
                found.setdefault(plain_text(text), set()).add(Target(one.name))
                for code, words in one.options.items() if one.multiple else ():
                    option = words.get(language) or code
                    for heading in (*(f"{text}{mark}{option}" for mark in SEPARATORS), f"{text} [{option}]"):
                        found.setdefault(plain_text(heading), set()).add(Target(one.name, code))
    return index


def _with_groups(one: Asked, language: str, title: str) -> Iterator[str]:
    yield title
    called = [words.get(language) or name for name, words in one.groups]
    for first in range(len(called)):
        for mark in SEPARATORS:
            yield mark.join([*called[first:], title])


def _spoken(columns: Sequence[str], labels: Mapping[str, Index]) -> str | None:
    """The language of the headings: the one that knows most of them, if it is one."""
    headings = [_heading(one) for one in columns]
    known = Counter({language: sum(one in index for one in headings) for language, index in labels.items()})
    ranked = known.most_common(2)
    if not ranked or (len(ranked) == 2 and ranked[0][1] == ranked[1][1]):
        return None
    return ranked[0][0]


def _labelled(text: str, labels: Mapping[str, Index], spoken: str | None) -> set[Target]:
    tails = [text, *(text[at + 1 :].strip() for at, sign in enumerate(text) if sign == "/")]
    text = next((tail for tail in tails if any(tail in index for index in labels.values())), text)
    found = {target for index in labels.values() for target in index.get(text, ())}
    if len(found) > 1 and spoken is not None:
        return labels[spoken].get(text) or found
    return found


def _code_and_text(text: str, names: Index, boxes: Index) -> set[Target]:
    """`Q1[SQ001]. What do you think? [Schools]`: the code says it."""
    match = _CODE_AND_TEXT.match(text)
    return (names.get(match["code"]) or boxes.get(match["code"], set())) if match else set()


def _cut(text: str, labels: Mapping[str, Index], spoken: str | None) -> set[Target]:
    """`What do you thi.. [Scho..]`: a heading that was cut short, part by part."""
    head, mark, tail = text.partition("[")
    if not _CUT.search(head) and not (mark and _CUT.search(tail.rstrip("]"))):
        return set()

    def fits(whole: str) -> bool:
        first, bracket, second = whole.partition("[")
        pairs = ((head, first), (tail.rstrip("] "), second.rstrip("] ")))
        if bool(mark) != bool(bracket):
            return False
        return all(
            full.startswith(_CUT.sub("", short).strip()) if _CUT.search(short) else short.strip() == full.strip()
            for short, full in pairs
        )

    chosen = [labels[spoken]] if spoken else list(labels.values())
    return {target for index in chosen for whole, targets in index.items() if fits(whole) for target in targets}


def _refuse_two_questions(column: str, targets: set[Target], closed: frozenset[str], file: str) -> None:
    """Raise where a heading may be one of several questions, or stands over several columns."""
    ordered = sorted(targets, key=lambda one: (one.question, one.option or ""))
    if not any(one.question in closed for one in ordered):
        return
    heading = _heading(column)
    if len(ordered) == 1:
        problem = f"the heading {heading!r} stands over several columns, one of which is {_called(ordered[0])}"
    else:
        problem = f"the heading {heading!r} may be {_called(ordered[0])} or {_called(ordered[1])}"
    raise DesignError(problem, EXPORT_NAMES, f"{file}, column {column!r}")


def _refuse_two_columns(column: str, other: str, target: Target, closed: frozenset[str], file: str) -> None:
    if target.question not in closed:
        return
    problem = f"the columns {other!r} and {column!r} are both {_called(target)}"
    raise DesignError(problem, "delete one of them, or call it otherwise", f"{file}, header")


def _called(target: Target) -> str:
    if target.option is None:
        return f"the question {target.question!r}"
    return f"the option {target.option!r} of the question {target.question!r}"
