"""The evidence itself as tables of the edition: each row as the case has it, with source, grade and `verified`."""

from collections.abc import Sequence
from typing import Any

import polars as pl
from pydantic import BaseModel

from shteg.estimates import Column, StageResult, Table, Value
from shteg.evidence.case import Case
from shteg.evidence.files.schema import strip_optional
from shteg.evidence.records.base import Sourced
from shteg.evidence.records.dates import DateInterval
from shteg.evidence.records.facts import (
    Act,
    ChronicleEvent,
    LadderEvent,
    Member,
    Partnership,
    Programme,
    Ratification,
    Reading,
    Requirement,
)
from shteg.evidence.records.model import Block, Covariate, Government
from shteg.evidence.records.surveys import PopulationMargin, PublishedDesign, PublishedFigure

TABLES: tuple[tuple[str, type[Sourced], str], ...] = (
    ("members", Member, "The members that decide"),
    ("acts", Act, "Dated public acts and votes of states toward the aspirant, seen from the aspirant's side"),
    ("ladder", LadderEvent, "Steps reached by every country that walked the ladder"),
    ("ratifications", Ratification, "Ratifications of accession protocols, by candidate and member"),
    ("chronicle", ChronicleEvent, "Dated events of the relation between aspirant and organisation"),
    ("requirements", Requirement, "Reforms with indicator, baseline, target and status"),
    ("readings", Reading, "Readings of the indicators of requirements"),
    ("programmes", Programme, "Programmes: who decides, by which rule, after what"),
    ("partnerships", Partnership, "Bilateral and institutional ties"),
    ("blocks", Block, "Times in which a member openly blocked a step of a country"),
    ("governments", Government, "Days on which governments of other parties took office"),
    ("covariates", Covariate, "Values by country and year that the models take"),
    ("published", PublishedFigure, "Survey figures as printed by others"),
    ("designs", PublishedDesign, "How the published survey waves were made, as far as it was said"),
    ("population", PopulationMargin, "Population counts by named weight scheme"),
)


def evidence_result(case: Case) -> StageResult:
    """Give the evidence tables and the counts a text may quote (`case.members`, `case.acts`, …)."""
    tables: dict[str, Table] = {}
    values: list[Value] = [_as_of(case)]
    unverified = 0
    total = 0
    for name, record, title in TABLES:
        rows: tuple[Sourced, ...] = getattr(case, name)
        if not rows:
            continue
        tables[name] = _table(name, record, title, rows)
        values.append(_count(f"case.{name}", len(rows), name, sorted({row.source for row in rows})))
        unverified += sum(not row.verified for row in rows)
        total += len(rows)
    used = sorted(case.sources)
    values.append(_count("case.sources", len(used), "sources", used))
    values.append(_count("case.rows", total, "rows", used))
    values.append(_count("case.unverified-rows", unverified, "unverified", used))
    values.append(_count("case.measures", len(case.recommendations.measures), "measures", _measure_sources(case)))
    values.append(_count("case.areas", len(case.recommendations.areas), "areas", _measure_sources(case)))
    return StageResult(stage="evidence", tables=tables, values=tuple(values))


def _measure_sources(case: Case) -> list[str]:
    """Give the sources of the measures; all sources of a case that passes over every one of them."""
    return sorted({measure.source for measure in case.recommendations.measures}) or sorted(case.sources)


def _count(identifier: str, number: int, what: str, sources: Sequence[str]) -> Value:
    return Value(
        id=identifier,
        number=number,
        unit="count",
        decimals=0,
        label="computed",
        label_key=f"value.case.{what}",
        source_ids=tuple(sources),
        method="evidence#counts",
    )


def _as_of(case: Case) -> Value:
    return Value(
        id="case.as-of",
        number=case.header.as_of.isoformat(),
        unit="date",
        decimals=0,
        label="computed",
        label_key="value.case.as-of",
        source_ids=tuple(sorted(case.sources)),  # the day holds for every source of the case
        method="evidence#as-of",
    )


def _table(name: str, record: type[Sourced], title: str, rows: Sequence[Sourced]) -> Table:
    fields = list(record.model_fields)
    columns = {field: [_cell(getattr(row, field)) for row in rows] for field in fields}
    frame = pl.DataFrame(
        {"row": list(range(1, len(rows) + 1)), **columns, "verified": [row.verified for row in rows]},
        schema={"row": pl.Int64, **{field: _dtype(record, field) for field in fields}, "verified": pl.Boolean},
    )
    described = [Column(name="row", description="Position of the row in the case's table, from 1")]
    described += [
        Column(name=field, description=record.model_fields[field].description or f"{field} as the case has it")
        for field in fields
    ]
    described.append(Column(name="verified", description="False where nobody has read the source"))
    return Table(name=name, title=title, frame=frame, columns=tuple(described), key=("row",))


def _cell(value: Any) -> Any:
    if isinstance(value, DateInterval):
        return str(value)
    if isinstance(value, BaseModel):
        return value.model_dump_json()
    return value


def _dtype(record: type[BaseModel], field: str) -> pl.DataType:
    kind = strip_optional(record.model_fields[field].annotation)
    return pl.Float64() if kind is float else pl.Int64() if kind is int else pl.String()
