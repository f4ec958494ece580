"""The columns of the evidence tables have the types of the records, whatever bounds their numbers have."""

import polars as pl
import pytest

from shteg.edition.evidence_tables import _dtype
from shteg.evidence.records.facts import ChronicleEvent, Member, Programme, Reading, Requirement
from shteg.evidence.records.surveys import PopulationMargin, PublishedFigure


@pytest.mark.parametrize(
    ("record", "field", "kind"),
    [
        (Requirement, "baseline", pl.Float64),
        (Requirement, "target", pl.Float64),
        (Programme, "typical_years", pl.Float64),
        (Reading, "value", pl.Float64),
        (PublishedFigure, "percent", pl.Float64),
        (PublishedFigure, "n", pl.Int64),
        (PopulationMargin, "reference_year", pl.Int64),
        (ChronicleEvent, "direction", pl.Int64),
        (Member, "name_en", pl.String),
        (Requirement, "target_on", pl.String),
    ],
)
def test_a_number_that_may_be_absent_or_has_bounds_is_a_number(record, field, kind):
    assert _dtype(record, field) == kind
