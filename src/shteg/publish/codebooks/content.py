"""What a codebook says, whoever made it: the study, its method, its variables with their codes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Texts = tuple[tuple[str, str], ...]
"""A text in each language that has it: (language, text)."""

Measure = Literal["", "nominal", "ordinal", "scale", "multiple", "text"]
Role = Literal["", "weight", "stratum", "psu"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A code of a variable.

    Parameters
    ----------
    code : str
    label : Texts
    count : int or None
        Respondents, unweighted; None where it is not told.
    share : float or None
        Weighted share (0–1) of those who answered; None where it is not told.
    missing : bool
        The code is no answer.
    """

    code: str
    label: Texts
    count: int | None = None
    share: float | None = None
    missing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A variable.

    Parameters
    ----------
    name : str
        Column of the data file.
    label, wording : Texts
        What it is called; the question, word for word.
    measure : Measure
    role : Role
        What it is to the design; blank of a question.
    valid : int or None
        Respondents with an answer, unweighted; None where it is not told.
    categories : tuple of Category
    hidden : bool
        Counts and shares are not told, since they would speak of too few persons.
    """

    name: str
    label: Texts
    wording: Texts = ()
    measure: Measure = ""
    role: Role = ""
    valid: int | None = None
    categories: tuple[Category, ...] = ()
    hidden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Codebook:
    """A codebook: texts of the study by their place in DDI, and the variables; `method` maps its elements to texts."""

    id: str
    title: Texts
    authors: Texts = ()
    producer: Texts = ()
    funders: Texts = ()
    distributor: Texts = ()
    address: str = ""
    day: str = ""
    version: str = ""
    source: tuple[str, str] = ("", "")
    abstract: Texts = ()
    dates: Texts = ()
    nation: Texts = ()
    unit: Texts = ()
    population: Texts = ()
    kind: Texts = ()
    time: Texts = ()
    method: tuple[tuple[str, Texts], ...] = ()
    precision: Texts = ()
    weighted: bool = True
    variables: tuple[Variable, ...] = ()


def said_in(texts: Iterable[tuple[str, str]], language: str, otherwise: str = "") -> str:
    """Give a text in a language.

    Parameters
    ----------
    texts : Texts
    language : str
    otherwise : str
        What stands for it where there is none.

    Returns
    -------
    str
    """
    return dict(texts).get(language, otherwise)
