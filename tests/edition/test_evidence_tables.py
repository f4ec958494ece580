"""The columns of the evidence tables have the types of the records, whatever bounds their numbers have."""

from dataclasses import replace
from datetime import date

import pytest

from shteg.edition.evidence_tables import PUBLISHED, dtype_of, evidence_result
from shteg.evidence.case import Case
from shteg.evidence.records.base import Dated
from shteg.evidence.records.dates import DateInterval
from shteg.evidence.records.facts import ChronicleEvent, Member, Programme, Reading, Requirement
from shteg.evidence.records.surveys import PopulationMargin, PublishedFigure

DATED_TABLES = [spec.table for spec in PUBLISHED if issubclass(spec.record, Dated) and spec.table != "chronicle"]


@pytest.mark.parametrize(
    ("record", "field", "kind"),
    [
        (Requirement, "baseline", "float"),
        (Requirement, "target", "float"),
        (Programme, "typical_years", "float"),
        (Reading, "value", "float"),
        (PublishedFigure, "percent", "float"),
        (PublishedFigure, "n", "int"),
        (PopulationMargin, "reference_year", "int"),
        (ChronicleEvent, "direction", "int"),
        (Member, "name", "str"),
        (Requirement, "target_on", "str"),
    ],
)
def test_a_number_that_may_be_absent_or_has_bounds_is_a_number(record, field, kind):
    assert dtype_of(record, field) == kind


def _evidence_to(case: Case) -> list[tuple[str, tuple[str, ...]]]:
    values = evidence_result(case).values
    return [(str(value.number), value.source_ids) for value in values if value.id == "case.evidence-to"]


def test_evidence_reaches_to_the_latest_day_that_somebody_read_about_and_no_further(demo):
    assert demo.header.as_of == date(2026, 6, 30)
    event = demo.chronicle[0]

    def with_event(happened_on: str, known_on: str | None = None, grade: str = "B2") -> Case:
        dates = {"happened_on": DateInterval.parse(happened_on), "grade": grade, "source": event.source}
        late = event.model_copy(update={**dates, "known_on": known_on and DateInterval.parse(known_on)})
        return replace(demo, chronicle=(*demo.chronicle, late))

    ((before, _),) = _evidence_to(demo)
    assert before < "2026-06-28"
    assert _evidence_to(with_event("2026-06-28")) == [("2026-06-28", (event.source,))]
    assert _evidence_to(with_event("2026-06-28", grade="F6"))[0][0] == before  # nobody read it
    assert _evidence_to(with_event("2026-06-28", "2026-07-01"))[0][0] == before  # not known yet
    assert _evidence_to(with_event("2026-06"))[0][0] == max(before, "2026-06-01")  # a month claims its first day only
    unread = [row.model_copy(update={"grade": "F6"}) for row in demo.chronicle]
    bare = replace(demo, **dict.fromkeys(DATED_TABLES, ()), chronicle=tuple(unread))
    assert _evidence_to(bare) == []
