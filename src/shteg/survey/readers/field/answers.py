"""Answers as a tool writes them, as codes of the form: codes stand, labels in any language become their code."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import polars as pl

from shteg.errors import DesignError
from shteg.survey.readers.field.asked import Words
from shteg.survey.readers.field.texts import plain_text

CHOSEN = frozenset(("1", "y", "yes", "true", "po", "da", "ja", "oui", "si", "sí", "sì", "sim", "evet", "tak", "да"))
NOT_CHOSEN = frozenset(
    ("0", "n", "no", "false", "jo", "ne", "nein", "non", "não", "hayır", "nie", "не", "not selected")
)
"""How tools write, in one or another language, that an option was chosen or was not; compared in small letters."""
NOT_ASKED = "n/a"
"""What LimeSurvey writes where a question was not shown."""
_HINT = "export the answers again with codes: KoboToolbox “XML values and headers”, LimeSurvey “Answer codes”"


def code_answers(
    column: pl.Series, options: Mapping[str, Words], kept: Collection[str], place: str
) -> tuple[pl.Series, list[str], list[str]]:
    """Give the codes of a question with one answer.

    Parameters
    ----------
    column : polars.Series of text
    options : mapping
        Code → language → label.
    kept : collection of str
        Codes that stand as they are: those declared missing.
    place : str
        File and column, for errors.

    Returns
    -------
    codes : polars.Series
    unknown : list of str
        Values that are neither; they stay as they are.
    mixed : list of str
        Labels in a column that holds codes as well.

    Raises
    ------
    DesignError
        A value may be one of two options.
    """
    values = [one for one in column.drop_nulls().unique(maintain_order=True).to_list() if one not in kept]
    foreign = [one for one in values if one not in options]
    if not foreign:
        return column, [], []
    mapped, unknown = _by_labels(foreign, options, place)
    shared = [one for one in values if one in options]
    if mapped:
        _refuse_mixed(shared, options, mapped, place)
        column = column.replace(list(mapped), pl.Series(list(mapped.values()), dtype=pl.String))
    return column, unknown, list(mapped) if shared else []


def _by_labels(values: Sequence[str], options: Mapping[str, Words], place: str) -> tuple[dict[str, str], list[str]]:
    """Give the code of each label, of one language where labels of several differ; and what is no label."""
    meanings = {value: _meanings(value, options) for value in values}
    spoken = _one_language(meanings, options)
    mapped: dict[str, str] = {}
    for value, codes in meanings.items():
        fits = list(dict.fromkeys(codes.values()))
        if spoken in codes:
            fits = [codes[spoken]]
        twice = _twice(value, options, spoken)
        if len(twice) > 1 or len(fits) > 1:
            first, second = (twice if len(twice) > 1 else fits)[:2]
            raise DesignError(
                f"the answer {value!r} is the label of the options {first!r} and {second!r}", _HINT, place
            )
        if fits:
            mapped[value] = fits[0]
    return mapped, [value for value in values if value not in mapped]


def _meanings(value: str, options: Mapping[str, Words]) -> dict[str, str]:
    """Language → the first code that is called so in it."""
    text, found = plain_text(value), dict[str, str]()
    for code, words in options.items():
        for language, label in words.items():
            if plain_text(label) == text:
                found.setdefault(language, code)
    return found


def _twice(value: str, options: Mapping[str, Words], spoken: str | None) -> list[str]:
    """Codes that have this label in one language."""
    text = plain_text(value)
    languages = {language for words in options.values() for language in words}
    for language in [spoken] if spoken else sorted(languages):
        found = [code for code, words in options.items() if plain_text(words.get(language or "", "")) == text]
        if len(found) > 1:
            return found
    return []


def _one_language(meanings: Mapping[str, Mapping[str, str]], options: Mapping[str, Words]) -> str | None:
    """The only language in which most of the values are labels; None where several know as many."""
    languages = dict.fromkeys(language for words in options.values() for language in words)
    counts = {one: sum(one in codes for codes in meanings.values()) for one in languages}
    best = max(counts.values(), default=0)
    leading = [one for one, count in counts.items() if count == best]
    return leading[0] if len(leading) == 1 and best else None


def _refuse_mixed(codes: Sequence[str], options: Mapping[str, Words], mapped: Mapping[str, str], place: str) -> None:
    """Refuse a column of labels in which a value is also the code of another option."""
    for code in codes:
        called = {other for other in _meanings(code, options).values() if other != code}
        if called:
            problem = f"{code!r} is the code of one option and the label of another, {sorted(called)[0]!r}"
            raise DesignError(problem, _HINT, place)


def code_several(
    column: pl.Series, options: Mapping[str, Words], kept: Collection[str], place: str
) -> tuple[pl.Series, list[str]]:
    """Give the codes, separated by blanks, of a column that holds several answers in a cell.

    Parameters
    ----------
    column, options, kept, place : as there
        See `code_answers`.

    Returns
    -------
    codes : polars.Series
    unknown : list of str

    Raises
    ------
    DesignError
        A cell may be read as two different sets of labels.
    """
    known = {*options, *kept}
    values = column.drop_nulls().unique(maintain_order=True).to_list()
    foreign = [one for one in values if not all(part in known for part in one.split())]
    if not foreign:
        return column, []
    mapped: dict[str, str] = {}
    unknown = []
    for value in foreign:
        readings = _readings(plain_text(value), options)
        if len(readings) > 1:
            first, second = (" ".join(one) for one in sorted(readings)[:2])
            problem = f"{value!r} may be the answers {first!r} or {second!r}"
            raise DesignError(problem, _HINT + "; or select multiple as separate columns", place)
        if readings:
            mapped[value] = " ".join(next(iter(readings)))
        else:
            unknown.append(value)
    if mapped:
        column = column.replace(list(mapped), pl.Series(list(mapped.values()), dtype=pl.String))
    return column, unknown


def _readings(text: str, options: Mapping[str, Words]) -> set[tuple[str, ...]]:
    """Every way to read a cell as labels of one language after each other, at most two; as sets of codes."""
    found: set[tuple[str, ...]] = set()
    order = list(options)
    for language in dict.fromkeys(language for words in options.values() for language in words):
        labels = [(plain_text(words.get(language) or code), code) for code, words in options.items()]
        budget = [2000]

        def walk(rest: str, used: tuple[str, ...], labels: list[tuple[str, str]], budget: list[int]) -> None:
            if not rest:
                found.add(tuple(sorted(used, key=order.index)))
                return
            for label, code in labels:
                if len(found) > 1 or budget[0] <= 0:
                    return
                budget[0] -= 1
                if label and code not in used and rest.startswith(label):
                    after = rest[len(label) :]
                    if not after or after[0] in " ,;|":
                        walk(after.lstrip(" ,;|"), (*used, code), labels, budget)

        walk(text, (), labels, budget)
    return found


def tick_box(column: pl.Series, code: str, words: Words, kept: Collection[str]) -> tuple[pl.Series, list[str]]:
    """Give 1 where an option was chosen, 0 where it was not; blank stays blank.

    Parameters
    ----------
    column : polars.Series of text
    code : str
        Of the option.
    words : mapping
        Its labels: some tools write them into the box.
    kept : collection of str
        Codes that stand as they are: those declared missing.

    Returns
    -------
    ticks : polars.Series
    unknown : list of str
        Values that are neither; they stay as they are.
    """
    yes = {code.lower(), *(plain_text(one).lower() for one in words.values())} - {"0"}
    mapped: dict[str, str] = {}
    unknown = []
    for value in column.drop_nulls().unique(maintain_order=True).to_list():
        small = plain_text(value).lower()
        if small in CHOSEN or (small in yes and small not in NOT_CHOSEN):
            mapped[value] = "1"
        elif small in NOT_CHOSEN:
            mapped[value] = "0"
        elif small == NOT_ASKED:
            column = column.replace(value, None)
        elif value not in kept:
            unknown.append(value)
    if not mapped:
        return column, unknown
    return column.replace(list(mapped), pl.Series(list(mapped.values()), dtype=pl.String)), unknown


def fill_boxes(boxes: Sequence[pl.Series]) -> list[pl.Series]:
    """Give boxes in which a blank is 0 wherever the respondent has some box that is not blank.

    Parameters
    ----------
    boxes : sequence of polars.Series
        Of one question; if some holds a 0, a blank is no answer, and they are given as they are.

    Returns
    -------
    list of polars.Series
    """
    if any((box == "0").any() for box in boxes):
        return list(boxes)
    frame = pl.DataFrame([box.alias(str(number)) for number, box in enumerate(boxes)])
    answered = pl.any_horizontal(pl.all().is_not_null())
    filled = frame.select(
        pl.when(answered).then(pl.col(name).fill_null("0")).otherwise(None).alias(name) for name in frame.columns
    )
    return [filled[str(number)].alias(box.name) for number, box in enumerate(boxes)]


def join_boxes(boxes: Mapping[str, pl.Series], name: str) -> pl.Series:
    """Write the chosen options of each respondent into one cell.

    Parameters
    ----------
    boxes : mapping
        Code → 1 and 0.
    name : str
        Of the column.

    Returns
    -------
    polars.Series
    """
    frame = pl.DataFrame([box.alias(code) for code, box in boxes.items()])
    chosen = [pl.when(pl.col(code) == "1").then(pl.lit(code)).otherwise(None) for code in frame.columns]
    joined = frame.select(pl.concat_str(chosen, separator=" ", ignore_nulls=True).alias(name)).to_series()
    return joined.replace("", None)
