"""A LimeSurvey survey as questionnaire: lists, arrays as batteries, multiple choice; open questions by column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from shteg.errors import DesignError
from shteg.evidence.records.base import Localised, is_id
from shteg.evidence.records.surveys import Battery, WaveItem
from shteg.hints import list_names, suggest
from shteg.survey.readers.field.asked import Asked, Words
from shteg.survey.readers.limesurvey.structure import Entry, Part, Structure, read_structure
from shteg.survey.readers.xlsform.form import FormQuestionnaire
from shteg.survey.readers.xlsform.sheets import language_code

LISTS, ARRAYS, MULTIPLE, DUAL = frozenset("L!OI"), frozenset("FHABCE"), frozenset("MP"), "1"
_FIXED: dict[str, dict[str, dict[str, str]]] = {
    "Y": {
        "Y": {"en": "Yes", "sq": "Po", "sr": "Da", "de": "Ja", "fr": "Oui", "mk": "Да", "tr": "Evet"},
        "N": {"en": "No", "sq": "Jo", "sr": "Ne", "de": "Nein", "fr": "Non", "mk": "Не", "tr": "Hayır"},
    },
    "G": {
        "F": {"en": "Female", "sq": "Femër", "de": "Weiblich"},
        "M": {"en": "Male", "sq": "Mashkull", "de": "Männlich"},
    },
    "C": {
        "Y": {"en": "Yes", "sq": "Po", "sr": "Da", "de": "Ja", "fr": "Oui", "mk": "Да", "tr": "Evet"},
        "U": {"en": "Uncertain", "sq": "I pasigurt", "de": "Unsicher"},
        "N": {"en": "No", "sq": "Jo", "sr": "Ne", "de": "Nein", "fr": "Non", "mk": "Не", "tr": "Hayır"},
    },
    "E": {
        "I": {"en": "Increase", "sq": "Rritje", "de": "Zunahme"},
        "S": {"en": "Same", "sq": "Njëlloj", "de": "Gleich"},
        "D": {"en": "Decrease", "sq": "Rënie", "de": "Abnahme"},
    },
    "5": {str(number): {"en": str(number)} for number in range(1, 6)},
    "A": {str(number): {"en": str(number)} for number in range(1, 6)},
    "B": {str(number): {"en": str(number)} for number in range(1, 11)},
}
"""Answers that LimeSurvey gives by itself; in other languages the English words stand for them."""
OTHER, OTHER_LABEL = "-oth-", {"en": "Other", "sq": "Tjetër", "de": "Sonstiges", "sr": "Drugo", "fr": "Autre"}
_ENOUGH_FOR_A_BATTERY = 2


@dataclass(slots=True)
class _Made:
    """What is being made of a structure."""

    languages: tuple[str, ...]
    where: str
    asked: list[Asked] = field(default_factory=list)
    items: dict[str, WaveItem] = field(default_factory=dict)
    batteries: dict[str, Battery] = field(default_factory=dict)
    open: Counter[str] = field(default_factory=Counter)
    lacking: dict[str, str] = field(default_factory=dict)

    def texts(self, found: Words, name: str) -> dict[str, str]:
        """Give a text in every language; the first that there is stands for one that lacks."""
        first = next((found[one] for one in self.languages if found.get(one)), name)
        for one in self.languages:
            if not found.get(one):
                self.lacking.setdefault(one, name)
        return {one: found.get(one) or first for one in self.languages}


def read_limesurvey(path: Path, *, language: str | None = None) -> FormQuestionnaire:
    """Read the closed questions of a LimeSurvey structure.

    Parameters
    ----------
    path : Path
        `.lss` or the tab-separated `.txt`.
    language : str, optional
        The only language to read.

    Returns
    -------
    FormQuestionnaire
        A list is an item, a multiple choice an item with several answers, an array an item `code_subquestion` for each
        row, and a battery of them. `asked` holds the open questions too.

    Raises
    ------
    DesignError
        The structure cannot be read, has no closed question or not this language.
    """
    structure = read_structure(path)
    codes = {one: language_code(one) or one.lower() for one in structure.languages}
    languages = tuple(dict.fromkeys(codes.values()))
    if language is not None:
        wanted = language_code(language)
        if wanted not in languages:
            listed = list_names(languages, "it has", "it names none")
            hint = suggest(language, languages, listed)
            raise DesignError(f"the survey has no texts in language {language!r}", hint, path.name)
        languages = (wanted,)
    made = _Made(languages, path.name)
    for entry in _in_codes(structure, codes):
        _take(made, entry)
    if not made.items:
        held = ", ".join(f"{kind} ({count})" for kind, count in made.open.items())
        raise DesignError("the survey has no closed question", f"it has questions of the kinds {held}", path.name)
    return FormQuestionnaire(
        items=made.items, batteries=made.batteries, asked=tuple(made.asked), notes=tuple(_notes(made))
    )


def _in_codes(structure: Structure, codes: Mapping[str, str]) -> Iterator[Entry]:
    """Give the questions with their texts under codes of languages."""
    for entry in structure.questions:
        entry.texts = {codes.get(one, one): text for one, text in entry.texts.items()}
        for part in (*entry.parts.values(), *entry.answers.values()):
            part.texts = {codes.get(one, one): text for one, text in part.texts.items()}
        yield entry


def _notes(made: _Made) -> list[str]:
    notes: list[str] = []
    if made.open:
        counts = ", ".join(f"{kind} ({count})" for kind, count in made.open.most_common())
        notes.append(f"{made.where}: questions without options are left out, of the kinds {counts}")
    for language, name in made.lacking.items():
        notes.append(f"{made.where}: {name!r} has no text in language {language!r}, those of another stand there")
    return notes


def _take(made: _Made, entry: Entry) -> None:
    if not is_id(entry.code):
        made.open["without a code"] += 1
    elif entry.kind in LISTS or (entry.kind in _FIXED and entry.kind not in ARRAYS):
        _list(made, entry)
    elif entry.kind in MULTIPLE:
        _multiple(made, entry)
    elif entry.kind in ARRAYS:
        _array(made, entry, "0", "")
    elif entry.kind == DUAL:
        _array(made, entry, "0", "1")
        _array(made, entry, "1", "2")
    else:
        made.open[entry.kind or "?"] += 1
        _open(made, entry)


def _list(made: _Made, entry: Entry) -> None:
    options = dict(_fixed(made, entry.kind)) or dict(entry.options())
    if entry.other:
        options[OTHER] = OTHER_LABEL | {one: OTHER_LABEL.get(one, OTHER_LABEL["en"]) for one in made.languages}
        made.asked.append(_text(entry, "other"))
    _add(made, entry.code, entry.texts, entry.texts, options, names=())


def _fixed(made: _Made, kind: str) -> dict[str, Words]:
    return {
        code: {one: words.get(one, words["en"]) for one in made.languages}
        for code, words in _FIXED.get(kind, {}).items()
    }


def _multiple(made: _Made, entry: Entry) -> None:
    options: dict[str, Words] = {part.code: part.texts for part in entry.subquestions()}
    if entry.other:
        options["other"] = OTHER_LABEL | {one: OTHER_LABEL.get(one, OTHER_LABEL["en"]) for one in made.languages}
    boxes = {code: (f"{entry.code}[{code}]", f"{entry.code}_{code}") for code in options}
    _add(made, entry.code, entry.texts, entry.texts, options, names=(), multiple=True, boxes=boxes)
    if entry.kind == "P":
        made.asked += [_text(entry, f"{code}comment") for code in options]


def _array(made: _Made, entry: Entry, scale: str, mark: str) -> None:
    options = _fixed(made, entry.kind) or entry.options(scale)
    rows = []
    for part in entry.subquestions():
        code = f"{entry.code}_{part.code}" + (f"_{mark}" if mark else "")
        names = (f"{entry.code}[{part.code}]", f"{entry.code}_{part.code}")
        if mark:
            names = (f"{entry.code}[{part.code}][{mark}]", f"{entry.code}[{part.code}#{int(mark) - 1}]")
        heading = _headings(entry.texts, part.texts, f"[Scale {mark}]" if mark else "")
        _add(made, code, part.texts, heading, options, names=names)
        rows.append(code)
    kept = tuple(one for one in rows if one in made.items)
    if len(kept) >= _ENOUGH_FOR_A_BATTERY:
        name = f"{entry.code}_{mark}" if mark else entry.code
        made.batteries[name] = Battery(title=Localised(made.texts(entry.texts, entry.code)), items=kept)


def _headings(question: Words, part: Words, after: str) -> dict[str, str]:
    return {one: f"{text} [{part.get(one, '')}]{after}" for one, text in question.items()}


def _add(
    made: _Made,
    name: str,
    title: Words,
    heading: Words,
    options: Mapping[str, Words],
    *,
    names: Sequence[str],
    multiple: bool = False,
    boxes: Mapping[str, tuple[str, ...]] | None = None,
) -> None:
    """Add a closed question: to the items, and to what headings may call."""
    if not options or not is_id(name):
        made.open["without answers"] += 1
        return
    told = {code: made.texts(texts, f"{name}, {code}") for code, texts in options.items()}
    short = made.texts(title, name)
    made.items[name] = WaveItem(
        title=Localised(short),
        wording=Localised(made.texts(heading, name)),
        options={code: Localised(texts) for code, texts in told.items()},
        multiple=multiple,
    )
    made.asked.append(
        Asked(
            name=name,
            titles=dict(heading),
            names=tuple(names),
            options={code: {**options[code], **texts} for code, texts in told.items()},
            multiple=multiple,
            boxes=boxes or {},
            written=("other",) if multiple and "other" in options else (),
        )
    )


def _text(entry: Entry, part: str) -> Asked:
    """The column of a text beside an answer."""
    other = {one: f"{text} [{OTHER_LABEL.get(one, OTHER_LABEL['en'])}]" for one, text in entry.texts.items()}
    return Asked(name=f"{entry.code}_{part}", titles=other if part == "other" else {}, names=(f"{entry.code}[{part}]",))


def _open(made: _Made, entry: Entry) -> None:
    """An open question, or each of the parts of one."""
    parts: list[Part] = entry.subquestions()
    if not parts:
        made.asked.append(Asked(name=entry.code, titles=entry.texts))
    columns = entry.subquestions("1")
    for part in parts:
        for column in columns or [Part("", "1")]:
            code = f"{part.code}_{column.code}" if column.code else part.code
            made.asked.append(
                Asked(
                    name=f"{entry.code}_{code}",
                    titles=_headings(entry.texts, part.texts, f"[{column.code}]" if column.code else ""),
                    names=(f"{entry.code}[{code}]",),
                )
            )
