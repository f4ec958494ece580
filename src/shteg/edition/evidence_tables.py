"""The evidence itself as tables of the edition: each row as the case has it, with source, grade and `verified`."""

from collections.abc import Sequence
from typing import Any

from babel import Locale

from shteg.estimates import Column, Dtype, StageResult, Table, Value
from shteg.evidence.case import Case
from shteg.evidence.extent import evidence_extent
from shteg.evidence.files.schema import strip_optional
from shteg.evidence.records.base import Localised, Sourced
from shteg.evidence.records.dates import DateInterval
from shteg.evidence.records.declarations import FileSpec, Record, columns_of
from shteg.evidence.records.files import TABLES

PUBLISHED = tuple(spec for spec in TABLES if spec.published)
"""The tables of the case that the edition shows."""
_DTYPES: dict[object, Dtype] = {float: "float", int: "int"}


def evidence_result(case: Case) -> StageResult:
    """Give the evidence tables and the counts a text may quote (`case.members`, `case.acts`, …)."""
    tables: dict[str, Table] = {}
    values: list[Value] = [_as_of(case)]
    unverified = 0
    total = 0
    for spec in PUBLISHED:
        rows = [row for row in case.rows(spec.record) if isinstance(row, Sourced)]
        if not rows:
            continue
        tables[spec.table] = _table(spec, rows, case.header.languages)
        if spec.counted:
            values.append(_count(f"case.{spec.table}", len(rows), spec.table, sorted({row.source for row in rows})))
        unverified += sum(not row.verified for row in rows)
        total += len(rows)
    used = sorted(case.sources)
    values.append(_count("case.sources", len(used), "sources", used))
    values.append(_count("case.rows", total, "rows", used))
    values.append(_count("case.unverified-rows", unverified, "unverified", used))
    values.append(_count("case.measures", len(case.recommendations.measures), "measures", _measure_sources(case)))
    values.append(_count("case.areas", len(case.recommendations.areas), "areas", _measure_sources(case)))
    values += _evidence_to(case)
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


def _evidence_to(case: Case) -> list[Value]:
    """Quote the day up to which there is evidence; a case without a row that somebody has read has no such day."""
    extent = evidence_extent(case)
    if extent is None:
        return []
    return [
        Value(
            id="case.evidence-to",
            number=extent.day.isoformat(),
            unit="date",
            decimals=0,
            label="computed",
            label_key="value.case.evidence-to",
            source_ids=extent.sources,
            method="evidence#evidence-to",
        )
    ]


def _table(spec: FileSpec, rows: Sequence[Sourced], languages: Sequence[str]) -> Table:
    columns = [Column(name="row", description="Position of the row in the case's table, from 1", dtype="int")]
    cells: dict[str, list[Any]] = {"row": list(range(1, len(rows) + 1)), "verified": [row.verified for row in rows]}
    for name, (field, language) in columns_of(spec.record, languages).items():
        told = spec.record.model_fields[field].description or field
        if language:
            told = f"{told.removesuffix('.')}, in {Locale('en').languages[language]}."
        columns.append(Column(name=name, description=told, dtype=dtype_of(spec.record, field)))
        cells[name] = [_cell(getattr(row, field), language) for row in rows]
    columns.append(Column(name="verified", description="False where nobody has read the source", dtype="bool"))
    return Table.of_columns(spec.table, spec.meaning.removesuffix("."), columns, cells, key=("row",))


def _cell(value: Any, language: str | None) -> Any:
    if isinstance(value, Localised):
        return value.root.get(language or "")
    return str(value) if isinstance(value, DateInterval) else value


def dtype_of(record: type[Record], field: str) -> Dtype:
    """Give what a column of a table holds: numbers as numbers, everything else as text."""
    return _DTYPES.get(strip_optional(record.model_fields[field].annotation), "str")
