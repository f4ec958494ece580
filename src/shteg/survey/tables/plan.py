"""What a table is about: items, grouping variables, and the waves or weight schemes that stand side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, get_args

from shteg.evidence.records.surveys import QualityRules
from shteg.survey.code_texts import code_order
from shteg.survey.inference.adjusting import Multiplicity
from shteg.survey.inference.linear import AnyDesign
from shteg.survey.one_pass.domains import JOINT

Percent = Literal["column", "row", "total"]
"""Of what a share is a part: of the domain, of those who gave the answer, of everyone who answered."""

"""How the p values of one row under one grouping variable are adjusted for being many."""

Changes = Literal["previous", "first", "both"]
"""With which wave each wave is compared: the one before it, the first one, or both."""

Sort = Literal["questionnaire", "size"]
"""Order of the answers: as they were offered, or the largest first."""

Form = Literal["single", "multiple", "number"]
Words = Mapping[str, str]
"""A text by language."""

PERCENTS: tuple[Percent, ...] = get_args(Percent)
FORMS: tuple[Form, ...] = get_args(Form)
MULTIPLICITIES: tuple[Multiplicity, ...] = get_args(Multiplicity)
CHANGES: tuple[Changes, ...] = get_args(Changes)
SORTS: tuple[Sort, ...] = get_args(Sort)
MOST_ROWS = 250
"""Options of one item, and domains of one grouping variable, that still make a table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Net:
    """Several answers as one row: those who gave any of `codes`; `name` is its id, `title` what it is called."""

    name: str
    codes: tuple[str, ...]
    title: Words = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Items with the same options as one table: a row for each item, a column for each answer."""

    name: str
    items: tuple[str, ...]
    title: Words = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TableItem:
    """One table: a question by its column, with title, wording and options in each language.

    `options` holds all codes in order, those of `missing` too; None takes the codes that occur. `ordered` adds
    the boxes of two options at each end and their difference; which end is the top is said by `favourable`, else by
    `scores` (code → value), which add a mean, else the boxes are called the first and the last two. `boxes` asks for
    boxes of that many options, and then the top must be known. `nets` adds rows of several answers. `last` are options
    that stay at the end when rows are sorted.
    """

    column: str
    title: Words
    wording: Words = field(default_factory=dict)
    form: Form = "single"
    options: Mapping[str, Words] | None = None
    missing: tuple[str, ...] = ()
    ordered: bool = False
    scores: Mapping[str, float] = field(default_factory=dict)
    favourable: tuple[str, ...] = ()
    nets: tuple[Net, ...] = ()
    boxes: int | None = None
    last: tuple[str, ...] = ()

    @property
    def substantive(self) -> tuple[str, ...] | None:
        """Codes that count, in order; None if those that occur are meant."""
        return None if self.options is None else tuple(code for code in self.options if code not in self.missing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """A grouping variable of the banner, or several crossed (nested).

    `domains` names the codes of each variable, in order; those that `missing` lists make no column.
    """

    variables: tuple[str, ...]
    titles: Mapping[str, Words]
    domains: Mapping[str, Mapping[str, Words]] = field(default_factory=dict)
    missing: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """As in estimates: the variables joined by a cross."""
        return JOINT.join(self.variables)

    def title(self, language: str) -> str:
        """What the grouping is called."""
        return JOINT.join(self.titles.get(one, {}).get(language, one) for one in self.variables)

    def domain(self, name: str, language: str) -> str:
        """What a domain is called."""
        codes = name.split(JOINT) if len(self.variables) > 1 else [name]
        if len(codes) != len(self.variables):
            return name
        pairs = zip(self.variables, codes, strict=True)
        return JOINT.join(self.domains.get(one, {}).get(code, {}).get(language, code) for one, code in pairs)

    def order(self, name: str) -> tuple[tuple[int, tuple[int, Decimal, str]], ...]:
        """Sort key of a domain: the order of its labels, then that of its code (numbers by value)."""
        codes = name.split(JOINT) if len(self.variables) > 1 else [name]
        keys = []
        for variable, code in zip(self.variables, codes, strict=False):
            known = list(self.domains.get(variable, {}))
            keys.append((known.index(code) if code in known else len(known), code_order(code)))
        return tuple(keys)


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """Columns that name strata and primary units; `nest` where codes of units repeat between strata."""

    stratum: str | None
    psu: str | None
    nest: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Source:
    """One wave under one weighting: a block of columns. Sources of one `sample` hide the same cells.

    Sources of one `weighting` are waves of one series, in the order in which they are given; `wave` is what a wave is
    called whatever its weights (else its `id`). `same_psus` are waves whose primary units are the same ones where the
    codes of stratum and unit, in the columns that `units` names, are equal.
    """

    id: str
    title: Words
    design: AnyDesign
    sample: str = ""
    wave: str = ""
    weighting: str = ""
    units: Units | None = None
    same_psus: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How tables are made, as `tabulate` takes it."""

    percent: Percent
    level: float
    letters: Multiplicity | None
    rules: QualityRules
    minimum_base: int
    changes: Changes | None = None
    rest: bool = False
    p_values: bool = False
    sort: Sort = "questionnaire"

    def percent_of(self, item: TableItem) -> Percent:
        """Of what the shares of an item are; a mean is that of its column, whatever the shares of others are of."""
        return "column" if item.form == "number" else self.percent

    @property
    def fewest(self) -> int:
        """Respondents that a shown figure must rest on."""
        return max(self.minimum_base, self.rules.suppress_below_n)

    @property
    def adjustment(self) -> Multiplicity:
        """How p values are adjusted: as the letters are."""
        return self.letters or "none"
