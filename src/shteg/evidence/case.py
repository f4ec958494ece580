"""A case in memory: all records of a case folder, and the same case as it could be known on an earlier day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar, cast

from shteg.evidence.part import filled, hidden_fields
from shteg.evidence.past_frame import frame_changes, rows_on
from shteg.evidence.records.base import Correction, Localised, Source, Sourced
from shteg.evidence.records.case import CaseHeader, Pathways, Recommendations, Step
from shteg.evidence.records.declarations import Record
from shteg.evidence.records.facts import (
    Act,
    ChronicleEvent,
    Item,
    LadderEvent,
    Member,
    NamedCountry,
    Partnership,
    Programme,
    Ratification,
    Reading,
    Requirement,
    SeekingSpell,
)
from shteg.evidence.records.files import TABLES
from shteg.evidence.records.model import Block, ComparisonStep, Covariate, Government, Scenario, Variable
from shteg.evidence.records.surveys import (
    Methodology,
    PopulationMargin,
    PublishedDesign,
    PublishedFigure,
    Question,
    Questionnaire,
    WaveDesign,
    WeightScheme,
)

R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wave:
    """One wave of survey microdata; `data_path` is read by the survey stage, not here."""

    id: str
    design: WaveDesign
    questionnaire: Questionnaire
    methodology: Methodology
    data_path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Everything a case folder says, checked and corrected.

    `files` maps every file read (path relative to the folder, posix) to its SHA-256; `texts` maps language and name to
    Markdown as written; `labels` maps a kind of word ("subgroup", "answer", "kind", …) to its words and their names in
    each language (`labels.toml`); `tables` holds the rows of tables that have no field of their own, by name;
    `corrected` lists the corrections that were applied. `lines` gives, by file, the line on which each row stands, in
    the order of the rows; a case without some of its rows has none.
    """

    root: Path
    header: CaseHeader
    sources: Mapping[str, Source]
    members: tuple[Member, ...]
    countries: tuple[NamedCountry, ...]
    steps: tuple[Step, ...]
    pathways: Pathways
    recommendations: Recommendations
    items: Mapping[str, Item]
    acts: tuple[Act, ...] = ()
    ladder: tuple[LadderEvent, ...] = ()
    seeking: tuple[SeekingSpell, ...] = ()
    ratifications: tuple[Ratification, ...] = ()
    chronicle: tuple[ChronicleEvent, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    readings: tuple[Reading, ...] = ()
    programmes: tuple[Programme, ...] = ()
    partnerships: tuple[Partnership, ...] = ()
    variables: Mapping[str, Variable] = field(default_factory=dict)
    covariates: tuple[Covariate, ...] = ()
    governments: tuple[Government, ...] = ()
    blocks: tuple[Block, ...] = ()
    comparison_organisations: Mapping[str, Localised] = field(default_factory=dict)
    comparison_steps: tuple[ComparisonStep, ...] = ()
    comparison_events: tuple[LadderEvent, ...] = ()
    scenarios: Mapping[str, Scenario] = field(default_factory=dict)
    published: tuple[PublishedFigure, ...] = ()
    questions: Mapping[str, Question] = field(default_factory=dict)
    designs: tuple[PublishedDesign, ...] = ()
    population: tuple[PopulationMargin, ...] = ()
    schemes: Mapping[str, WeightScheme] = field(default_factory=dict)
    waves: tuple[Wave, ...] = ()
    tables: Mapping[str, tuple[Record, ...]] = field(default_factory=dict)
    labels: Mapping[str, Mapping[str, Localised]] = field(default_factory=dict)
    corrected: tuple[Correction, ...] = ()
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    lines: Mapping[str, tuple[int, ...]] = field(default_factory=dict, compare=False, repr=False)

    def rows(self, record: type[R]) -> tuple[R, ...]:
        """Give the rows of a table, by their record.

        Parameters
        ----------
        record : type
            Declared as a CSV table, such as `Act`.

        Returns
        -------
        tuple
            In the order of the file; () if the case has no such table.
        """
        (table,) = (spec.table for spec in TABLES if spec.record is record)
        own = getattr(self, table) if table in self.__dataclass_fields__ else self.tables.get(table, ())
        return cast("tuple[R, ...]", own)

    def as_of(self, day: date) -> Case:
        """Give the case as it could be known on `day`.

        Rows count from the last day of `known_on`, or else of the date that their record declares; dates that had not
        come are taken back (spells and blocks are open if they ended later). What rests on something that was not
        there yet is passed over (`list_passed_over` names it): effects on states that were no members, steps that none
        of their sponsors could decide, scenarios of these; rows without a date whose source was surely published later.
        """
        if hidden := hidden_fields(self):
            return replace(filled(self, hidden).as_of(day), **hidden)  # type: ignore[arg-type]
        known = {spec.table: rows_on(self.rows(spec.record), spec.record, day) for spec in TABLES}
        changes = filed(known, frame_changes(self, known, day))
        changes["header"] = self.header.model_copy(update={"as_of": day})
        changes["waves"] = tuple(one for one in self.waves if one.design.happened_on.first <= day)
        changes["designs"] = tuple(one for one in self.designs if one.happened_on.first <= day)
        changes["lines"] = {}
        return replace(self, **changes)

    def verified_only(self) -> Case:
        """Give the case without the rows of facts whose source nobody has read.

        Members, countries and steps stay: they are the frame that the facts stand in, not findings.
        """
        kept = {
            spec.table: tuple(row for row in self.rows(spec.record) if not isinstance(row, Sourced) or row.verified)
            for spec in TABLES
            if not spec.frame
        }
        return replace(self, **filed(kept), lines={})


def filed(tables: Mapping[str, tuple[Record, ...]], others: Mapping[str, Any] = MappingProxyType({})) -> dict[str, Any]:
    """Give the arguments of `Case` for rows by table: their own field, or their place in `tables`.

    Parameters
    ----------
    tables : mapping
        Name of the table → its rows; those left out that have no field of their own are left empty.
    others : mapping
        Further arguments of `Case`, which take the place of rows of the same name.

    Returns
    -------
    dict
    """
    own = {name: rows for name, rows in tables.items() if name in Case.__dataclass_fields__}
    rest = {name: rows for name, rows in tables.items() if name not in own and rows}
    return {**own, "tables": rest, **others}
