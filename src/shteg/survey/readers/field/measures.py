"""Whether a column is a category, a scale or a number: what the file declares, else how many of its codes are labelled.

The rule stands in docs/methods/survey-tables.md, “Scale or category”.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from shteg.survey.code_texts import sort_codes
from shteg.survey.readers.responses import Responses

Kind = Literal["category", "ordered", "scale", "number", "text"]
FEW = 12
"""Of more different codes without labels a column is no question with options."""
_DECLARED: dict[str, Kind] = {"nominal": "category", "ordinal": "ordered"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a column is taken for, and which rule says so.

    Parameters
    ----------
    kind : str
        `category`; `ordered`, categories in order; `scale`, numbers of which the ends are labelled; `number`; `text`.
    rule : str
        Why, in a clause.
    codes : tuple of str
        Codes that occur or have a label, in order, those declared missing left out.
    """

    kind: Kind
    rule: str
    codes: tuple[str, ...]


def measure(responses: Responses, column: str) -> Measured:
    """Tell what a column is.

    Parameters
    ----------
    responses : Responses
        The file.
    column : str

    Returns
    -------
    Measured
        What the file declares, `scale` and `unknown` left aside: programs set them by themselves. Then by label
        coverage, the share of occurring codes that have a label: all, a category; none of numbers, a number; the lowest
        and the highest (and at most the middle), a scale; else a category of which some labels lack.
    """
    missing = set(responses.missing.get(column, ()))
    labels = {code for code in responses.value_labels.get(column, {}) if code not in missing}
    stripped = responses.frame[column].drop_nulls().str.strip_chars().unique()
    occurring = {code for code in stripped.to_list() if code and code not in missing}
    codes = tuple(sort_codes(occurring | labels))
    declared = responses.declared.get(column)
    if declared is not None and declared.measure in _DECLARED and (labels or len(occurring) <= FEW):
        return Measured(kind=_DECLARED[declared.measure], rule=f"the file says {declared.measure}", codes=codes)
    return _by_coverage(responses, occurring, labels, codes)


def _by_coverage(responses: Responses, occurring: set[str], labels: set[str], codes: tuple[str, ...]) -> Measured:
    numbers = bool(codes) and all(_is_number(code) for code in codes)
    covered = len(occurring & labels)
    said = f"{covered} of {len(occurring)} codes have labels"
    if labels and occurring <= labels:
        return Measured(kind="category", rule="all codes have labels", codes=codes)
    if not labels:
        if not any(responses.value_labels.values()) and len(occurring) <= FEW:
            return Measured(kind="category", rule="the file has no labels, and the codes are few", codes=codes)
        if numbers:
            return Measured(kind="number", rule="no code has a label, all are numbers", codes=codes)
        few = len(occurring) <= FEW
        return Measured(kind="category" if few else "text", rule="no code has a label", codes=codes)
    if numbers and {codes[0], codes[-1]} <= labels <= {codes[0], codes[len(codes) // 2], codes[-1]}:
        return Measured(kind="scale", rule=f"only the ends have labels ({said})", codes=codes)
    if numbers and len(occurring) > FEW:
        return Measured(kind="number", rule=f"many numbers, {said}", codes=codes)
    return Measured(kind="category", rule=f"{said}: name the others", codes=codes)


def _is_number(code: str) -> bool:
    try:
        float(code)
    except ValueError:
        return False
    return True
