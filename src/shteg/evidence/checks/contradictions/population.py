"""Contradictions between surveys and the people they are about: parts of nobody, more asked than there are."""

from collections.abc import Iterator

from shteg.errors import Problem
from shteg.evidence.files.draft import Draft
from shteg.evidence.records.surveys import PopulationMargin, PublishedDesign, PublishedFigure

_FIGURES, _DESIGNS, _POPULATION, ALL = "surveys/published.csv", "surveys/designs.csv", "surveys/population.csv", "all"


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
