"""Contradictions among published figures and the people they are about: samples, parts and wholes, fieldwork."""

from collections.abc import Iterator

from shteg.errors import Problem
from shteg.evidence.files.csv_tables import Row
from shteg.evidence.files.draft import Draft, texts_in, unknown
from shteg.evidence.files.toml_positions import Path
from shteg.evidence.records.surveys import PopulationMargin, PublishedDesign, PublishedFigure
from shteg.hints import counted

_FIGURES, _DESIGNS, _QUESTIONS = "surveys/published.csv", "surveys/designs.csv", "surveys/questions.toml"
_POPULATION, ALL = "surveys/population.csv", "all"
Printed = tuple[Row, PublishedFigure]


def check_fieldwork(draft: Draft) -> Iterator[Problem]:
    """Find fieldwork that ends before it begins, samples below a printed base, and figures from another time."""
    designs: dict[tuple[str, str | None], PublishedDesign] = {}
    for row, one in draft.records_of(_DESIGNS, PublishedDesign):
        if one.ended_on is not None and one.ended_on.last < one.happened_on.first:
            problem = f"the fieldwork ends {one.ended_on} before it begins {one.happened_on}"
            yield draft.at_row(_DESIGNS, row, "ended_on", problem, "exchange or correct the dates")
            continue
        designs[one.series, one.wave] = one
    for row, figure in draft.records_of(_FIGURES, PublishedFigure):
        design = designs.get((figure.series, figure.wave))
        if design is None:
            continue
        if design.sample_size is not None and figure.n is not None and figure.n > design.sample_size:
            problem = f"`n` is {figure.n}, and {design.sample_size} were asked (surveys/designs.csv)"
            yield draft.at_row(_FIGURES, row, "n", problem, "correct one of the two")
        begun, ended = design.happened_on, design.ended_on or design.happened_on
        if figure.happened_on.last < begun.first or figure.happened_on.first > max(begun.last, ended.last):
            when = f"{begun} to {ended}" if design.ended_on else str(begun)
            problem = f"the figure is of {figure.happened_on}, the fieldwork of {figure.wave} was {when}"
            yield draft.at_row(_FIGURES, row, "happened_on", problem, "correct the date here or in designs.csv")


def check_same_figures(draft: Draft) -> Iterator[Problem]:
    """Find one figure that stands twice, from the same source, with different numbers."""
    first: dict[tuple[object, ...], Printed] = {}
    for row, one in draft.records_of(_FIGURES, PublishedFigure):
        what = (one.series, one.wave, one.question, one.answer, one.subgroup_variable, one.subgroup)
        seen, other = first.setdefault((*what, one.population, one.happened_on, one.source), (row, one))
        for column in ("percent", "mean_score", "n"):
            here, there = getattr(one, column), getattr(other, column)
            if here is not None and there is not None and here != there:
                problem = f"`{column}` is {here:g}, and {there:g} in line {seen.line}: the same figure, of one source"
                hint = "keep the one that was printed, or say what tells them apart"
                yield draft.at_row(_FIGURES, row, column, problem, hint)


def check_questions(draft: Draft) -> Iterator[Problem]:
    """Find questions, answers and series that a question names and that do not exist, or that are itself."""
    known = draft.keys_of(_QUESTIONS, "questions")
    answers: dict[str, set[str]] = {}
    series: dict[str, set[str]] = {}
    for _, one in draft.records_of(_FIGURES, PublishedFigure):
        answers.setdefault(one.question, set()).add(one.answer)
        series.setdefault(one.question, set()).add(one.series)
    whole = draft.tables[_FIGURES].whole if _FIGURES in draft.tables else False
    if whole:
        yield from _other_populations(draft)
    yield from _subjects(draft, known)
    for path, question in draft.tables_of(_QUESTIONS, "questions"):
        name = str(path[-1])
        ranks, breaks = question.get("ranks"), question.get("breaks")
        others: list[tuple[Path, str]] = [
            (("printed_with", number), word) for number, word in texts_in(question.get("printed_with"))
        ]
        others += [(("ranks", key), one) for key, one in _items(ranks) if isinstance(one, str)]
        for place, word in others:
            if failed := unknown(word, known, "question", _QUESTIONS):
                yield draft.at_key(_QUESTIONS, (*path, *place), *failed)
            elif word == name:
                yield draft.at_key(_QUESTIONS, (*path, *place), f"`{word}` names itself", "name another question")
        if not whole or name not in answers:
            continue
        named: list[tuple[Path, str]] = [
            (("favourable", number), word) for number, word in texts_in(question.get("favourable"))
        ]
        for number, words in enumerate(
            question["answer_sets"] if isinstance(question.get("answer_sets"), list) else ()
        ):
            named += [(("answer_sets", number), word) for _, word in texts_in(words)]
        for place, word in named:
            if failed := unknown(word, frozenset(answers[name]), "answer", f"the figures of `{name}` in {_FIGURES}"):
                yield draft.at_key(_QUESTIONS, (*path, *place), *failed)
        for key, _ in _items(breaks):
            if failed := unknown(key, frozenset(series[name]), "series", f"the figures of `{name}` in {_FIGURES}"):
                yield draft.at_key(_QUESTIONS, (*path, "breaks", key), *failed)


def check_asked_in(draft: Draft) -> Iterator[Problem]:
    """Find questions said to have been asked in a language in which their wording does not stand."""
    for path, question in draft.tables_of(_QUESTIONS, "questions"):
        asked, wording = question.get("asked_in"), question.get("wording")
        if isinstance(asked, str) and not (isinstance(wording, dict) and asked in wording):
            problem = f"it was asked in `{asked}`, and `wording` does not give it in that language"
            yield draft.at_key(_QUESTIONS, (*path, "asked_in"), problem, "write the original words there")


def _subjects(draft: Draft, known: frozenset[str] | None) -> Iterator[Problem]:
    """Find questions of a subject that do not exist, or stand in another one too."""
    first: dict[str, str] = {}
    for path, subject in draft.tables_of(_QUESTIONS, "subjects"):
        for number, word in texts_in(subject.get("questions")):
            place = (*path, "questions", number)
            if failed := unknown(word, known, "question", _QUESTIONS):
                yield draft.at_key(_QUESTIONS, place, *failed)
            elif word in first:
                problem = f"`{word}` stands in `{first[word]}` too"
                yield draft.at_key(_QUESTIONS, place, problem, "keep it in one subject")
            first.setdefault(word, str(path[-1]))


def _other_populations(draft: Draft) -> Iterator[Problem]:
    """Find variables of other populations by which no figure is told, and figures that name nobody they stand for."""
    named = dict(texts_in(draft.raw(_QUESTIONS, "other_populations")))
    figures = list(draft.records_of(_FIGURES, PublishedFigure))
    known = frozenset(one.subgroup_variable for _, one in figures if one.subgroup_variable != ALL)
    for number, word in named.items():
        if failed := unknown(word, known, "variable", f"the subgroups in {_FIGURES}"):
            yield draft.at_key(_QUESTIONS, ("other_populations", number), *failed)
    for row, one in figures:
        if one.subgroup_variable in named.values() and not one.population:
            problem = f"`{one.subgroup}` is another population, and `population` does not say which"
            yield draft.at_row(_FIGURES, row, "population", problem, "write who the survey stands for")


def _items(table: object) -> list[tuple[str, object]]:
    return list(table.items()) if isinstance(table, dict) else []


def check_parts(draft: Draft) -> Iterator[Problem]:
    """Find parts that are larger than their whole, and totals that lie outside all of their parts."""
    cells: dict[tuple[object, ...], list[Printed]] = {}
    for row, one in draft.records_of(_FIGURES, PublishedFigure):
        key = (one.series, one.wave, one.question, one.answer, one.happened_on, one.population)
        cells.setdefault(key, []).append((row, one))
    margins = _categories(draft)
    for figures in cells.values():
        for row, whole in (pair for pair in figures if pair[1].subgroup_variable == ALL):
            for variable in dict.fromkeys(one.subgroup_variable for _, one in figures):
                parts = [pair for pair in figures if pair[1].subgroup_variable == variable]
                if variable != ALL:
                    yield from _bases(draft, whole, parts)
                    yield from _total(draft, row, whole, [one for _, one in parts], margins.get(variable, []))


def _categories(draft: Draft) -> dict[str, list[frozenset[str]]]:
    """Give, by variable, the sets of categories that together are the population under some scheme."""
    found: dict[tuple[str, str], set[str]] = {}
    for _, one in draft.records_of(_POPULATION, PopulationMargin):
        found.setdefault((one.variable, one.scheme), set()).add(one.category)
    sets: dict[str, list[frozenset[str]]] = {}
    for (variable, _), names in found.items():
        sets.setdefault(variable, []).append(frozenset(names))
    return sets


def _bases(draft: Draft, whole: PublishedFigure, parts: list[Printed]) -> Iterator[Problem]:
    if whole.n is None:
        return
    told = False
    for row, part in parts:
        if part.n is not None and part.n > whole.n:
            told = True
            problem = f"`n` is {part.n} for {part.subgroup}, and {whole.n} for all (`{whole.id}`)"
            yield draft.at_row(
                _FIGURES, row, "n", problem, "a part is no larger than the whole: correct one of the two"
            )
    together = sum(part.n or 0 for _, part in {part.subgroup: (row, part) for row, part in parts}.values())
    if not told and together > whole.n:
        row, part = parts[-1]
        many = counted(together, "respondent")
        problem = f"the parts by {part.subgroup_variable} have {many}, and all {whole.n} (`{whole.id}`)"
        yield draft.at_row(_FIGURES, row, "n", problem, "correct the base that is wrong")


def _total(
    draft: Draft, row: Row, whole: PublishedFigure, parts: list[PublishedFigure], margins: list[frozenset[str]]
) -> Iterator[Problem]:
    """A total is a mean of its parts, under whatever weights: it lies between the least and the largest."""
    names = {part.subgroup for part in parts}
    bases = [part.n for part in parts]
    complete = any(margin <= names for margin in margins) or (
        whole.n is not None and None not in bases and sum(base or 0 for base in bases) == whole.n
    )
    numbers = [(part.percent, part.decimals) for part in parts if part.percent is not None]
    if not complete or len(numbers) < len(parts) or len(parts) < 2 or whole.percent is None:
        return
    slack = 0.5 * 10.0**-whole.decimals
    least = min(number - 0.5 * 10.0**-decimals for number, decimals in numbers) - slack
    largest = max(number + 0.5 * 10.0**-decimals for number, decimals in numbers) + slack
    if not least <= whole.percent <= largest:
        shown = ", ".join(f"{part.subgroup} {part.percent:g}" for part in parts)
        problem = f"`percent` is {whole.percent:g} for all, outside every part ({shown})"
        yield draft.at_row(
            _FIGURES, row, "percent", problem, "a total lies between its parts: correct the wrong figure"
        )


def check_counts_of_day(draft: Draft) -> Iterator[Problem]:
    """Find counts of the population of a year after the day of the case."""
    as_of = draft.as_of
    for row, one in draft.records_of(_POPULATION, PopulationMargin) if as_of else ():
        assert as_of is not None
        if one.reference_year > as_of.year:
            problem = f"`reference_year` {one.reference_year} lies after the day of the case, {as_of}"
            hint = "correct the year, or move `as_of` in case.toml"
            yield draft.at_row(_POPULATION, row, "reference_year", problem, hint)


def check_asked(draft: Draft) -> Iterator[Problem]:
    """Find bases and samples that are larger than the population was ever counted."""
    totals: dict[tuple[str, str], float] = {}
    for _, one in draft.records_of(_POPULATION, PopulationMargin):
        key = (one.scheme, one.variable)
        totals[key] = totals.get(key, 0.0) + one.count
    people = max((total for total in totals.values() if total > 1000), default=None)  # shares add up to 100
    if people is None:
        return
    hint = "correct the number, or the counts of surveys/population.csv"
    for row, figure in draft.records_of(_FIGURES, PublishedFigure):
        if figure.n is not None and figure.n > people:
            yield draft.at_row(_FIGURES, row, "n", f"`n` is {figure.n}, and the population {people:.0f}", hint)
    for row, design in draft.records_of(_DESIGNS, PublishedDesign):
        if design.sample_size is not None and design.sample_size > people:
            problem = f"`sample_size` is {design.sample_size}, and the population {people:.0f}"
            yield draft.at_row(_DESIGNS, row, "sample_size", problem, hint)


def check_subgroups(draft: Draft) -> Iterator[Problem]:
    """Find figures of everyone that name a part, and figures of a part that name none."""
    for row, one in draft.records_of(_FIGURES, PublishedFigure):
        if one.subgroup == ALL != one.subgroup_variable:
            problem = f"the subgroup is `{ALL}`, and it is a part by `{one.subgroup_variable}`"
            hint = f"name the part, or write `{ALL}` in both columns"
            yield draft.at_row(_FIGURES, row, "subgroup", problem, hint)
        if one.subgroup_variable == ALL != one.subgroup:
            problem = f"the subgroup is `{one.subgroup}`, and it is a part by `{ALL}`"
            hint = f"name what it is a part by, or write `{ALL}` in both columns"
            yield draft.at_row(_FIGURES, row, "subgroup_variable", problem, hint)
        if one.percent is not None and one.mean_score is not None:
            hint = "a row holds one figure: give the other a row of its own"
            yield draft.at_row(_FIGURES, row, "mean_score", "the row holds a percentage and a mean", hint)


def check_margins(draft: Draft) -> Iterator[Problem]:
    """Find margins of error of a design that are written as a number and can be none."""
    for row, one in draft.records_of(_DESIGNS, PublishedDesign):
        text = (one.margin_of_error or "").strip().removesuffix("%").strip()
        try:
            margin = float(text)
        except ValueError:
            continue  # words, as they were printed
        if not 0 < margin <= 100:
            problem = f"`margin_of_error` is “{one.margin_of_error}”"
            hint = "a margin of error lies above 0 and at most at 100 percentage points"
            yield draft.at_row(_DESIGNS, row, "margin_of_error", problem, hint)


CHECKS = (
    check_fieldwork,
    check_same_figures,
    check_questions,
    check_asked_in,
    check_parts,
    check_counts_of_day,
    check_asked,
    check_subgroups,
    check_margins,
)
