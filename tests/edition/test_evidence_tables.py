"""The columns of the evidence tables have the types of the records, whatever bounds their numbers have."""

import pytest

from shteg.edition.evidence_tables import dtype_of
from shteg.evidence.records.facts import ChronicleEvent, Member, Programme, Reading, Requirement
from shteg.evidence.records.surveys import PopulationMargin, PublishedFigure


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
