"""What a case folder may hold: every file, its record, its keys with their meaning."""

from __future__ import annotations

import types
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, RootModel
from pydantic.fields import FieldInfo

from shteg.evidence.records.base import Corrections, Labels, Localised, Parameter, Record, Sources
from shteg.evidence.records.case import CaseHeader, Pathways, Recommendations, Steps
from shteg.evidence.records.dates import DateInterval
from shteg.evidence.records.facts import (
    Act,
    ChronicleEvent,
    Items,
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
from shteg.evidence.records.model import Block, Comparisons, Covariate, Government, Scenarios, Variables
from shteg.evidence.records.surveys import (
    Methodology,
    PopulationMargin,
    PublishedDesign,
    PublishedFigure,
    Questionnaire,
    Questions,
    Schemes,
    WaveDesign,
)

Kind = Literal["toml", "csv", "markdown", "data"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSpec:
    """A file of the case folder: `key` are the columns that together may occur once only."""

    path: str
    kind: Kind
    meaning: str
    record: type[Record] | None = None
    required: bool = False
    key: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KeySpec:
    """One key or column: `path` as it is written in the documentation, for example `[steps.title]`."""

    file: str
    path: str
    form: str
    required: bool
    meaning: str


def _toml(path: str, record: type[Record], meaning: str, *, required: bool = False) -> FileSpec:
    return FileSpec(path=path, kind="toml", record=record, meaning=meaning, required=required)


def _csv(path: str, record: type[Record], meaning: str, key: str, *, required: bool = False) -> FileSpec:
    return FileSpec(path=path, kind="csv", record=record, meaning=meaning, required=required, key=tuple(key.split()))


FILES: tuple[FileSpec, ...] = (
    _toml("case.toml", CaseHeader, "Who wants to join what, as of when, in which languages.", required=True),
    _toml("sources.toml", Sources, "Every document that the case rests on.", required=True),
    _toml("steps.toml", Steps, "The steps of the path, in order, and who decides on each.", required=True),
    _toml("pathways.toml", Pathways, "The assumptions of the simulation, each with its range.", required=True),
    _toml("recommendations.toml", Recommendations, "The measures, by area, and what each moves.", required=True),
    _toml("items.toml", Items, "The kinds of acts that tell where a member stands.", required=True),
    _toml("corrections.toml", Corrections, "Known errors in the tables of this case, mended on reading."),
    _toml("labels.toml", Labels, "The names of the words in tables that readers see."),
    _csv("members.csv", Member, "The members that decide.", "member", required=True),
    _csv("countries.csv", NamedCountry, "The countries that walked the ladder.", "country"),
    _csv("seeking.csv", SeekingSpell, "When each country sought membership.", "country sought_from"),
    _csv("acts.csv", Act, "Dated public acts of states toward the aspirant.", "actor item happened_on value"),
    _csv("ladder.csv", LadderEvent, "Steps that countries reached.", "country event happened_on"),
    _csv("ratifications.csv", Ratification, "Who ratified whom, and when.", "candidate member stage"),
    _csv("chronicle.csv", ChronicleEvent, "Dated events of the relation.", "id"),
    _csv("requirements.csv", Requirement, "Reforms, each with an indicator and a target.", "id"),
    _csv("readings.csv", Reading, "Dated values of the indicators.", "requirement happened_on"),
    _csv("programmes.csv", Programme, "Programmes: who decides, by which rule.", "id"),
    _csv("partnerships.csv", Partnership, "Bilateral and institutional ties.", "id"),
    _toml("variables.toml", Variables, "The quantities by country and year that the models take."),
    _csv("covariates.csv", Covariate, "Their values.", "country variable happened_on"),
    _csv("governments.csv", Government, "When governments of other parties took office.", "country happened_on"),
    _csv("blocks.csv", Block, "When members openly blocked a country.", "country member step blocked_from"),
    _toml("comparisons.toml", Comparisons, "The ladders of other organisations, for comparison."),
    _csv("comparisons.csv", LadderEvent, "Steps that countries reached there.", "country event happened_on"),
    _toml("scenarios.toml", Scenarios, "Futures to look at beside the main one."),
    _csv("surveys/published.csv", PublishedFigure, "Survey figures printed by others.", "id"),
    _toml("surveys/questions.toml", Questions, "The questions behind the published figures."),
    _csv("surveys/designs.csv", PublishedDesign, "How the published surveys were made.", "series wave"),
    _csv("surveys/population.csv", PopulationMargin, "Population counts.", "scheme variable category"),
    _toml("surveys/schemes.toml", Schemes, "The named ways to weight the population."),
)
"""The files of a case outside its survey waves and texts."""

WAVE_FILES: tuple[FileSpec, ...] = (
    _toml("surveys/<wave>/design.toml", WaveDesign, "Which columns hold the sampling design.", required=True),
    _toml("surveys/<wave>/questionnaire.toml", Questionnaire, "What was asked in this wave.", required=True),
    _toml("surveys/<wave>/methodology.toml", Methodology, "How the wave was made: eleven items.", required=True),
)
"""The files of one wave of microdata, beside the data file that design.toml names."""

TEXT_FILE = FileSpec(path="text/<language>/<name>.md", kind="markdown", meaning="A text, once in each language.")
ALLOWED = ("README.md", "NOTES.md", "LICENSE")
"""Files that a case may hold and that are not read."""


def strip_optional(annotation: Any) -> Any:
    """Take away `Annotated` and `| None`: what remains is the form of a given value."""
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation = get_args(annotation)[0]
        elif origin in (Union, types.UnionType):
            (annotation,) = (one for one in get_args(annotation) if one is not type(None))
        else:
            return annotation


def walk_record(
    annotation: Any, value: Any, path: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], Any, Any]]:
    """Go through a parsed TOML value along its record, valid or not: path, type without `| None`, raw value."""
    annotation = strip_optional(annotation)
    yield path, annotation, value
    origin = get_origin(annotation)
    if annotation is Localised:
        for key, one in value.items() if isinstance(value, dict) else ():
            yield (*path, key), str, one
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel) and isinstance(value, dict):
        for name, info in annotation.model_fields.items():
            if name in value:
                yield from walk_record(info.annotation, value[name], (*path, name))
    elif origin is dict and isinstance(value, dict):
        for key, one in value.items():
            yield from walk_record(get_args(annotation)[1], one, (*path, key))
    elif origin is tuple and isinstance(value, list):
        for number, one in enumerate(value):
            yield from walk_record(get_args(annotation)[0], one, (*path, number))


def allowed_keys(record: type[BaseModel], path: tuple[str | int, ...]) -> tuple[str, ...]:
    """Give the keys that a table may hold, at a path (keys and numbers) under a record; () if any key goes."""
    annotation: Any = record
    for part in path:
        annotation = strip_optional(annotation)
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            found = annotation.model_fields.get(str(part))
            if found is None:
                return ()
            annotation = found.annotation
        elif get_origin(annotation) is dict:
            annotation = get_args(annotation)[1]
        elif get_origin(annotation) is tuple:
            annotation = get_args(annotation)[0]
        else:
            return ()
    annotation = strip_optional(annotation)
    if not isinstance(annotation, type) or not issubclass(annotation, BaseModel) or issubclass(annotation, RootModel):
        return ()
    return tuple(annotation.model_fields)


_FORMS: dict[Any, str] = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "true or false",
    date: "date YYYY-MM-DD",
    DateInterval: "date YYYY-MM-DD, YYYY-MM or YYYY",
    Localised: "text in each language",
    Parameter: "parameter",
}


def form_of(annotation: Any) -> str:
    """Say in a few words what a value must look like."""
    annotation = strip_optional(annotation)
    if annotation in _FORMS:
        return _FORMS[annotation]
    origin = get_origin(annotation)
    if origin is Literal:
        return " | ".join(str(one) for one in get_args(annotation))
    if origin is tuple:
        return f"list of {form_of(get_args(annotation)[0])}"
    if origin is dict:
        return f"table of {form_of(get_args(annotation)[1])}"
    return "table"


def _keys(spec: FileSpec, record: type[BaseModel], prefix: str) -> Iterator[KeySpec]:
    for name, info in record.model_fields.items():
        yield from _key(spec, f"{prefix}{name}", info)


def _key(spec: FileSpec, path: str, info: FieldInfo) -> Iterator[KeySpec]:
    annotation = strip_optional(info.annotation)
    many = get_origin(annotation)
    inner = strip_optional(get_args(annotation)[-1 if many is dict else 0]) if many in (tuple, dict) else annotation
    nested = isinstance(inner, type) and issubclass(inner, Record) and inner is not Parameter
    suffix = {tuple: "[]", dict: ".<id>"}.get(many, "") if nested else ""
    yield KeySpec(
        file=spec.path,
        path=path + suffix,
        form="table" if nested else form_of(annotation),
        required=info.is_required(),
        meaning=info.description or "",
    )
    if nested:
        yield from _keys(spec, inner, f"{path}{suffix}.")


def describe_case_format() -> tuple[KeySpec, ...]:
    """List every key and column of every file of a case, in the order of the files.

    Keys of nested tables are written `steps[].title` (a list of tables) and `sources.<id>.title` (a table of tables);
    the keys of a parameter are listed once, under the file name `parameter`.
    """
    found: list[KeySpec] = []
    for spec in (*FILES, *WAVE_FILES):
        if spec.record is not None:
            found.extend(_keys(spec, spec.record, ""))
    shape = FileSpec(path="parameter", kind="toml", meaning="A named quantity of the model, with its range.")
    found.extend(_keys(shape, Parameter, ""))
    return tuple(found)
