"""A case in memory: all records of a case folder, and the same case as it could be known on an earlier day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from shteg.evidence.part import filled, hidden_fields
from shteg.evidence.past_frame import frame_changes
from shteg.evidence.records.base import Correction, Dated, Localised, Source
from shteg.evidence.records.case import CaseHeader, Pathways, Recommendations, Step
from shteg.evidence.records.dates import DateInterval
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

DATED = (
    "acts",
    "ladder",
    "ratifications",
    "chronicle",
    "readings",
    "partnerships",
    "covariates",
    "governments",
    "comparison_events",
    "published",
)
"""The tables whose rows carry the day from which they were known."""


def _if_past(when: DateInterval | None, day: date) -> DateInterval | None:
    return when if when is not None and when.last <= day else None


def _pathways_on(pathways: Pathways, day: date) -> Pathways:
    """Take back what had not begun: work in an area of reform, shocks that are under way."""
    areas = (one.model_copy(update={"started_on": _if_past(one.started_on, day)}) for one in pathways.areas)
    shocks = (one.model_copy(update={"under_way_since": _if_past(one.under_way_since, day)}) for one in pathways.shocks)
    return pathways.model_copy(update={"areas": tuple(areas), "shocks": tuple(shocks)})


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
    each language (`labels.toml`); `corrected` lists the corrections that were applied. `lines` gives, by file, the
    line on which each row stands, in the order of the rows; a case without some of its rows has none.
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
    labels: Mapping[str, Mapping[str, Localised]] = field(default_factory=dict)
    corrected: tuple[Correction, ...] = ()
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    lines: Mapping[str, tuple[int, ...]] = field(default_factory=dict, compare=False, repr=False)

    def as_of(self, day: date) -> Case:
        """Give the case as it could be known on `day`.

        Dated records count by `public_from`, never by `happened_on`. Spells of seeking and blocks count once their
        beginning was known, and are open if they ended later; members count once they had joined; independence counts
        once it had come. What rests on something that was not there yet is passed over (`list_passed_over` names it):
        effects on states that were no members, steps that none of their sponsors could decide, scenarios of these;
        rows without a date whose source was surely published later.
        """

        if hidden := hidden_fields(self):
            return replace(filled(self, hidden).as_of(day), **hidden)  # type: ignore[arg-type]

        def known(records: tuple[Dated, ...]) -> tuple[Dated, ...]:
            return tuple(record for record in records if record.public_from <= day)

        changes: dict[str, Any] = {name: known(getattr(self, name)) for name in DATED}
        changes["header"] = self.header.model_copy(update={"as_of": day})
        changes["seeking"] = tuple(
            spell.model_copy(update={"sought_to": _if_past(spell.sought_to, day)})
            for spell in self.seeking
            if spell.sought_from.last <= day
        )
        changes["blocks"] = tuple(
            block.model_copy(update={"blocked_to": _if_past(block.blocked_to, day)})
            for block in self.blocks
            if (block.known_on or block.blocked_from).last <= day
        )
        changes["members"] = tuple(
            member.model_copy(update={"eu_member_since": _if_past(member.eu_member_since, day)})
            for member in self.members
            if member.member_since.last <= day
        )
        members = [member.member for member in self.members if member.member_since.last <= day]
        changes |= frame_changes(self, members, changes["readings"], day)
        changes["pathways"] = _pathways_on(changes["pathways"], day)
        changes["waves"] = tuple(one for one in self.waves if one.design.happened_on.first <= day)
        changes["designs"] = tuple(one for one in self.designs if one.happened_on.first <= day)
        changes["lines"] = {}
        return replace(self, **changes)

    def verified_only(self) -> Case:
        """Give the case without the rows of facts whose source nobody has read.

        Members, countries and steps stay: they are the frame that the facts stand in, not findings.
        """
        from shteg.evidence.records.base import Sourced

        changes: dict[str, Any] = {"lines": {}}
        for name in (
            "acts",
            "ladder",
            "seeking",
            "ratifications",
            "chronicle",
            "requirements",
            "readings",
            "programmes",
            "partnerships",
            "covariates",
            "governments",
            "blocks",
            "comparison_events",
            "published",
            "designs",
            "population",
        ):
            records: tuple[Sourced, ...] = getattr(self, name)
            changes[name] = tuple(record for record in records if record.verified)
        return replace(self, **changes)
