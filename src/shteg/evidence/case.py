"""A case in memory: all records of a case folder, and the same case as it could be known on an earlier day."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar, cast

from shteg.evidence.files.data_address import DatabaseAddress, is_database, read_address
from shteg.evidence.part import filled, hidden_fields
from shteg.evidence.records.base import Correction, Localised, Source, Sourced
from shteg.evidence.records.case import CaseHeader, Effect, Measure, Pathways, Recommendations, Step, TrackerSettings
from shteg.evidence.records.commitments import ChronicleLink, Commitment, CommitmentEvent, LifeCycle, ReadingLink
from shteg.evidence.records.dates import DateInterval
from shteg.evidence.records.declarations import Counts, GoesWith, Record, TakenBack, marked
from shteg.evidence.records.editions import EarlierEdition, Erratum
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
from shteg.evidence.records.images import Picture
from shteg.evidence.records.ledger import LedgerLine, Resolution
from shteg.evidence.records.model import ComparisonStep, Covariate, Government, Scenario, Variable
from shteg.evidence.records.objections import ComparisonMember, Dyad, MembershipVote, Objection
from shteg.evidence.records.surveys import (
    Methodology,
    PopulationMargin,
    PublishedDesign,
    PublishedFigure,
    Question,
    Questionnaire,
    Subject,
    WaveDesign,
    WaveTargets,
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
    targets: WaveTargets | None = None

    @property
    def data(self) -> Path | DatabaseAddress:
        """What is read: the data file or folder, or a table or query of a database file."""
        if not is_database(self.design.data):
            return self.data_path
        return replace(read_address(self.design.data), path=str(self.data_path))


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
    objections: tuple[Objection, ...] = ()
    membership_votes: tuple[MembershipVote, ...] = ()
    dyads: tuple[Dyad, ...] = ()
    comparison_members: tuple[ComparisonMember, ...] = ()
    comparison_organisations: Mapping[str, Localised] = field(default_factory=dict)
    comparison_steps: tuple[ComparisonStep, ...] = ()
    comparison_events: tuple[LadderEvent, ...] = ()
    scenarios: Mapping[str, Scenario] = field(default_factory=dict)
    published: tuple[PublishedFigure, ...] = ()
    questions: Mapping[str, Question] = field(default_factory=dict)
    other_populations: tuple[str, ...] = ()
    subjects: Mapping[str, Subject] = field(default_factory=dict)
    designs: tuple[PublishedDesign, ...] = ()
    population: tuple[PopulationMargin, ...] = ()
    schemes: Mapping[str, WeightScheme] = field(default_factory=dict)
    waves: tuple[Wave, ...] = ()
    ledger: tuple[LedgerLine, ...] = ()
    resolutions: tuple[Resolution, ...] = ()
    tracker: TrackerSettings = field(default_factory=TrackerSettings)
    life_cycles: Mapping[str, LifeCycle] = field(default_factory=dict)
    commitments: tuple[Commitment, ...] = ()
    commitment_events: tuple[CommitmentEvent, ...] = ()
    commitment_chronicle: tuple[ChronicleLink, ...] = ()
    commitment_readings: tuple[ReadingLink, ...] = ()
    tables: Mapping[str, tuple[Record, ...]] = field(default_factory=dict)
    labels: Mapping[str, Mapping[str, Localised]] = field(default_factory=dict)
    corrected: tuple[Correction, ...] = ()
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    images: Mapping[str, Picture] = field(default_factory=dict)
    earlier: Mapping[str, EarlierEdition] = field(default_factory=dict)
    errata: tuple[Erratum, ...] = ()
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

    @property
    def own_objections(self) -> tuple[Objection, ...]:
        """Objections to steps of the organisation of the case, in the order of the file."""
        return tuple(one for one in self.objections if one.organisation == self.header.organisation.id)

    @property
    def public_acts(self) -> tuple[Act, ...]:
        """Acts toward the aspirant, and the votes of members on its membership elsewhere as such acts."""
        votes = (one for one in self.membership_votes if one.candidate == self.header.aspirant)
        return (*self.acts, *(_as_act(one) for one in votes))

    def as_of(self, day: date) -> Case:
        """Give the case as it could be known on `day`.

        Rows count from the last day of `known_on`, or else of the date that their record declares; dates that had not
        come are taken back (spells and objections are open if they ended later). What rests on something that was not
        there yet is passed over (`list_passed_over` names it): effects on states that were no members, steps that none
        of their sponsors could decide, scenarios of these; rows without a date whose source was surely published later.
        """
        if hidden := hidden_fields(self):
            return replace(filled(self, hidden).as_of(day), **hidden)  # type: ignore[arg-type]
        known = {spec.table: _rows_on(self.rows(spec.record), spec.record, day) for spec in TABLES}
        changes = filed(known, _frame_changes(self, known, day))
        changes["header"] = self.header.model_copy(update={"as_of": day})
        held = tuple(one for one in self.waves if one.design.happened_on.first <= day)
        changes["waves"] = _counted_waves(
            held, self.population, cast("tuple[PopulationMargin, ...]", changes["population"])
        )
        changes["designs"] = tuple(one for one in self.designs if one.happened_on.first <= day)
        changes["earlier"] = {name: one for name, one in self.earlier.items() if one.day <= day}
        changes["errata"] = tuple(one for one in self.errata if self.header.as_of <= day or one.published_on <= day)
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
        counted = _counted_waves(self.waves, self.population, cast("tuple[PopulationMargin, ...]", kept["population"]))
        return replace(self, **filed(kept), waves=counted, lines={})


def _counted_waves(
    waves: Sequence[Wave], before: Sequence[PopulationMargin], after: Sequence[PopulationMargin]
) -> tuple[Wave, ...]:
    """Leave out waves that are weighted to counts which are not there any more."""
    kept = set(map(id, after))
    lost = {(one.scheme, one.variable) for one in before if id(one) not in kept}

    def stands(wave: Wave) -> bool:
        told = wave.design.weights
        if told is None or told.scheme is None or wave.targets is None:
            return True
        return not any((told.scheme, variable) in lost for variable in wave.targets.numbers)

    return tuple(one for one in waves if stands(one))


def _as_act(vote: MembershipVote) -> Act:
    return Act(
        actor=vote.member, item=vote.item, happened_on=vote.happened_on, known_on=vote.known_on, value=vote.value,
        note=vote.note, source=vote.source, grade=vote.grade,
    )  # fmt: skip


def filed(tables: Mapping[str, tuple[Record, ...]], others: Mapping[str, Any] = MappingProxyType({})) -> dict[str, Any]:
    """Give the arguments of `Case` for rows by table: their own field, or their place in `tables`.

    Tables with a field of their own that are left out are empty; `others` take the place of rows of the same name.
    """
    own = {name: rows for name, rows in tables.items() if name in Case.__dataclass_fields__}
    rest = {name: rows for name, rows in tables.items() if name not in own and rows}
    return {**own, "tables": rest, **others}


def counted_from(row: Record) -> tuple[str, DateInterval] | None:
    """Give the column and the date from whose last day on a row counts; None of a table whose rows have no such day."""
    for name in ("known_on", *marked(type(row), Counts)):
        when = getattr(row, name, None)
        if isinstance(when, DateInterval):
            return name, when
    return None


def _rows_on(rows: Iterable[R], record: type[Record], day: date) -> tuple[R, ...]:
    """Give the rows of a table that counted on a day, without the dates that had not come; all if undated."""
    if not marked(record, Counts):
        return tuple(rows)
    found = ((row, counted_from(row)) for row in rows)
    return tuple(_taken_back(row, day) for row, since in found if since is not None and since[1].last <= day)


def _taken_back(row: R, day: date) -> R:
    """Give a record without those of its dates that had not come on a day."""
    dates = {name: getattr(row, name) for name in marked(type(row), TakenBack)}
    update = {name: None for name, when in dates.items() if when is not None and when.last > day}
    update |= {name: None for name, one in marked(type(row), GoesWith).items() if one.date in update}
    return row.model_copy(update=update) if update else row


def _frame_changes(case: Case, known: Mapping[str, tuple[Any, ...]], day: date) -> dict[str, object]:
    """Give the parts of a case that rest on what was not there on a day, as they could stand then: fields of `Case`.

    `known` are the rows known on that day by table: its `members`, and its `readings`: a requirement that was measured
    was known.
    """
    there = frozenset(one.member for one in known["members"])
    measured = {one.requirement for one in known["readings"]}
    steps = _steps(case.steps, there)
    exists = _existence(there, {step.id for step in steps}, {step.id for step in case.steps})
    recommendations = _recommendations(case.recommendations, exists)
    sure = _known_by_source(case.sources, day)
    requirements = tuple(_requirement(one, day) for one in case.requirements if sure(one) or one.id in measured)
    indicators = {one.id for one in requirements}
    return {
        "steps": steps,
        "pathways": _pathways(case.pathways, there, exists, day),
        "recommendations": recommendations.model_copy(
            update={"measures": tuple(_with_indicators(one, indicators) for one in recommendations.measures)}
        ),
        "scenarios": _scenarios(case.scenarios, {one.id for one in recommendations.measures}, exists),
        "requirements": requirements,
        "programmes": tuple(one for one in case.programmes if sure(one)),
        "population": tuple(one for one in case.population if one.reference_year <= day.year and sure(one)),
    }


def _existence(members: frozenset[str], steps: set[str], all_steps: set[str]) -> Callable[[str], bool]:
    """Give the test whether the member or the step that a parameter is about was there."""

    def exists(parameter: str) -> bool:
        if parameter.startswith("consent.member."):
            return parameter.removeprefix("consent.member.") in members
        kind, _, rest = parameter.partition(".")
        if kind == "stance":
            return rest in members
        if kind in ("step", "procedure", "reversal"):
            about = {step for step in all_steps if rest == step or rest.startswith(f"{step}.")}
            return not about or bool(about & steps)
        return True

    return exists


def _steps(steps: Sequence[Step], members: frozenset[str]) -> tuple[Step, ...]:
    """Take out sponsors that were no members, and steps that then nobody decides and no record times."""

    def sponsors(step: Step) -> tuple[str, ...]:
        return tuple(one for one in step.sponsors if one in members)

    gone = {step.id: step for step in steps if step.rule == "sponsors" and not sponsors(step) and not step.events}
    if not any(len(sponsors(step)) < len(step.sponsors) for step in steps):
        return tuple(steps)

    def before(names: Iterable[str], seen: frozenset[str] = frozenset()) -> list[str]:
        found: list[str] = []
        for name in names:
            if name in gone and name not in seen:
                found += before(gone[name].prerequisites, seen | {name})
            elif name not in gone:
                found.append(name)
        return list(dict.fromkeys(found))

    return tuple(
        step.model_copy(update={"sponsors": sponsors(step), "prerequisites": tuple(before(step.prerequisites))})
        for step in steps
        if step.id not in gone
    )


def _recommendations(whole: Recommendations, exists: Callable[[str], bool]) -> Recommendations:
    kept = [_measure(one, exists) for one in whole.measures]
    measures = tuple(one for one in kept if one is not None)
    areas, before = {one.area for one in measures}, {one.area for one in whole.measures}
    return whole.model_copy(
        update={
            "measures": measures,
            "areas": tuple(area for area in whole.areas if area.id in areas or area.id not in before),
        }
    )


def _measure(measure: Measure, exists: Callable[[str], bool]) -> Measure | None:
    effects: tuple[Effect, ...] = tuple(one for one in measure.effects if exists(one.target))
    if len(effects) == len(measure.effects):
        return measure
    return measure.model_copy(update={"effects": effects}) if effects else None


def _with_indicators(measure: Measure, known: set[str]) -> Measure:
    indicators = tuple(one for one in measure.indicators if one in known)
    return measure if indicators == measure.indicators else measure.model_copy(update={"indicators": indicators})


def _scenarios(
    whole: Mapping[str, Scenario], measures: set[str], exists: Callable[[str], bool]
) -> Mapping[str, Scenario]:
    found: dict[str, Scenario] = {}
    for name, one in whole.items():
        taken = tuple(measure for measure in one.measures if measure.id in measures)
        fixed = {parameter: value for parameter, value in one.set.items() if exists(parameter)}
        if len(taken) == len(one.measures) and len(fixed) == len(one.set):
            found[name] = one
        elif taken or fixed:
            found[name] = one.model_copy(update={"measures": taken, "set": fixed})
    return found


def _pathways(whole: Pathways, members: frozenset[str], exists: Callable[[str], bool], day: date) -> Pathways:
    settlement = whole.settlement
    if settlement is not None:
        settlement = settlement.model_copy(update={"moves": tuple(one for one in settlement.moves if one in members)})
    return whole.model_copy(
        update={
            "settlement": settlement,
            "areas": tuple(_taken_back(one, day) for one in whole.areas),
            "shocks": tuple(_taken_back(one, day) for one in whole.shocks),
            "reversals": {step: rate for step, rate in whole.reversals.items() if exists(f"reversal.{step}")},
            "routes": tuple(one for one in whole.routes if all(exists(f"step.{step}") for step in one.steps)),
        }
    )


def _known_by_source(sources: Mapping[str, Source], day: date) -> Callable[[Sourced], bool]:
    """Give the test for rows without a date of their own: their source was not surely published later."""
    later = {
        name for name, source in sources.items() if source.published_on is not None and source.published_on.first > day
    }
    return lambda row: row.source not in later


def _requirement(one: Requirement, day: date) -> Requirement:
    """Take back a status and a baseline that are surely of a later day."""
    update: dict[str, object] = {}
    if one.status_on is not None and one.status_on.first > day:
        update |= {"status": "unknown", "status_on": None, "note": None}
    if one.baseline_on is not None and one.baseline_on.first > day:
        update |= {"baseline": None, "baseline_on": None}
    return one.model_copy(update=update) if update else one
